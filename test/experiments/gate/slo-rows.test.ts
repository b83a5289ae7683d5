import { describe, expect, it } from 'vitest';
import { gateOptions } from '../../../src/experiments/gate/options.ts';
import { gatePolicy } from '../../../src/experiments/gate/policy.ts';
import { sloRows } from '../../../src/experiments/gate/slo-rows.ts';
import type { PhaseRecord, RunRecord } from '../../../src/records/schema.ts';
import { sampleRun } from '../../reporting/sample-record.ts';
import { questions, record } from './made-records.ts';

const SAMPLE = sampleRun().record;

function rows(text: string, candidate: RunRecord) {
  const { slo } = gatePolicy(gateOptions.parse({ slo: text }));
  return sloRows({ slo, baseline: SAMPLE, candidate });
}

/** The sample with one open phase, changed. */
function loaded(change: Partial<PhaseRecord>): RunRecord {
  const phase = SAMPLE.load!.phases.find(({ loop, warmup }) => loop === 'open' && !warmup)!;
  const figures: Partial<PhaseRecord> = {
    errors: 0,
    dropped: 0,
    errorRate: 0,
    valid: true,
    latencyMs: { ...phase.latencyMs, p95: 180 },
    latencyCi95: { ...phase.latencyCi95, p95: [170, 190] },
  };
  return { ...SAMPLE, load: { ...SAMPLE.load!, phases: [{ ...phase, ...figures, ...change }] } };
}

const verdict = (text: string, candidate: RunRecord) => rows(text, candidate)[0]!.verdict;

describe('absolute objectives of a saved run', () => {
  it('are judged by the interval of the phase', () => {
    expect(verdict('p95 < 200ms', loaded({}))).toBe('PASS');
    expect(verdict('p95 < 185ms', loaded({}))).toBe('INCONCLUSIVE');
    expect(verdict('p95 < 150ms', loaded({}))).toBe('FAIL');
    expect(verdict('error < 1%', loaded({ errorRate: 0.03, errorCi95: [0.02, 0.04] }))).toBe('FAIL');
    expect(rows('p95 < 200ms', loaded({}))[0]).toMatchObject({ subject: 'slo', candidate: 180 });
  });

  it('pass no quantile where requests failed, for those count as too late', () => {
    const failing = loaded({ errors: 40, errorRate: 0.04 });
    expect(verdict('p95 < 200ms', failing)).toBe('INCONCLUSIVE');
    expect(verdict('p95 < 150ms', failing)).toBe('FAIL');
  });

  it('stay open in an invalid phase, and where the record has no interval', () => {
    expect(verdict('p95 < 200ms', loaded({ valid: false, invalidReasons: ['lag'] }))).toBe('INCONCLUSIVE');
    expect(rows('service.p95 < 1s', loaded({}))[0]).toMatchObject({
      verdict: 'INCONCLUSIVE',
      why: expect.stringMatching(/no interval/),
    });
  });

  it('say nothing of what was in time by another deadline', () => {
    const run = loaded({ attainment: 0.99, attainmentCi95: [0.98, 1], deadlineMs: 2000 });
    expect(verdict('attainment >= 95%', run)).toBe('PASS');
    expect(verdict('attainment >= 95%, deadline 2s', run)).toBe('PASS');
    expect(rows('attainment >= 95%, deadline 1s', run)[0]).toMatchObject({
      verdict: 'INCONCLUSIVE',
      why: expect.stringMatching(/2000 ms instead of 1000 ms/),
    });
  });

  it('take the verdict of the run itself, where that judged the same clause', () => {
    const run = loaded({});
    const clause = {
      text: 'p95 < 200ms',
      observed: 180,
      bound: 200,
      unit: 'ms' as const,
      tested: { estimate: 0.08, low: 0.06, high: 0.1 },
      testedBound: 0.05,
      verdict: 'FAIL' as const,
      reason: null,
    };
    const phase = run.load!.phases[0]!.name;
    const phases = [{ phase, verdict: 'FAIL' as const, clauses: [clause] }];
    const judged = {
      ...run,
      load: { ...run.load!, slo: { text: clause.text, verdict: 'FAIL' as const, phases } },
    };
    expect(verdict('p95 < 200ms', judged)).toBe('FAIL');
    expect(verdict('p95 < 0.2s', judged)).toBe('FAIL');
    expect(verdict('p95 < 210ms', judged)).toBe('PASS');
  });

  it('judge right answers and measures by the questions, where there was no load; nothing else', () => {
    const asked = record(questions(300));
    expect(rows('right >= 80%, ndcg@10 >= 0.9, p95 < 2s', asked).map((row) => row.verdict)).toEqual([
      'PASS',
      'FAIL',
      'INCONCLUSIVE',
    ]);
    expect(rows('p95 < 2s', asked)[0]!.why).toMatch(/nothing to judge it by/);
  });

  it('are none where the policy has none', () => {
    expect(sloRows({ slo: null, baseline: SAMPLE, candidate: SAMPLE })).toEqual([]);
  });
});
