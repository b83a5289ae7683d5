import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { ANALYTICS_FILE, openAnalytics } from '../../../src/server/analytics/analytics.ts';
import { Evaluations, keptEvaluations } from '../../../src/server/analytics/evaluations.ts';
import type { GoldenRun } from '../../../src/server/analytics/golden-run.ts';
import { analyticsOptions } from '../../../src/server/analytics/options.ts';
import { renderMetrics } from '../../../src/telemetry/merge.ts';
import { createMetrics } from '../../../src/telemetry/registry.ts';
import { readExposition, valueIn } from '../../telemetry/exposition.ts';

const DAY = 86_400_000;
const options = (given: object = {}) => analyticsOptions.analytics.parse(given);
const order = (given: object = {}) => ({ analytics: options(given), content: false });

function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-evaluations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const round = (at: number, recall: number): GoldenRun => ({
  dataset: 'islands',
  at,
  questions: 10,
  failed: 0,
  recall: { '5': recall },
  retrieval_accuracy: recall,
  right: recall,
  scores: { golden_recall: [1, 0.5], golden_right: [1] },
});

const night = (
  at: number,
  command: NonNullable<GoldenRun['nightly']>['command'],
  right: number,
): GoldenRun => ({
  ...round(at, right),
  scores: { golden_recall: [], golden_right: [] },
  nightly: { command, verdict: 'passed', measures: { right }, latency_seconds: { '95': 0.1 } },
});

async function shown(evaluate: (evaluations: Evaluations) => void) {
  const metrics = createMetrics({ version: '1.2.3', nodeVersion: 'v0' });
  evaluate(new Evaluations(metrics, new ManualClock(0, 5_000_000)));
  const families = readExposition(await renderMetrics([await metrics.snapshot()]));
  const of = (name: string, labels: Record<string, string>) =>
    valueIn(families, name, { dataset: 'islands', ...labels });
  return {
    recall: of('rag_eval_recall_ratio', { k: '5' }),
    recallAt: of('rag_eval_last_success_timestamp_seconds', { k: '5' }),
    evaluated: of('rag_eval_nightly_ratio', { command: 'evaluate', measure: 'right' }),
    gated: of('rag_eval_nightly_ratio', { command: 'gate', measure: 'right' }),
    gatedAt: of('rag_eval_nightly_timestamp_seconds', { command: 'gate' }),
    scored: valueIn(families, 'rag_eval_samples_total', { evaluator: 'golden_recall', result: 'scored' }),
  };
}

describe('golden runs', () => {
  it('of the canary and of the night have gauges of their own', async () => {
    const figures = await shown((evaluations) => {
      evaluations.take(round(1_000_000, 0.7));
      evaluations.take(night(2_000_000, 'gate', 0.9));
    });
    // The canary's is fresh because it was told now, which the night's is not.
    expect(figures).toEqual({
      recall: 0.7,
      recallAt: 5000,
      evaluated: undefined,
      gated: 0.9,
      gatedAt: 2000,
      scored: 2,
    });
  });

  it('come back from the file as they were: the last of each source, with its time, and counted no more', async () => {
    const folder = workFolder();
    const clock = new ManualClock();
    const now = clock.epoch();
    const analytics = await openAnalytics({ options: options(), folder, clock, content: false });
    for (const run of [
      night(now - 5000, 'evaluate', 0.6),
      round(now - 4000, 0.7),
      round(now - 3000, 0.75),
      night(now - 2000, 'gate', 0.9),
      night(now - 1000, 'gate', 0.8),
      night(now - 1000, 'bench', 0.8), // the run that was gated
    ]) {
      expect(await analytics.golden(run)).toBe(true);
    }
    await analytics.stop();
    const kept = await keptEvaluations(order(), folder);
    expect(kept.map(({ at }) => at - now)).toEqual([-1000, -1000, -3000, -5000]);
    expect(await shown((evaluations) => evaluations.restore(kept))).toEqual({
      recall: 0.75,
      recallAt: (now - 3000) / 1000,
      evaluated: 0.6,
      gated: 0.8,
      gatedAt: (now - 1000) / 1000,
      scored: 0,
    });
  });

  it('outlive the retention, the last of each source', async () => {
    const folder = workFolder();
    const clock = new ManualClock();
    const setting = { options: options({ retentionDays: 2 }), folder, clock, content: false };
    const analytics = await openAnalytics(setting);
    const now = clock.epoch();
    await analytics.golden(night(now, 'gate', 0.9));
    await analytics.golden(round(now + 1, 0.6));
    await analytics.golden(round(now + 2, 0.7));
    await analytics.stop();
    await clock.advance(30 * DAY);
    const later = await openAnalytics(setting);
    await later.golden(round(clock.epoch(), 0.8));
    await later.stop();
    const last = await openAnalytics(setting);
    await last.stop();
    const kept = await keptEvaluations(order(), folder);
    expect(kept.map(({ right }) => right)).toEqual([0.8, 0.9]);
  });

  it('come to nothing where nothing was kept, or it cannot be read', async () => {
    const folder = workFolder();
    expect(await keptEvaluations(order(), folder)).toEqual([]);
    expect(await keptEvaluations(undefined, folder)).toEqual([]);
    writeFileSync(join(folder, ANALYTICS_FILE), 'no database at all, but a text of some length');
    expect(await keptEvaluations(order(), folder)).toEqual([]);
    expect(await keptEvaluations(order({ enabled: false }), folder)).toEqual([]);
  });
});
