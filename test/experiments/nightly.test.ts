import { describe, expect, it } from 'vitest';
import { nightlyRun } from '../../src/experiments/nightly.ts';
import type { PhaseRecord, RunRecord } from '../../src/records/schema.ts';
import { headlinePhase } from '../../src/reporting/facts.ts';
import { goldenRunSchema } from '../../src/server/analytics/golden-run.ts';
import { NIGHTLY_COMMANDS } from '../../src/telemetry/catalogue.ts';
import { sampleRun } from '../reporting/sample-record.ts';

const { record: sample } = sampleRun({ arrivalsAPhase: 200 });
const withPhases = (change: (phase: PhaseRecord) => PhaseRecord): RunRecord => ({
  ...sample,
  load: { ...sample.load!, phases: sample.load!.phases.map(change) },
});
const sound = withPhases((phase) => ({ ...phase, valid: true, invalidReasons: [] }));
const gated = (verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE', invalid: string[] = []): RunRecord => ({
  ...sound,
  kind: 'gate',
  gate: { verdict, invalid, rows: [] } as unknown as NonNullable<RunRecord['gate']>,
});
const told = (record: RunRecord) => nightlyRun(record, headlinePhase(record));

describe('what a nightly run comes to', () => {
  it('is as the service takes it', () => {
    expect(goldenRunSchema.parse(told(sound))).toEqual(told(sound));
    expect(goldenRunSchema.parse(told(gated('FAIL')))).toEqual(told(gated('FAIL')));
  });

  it('is its measures, and the latency of its headline in seconds, at its end', () => {
    const { at, nightly, recall, retrieval_accuracy, right } = told(sound);
    const phase = headlinePhase(sound)!;
    expect(at).toBe(Math.round(Date.parse(sound.startedAt) + sound.durationMs));
    expect(nightly.command).toBe('bench');
    expect(nightly.latency_seconds['95']).toBeCloseTo(phase.latencyMs.p95! / 1000, 12);
    expect(nightly.measures.right).toBe(sound.quality!.right.mean);
    expect({ retrieval_accuracy, right }).toEqual({
      retrieval_accuracy: sound.quality!.retrievalAccuracy.mean,
      right: sound.quality!.right.mean,
    });
    for (const [k, value] of Object.entries(recall)) expect(nightly.measures[`recall@${k}`]).toBe(value);
  });

  it('is the verdict of the gate; what cannot be trusted passes nothing', () => {
    expect(told(sound).nightly.verdict).toBeNull();
    expect(told(gated('PASS')).nightly.verdict).toBe('passed');
    expect(told(gated('INCONCLUSIVE')).nightly.verdict).toBe('inconclusive');
    expect(told(gated('FAIL')).nightly.verdict).toBe('failed');
    expect(told(gated('FAIL', ['the machine was busy'])).nightly.verdict).toBe('failed');
    expect(told(gated('PASS', ['the machine was busy'])).nightly.verdict).toBe('invalid');
  });

  it('has no latency where the load cannot be trusted', () => {
    const invalid = withPhases((phase) => ({ ...phase, valid: false, invalidReasons: ['late'] }));
    expect(told(invalid).nightly).toMatchObject({ verdict: 'invalid', latency_seconds: {} });
    expect(told(invalid).nightly.measures.right).toBe(sound.quality!.right.mean);
  });

  it('is the latency of questions one after the other where there was no load', () => {
    const { load: _, ...rest } = sound;
    const quality = { ...rest.quality!, latencyMs: { p50: 12, p95: 30, p99: null, max: 40 } };
    const { nightly } = told({ ...rest, kind: 'evaluate', quality });
    expect(nightly).toMatchObject({
      command: 'evaluate',
      latency_seconds: { '50': 0.012, '95': 0.03 },
    });
  });

  it('is no quality of 0 where most questions came to nothing', () => {
    const questions = sound.questions!.map((question, index) => ({
      ...question,
      error: index % 4 === 0 ? null : 'refused',
    }));
    const { retrieval_accuracy, right, recall, nightly } = told({ ...sound, questions });
    expect({ retrieval_accuracy, right, recall }).toEqual({
      retrieval_accuracy: null,
      right: null,
      recall: {},
    });
    expect(nightly).toMatchObject({ verdict: 'invalid', measures: {} });
  });

  it('may be of any kind of run that the service knows', () => {
    for (const kind of NIGHTLY_COMMANDS) expect(told({ ...sound, kind }).nightly.command).toBe(kind);
  });
});
