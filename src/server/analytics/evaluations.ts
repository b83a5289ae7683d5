import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { type GoldenHandles, recordGolden, showGolden } from '../../telemetry/golden-metrics.ts';
import { type NightlyFigures, NightlyGauges, type NightlyHandles } from '../../telemetry/nightly-metrics.ts';
import { ANALYTICS_FILE } from './analytics.ts';
import type { GoldenRun } from './golden-run.ts';
import type { ObservingOrder } from './observing.ts';
import { openAnalyticsStore } from './store.ts';

/**
 * The gauges of golden questions, of which a service has one set: those of the canary's last round, and those of the last
 * nightly runs.
 */
export class Evaluations {
  readonly #metrics: GoldenHandles;
  readonly #nightly: NightlyGauges;
  readonly #clock: Clock;

  constructor(metrics: GoldenHandles & NightlyHandles, clock: Clock) {
    this.#metrics = metrics;
    this.#nightly = new NightlyGauges(metrics);
    this.#clock = clock;
  }

  /** A run that was told just now. */
  take(run: GoldenRun): void {
    const nightly = nightlyOf(run);
    if (nightly === undefined) recordGolden(this.#metrics, run, this.#clock.epoch());
    else this.#nightly.show(nightly);
  }

  /** Runs of before the service started, each with the time at which it was: what is old looks old. None is counted again. */
  restore(runs: readonly GoldenRun[]): void {
    for (const run of runs) {
      const nightly = nightlyOf(run);
      if (nightly === undefined) showGolden(this.#metrics, run, run.at);
      else this.#nightly.show(nightly);
    }
  }
}

function nightlyOf({ dataset, at, nightly }: GoldenRun): NightlyFigures | undefined {
  if (nightly === undefined) return undefined;
  const { command, verdict, measures, latency_seconds: latency } = nightly;
  return { dataset, at, command, verdict, measures, latency };
}

/** The last golden runs that the file of analytics beside the index has; none where it is off, missing or damaged. */
export async function keptEvaluations(
  order: Pick<ObservingOrder, 'analytics'> | undefined,
  folder: string,
): Promise<GoldenRun[]> {
  const path = join(folder, ANALYTICS_FILE);
  if (!order?.analytics.enabled || !existsSync(path)) return [];
  try {
    // No question is read, and what becomes of texts is decided where questions are counted.
    const { maxKeysPerDay } = order.analytics;
    const store = await openAnalyticsStore({ path, maxKeysPerDay, content: true });
    try {
      return store.reads.goldenRuns();
    } finally {
      store.close();
    }
  } catch {
    return []; // whoever keeps analytics says what is wrong with the file
  }
}
