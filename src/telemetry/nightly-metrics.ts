import { MOST_VALUES } from './cardinality.ts';
import { NIGHTLY_COMMANDS, NIGHTLY_VERDICTS, type NightlyCommand, type NightlyVerdict } from './catalogue.ts';
import type { MetricHandles } from './registry.ts';

/** What a nightly run came to, as the gauges show it. */
export interface NightlyFigures {
  readonly dataset: string;
  readonly command: NightlyCommand;
  /** Of its end, in milliseconds since 1970. */
  readonly at: number;
  /** Null for a sound run that was not gated. */
  readonly verdict: NightlyVerdict | null;
  /** By name (`recall@5`), from 0 to 1. */
  readonly measures: Readonly<Record<string, number>>;
  /** By percentile (`95`), in seconds. */
  readonly latency: Readonly<Record<string, number>>;
}

export type NightlyHandles = Pick<
  MetricHandles,
  'nightlyMeasure' | 'nightlyLatency' | 'nightlyVerdict' | 'nightlyTime'
>;

/** Runs that are remembered; a golden set past what its label may hold is `other` anyway. */
const MOST_RUNS = MOST_VALUES * NIGHTLY_COMMANDS.length;

/**
 * The gauges of the last nightly run of each golden set and command. They are set for a run as a whole: what the run before
 * had, and this one has not, is taken away. A run that is told late, after a newer one, changes nothing.
 */
export class NightlyGauges {
  readonly #metrics: NightlyHandles;
  readonly #shown = new Map<string, NightlyFigures>();

  constructor(metrics: NightlyHandles) {
    this.#metrics = metrics;
  }

  show(run: NightlyFigures): void {
    const { dataset, command, at, verdict, measures, latency } = run;
    const { nightlyMeasure, nightlyLatency, nightlyVerdict, nightlyTime } = this.#metrics;
    const of = { dataset, command };
    const key = `${command} ${dataset}`;
    const before = this.#shown.get(key);
    if (before !== undefined && before.at > at) return;
    if (before !== undefined) this.#clear(before, run);
    if (before !== undefined || this.#shown.size < MOST_RUNS) this.#shown.set(key, run);
    for (const [measure, value] of Object.entries(measures)) nightlyMeasure.set({ ...of, measure }, value);
    for (const [percentile, value] of Object.entries(latency)) {
      nightlyLatency.set({ ...of, percentile }, value);
    }
    if (verdict !== null) {
      for (const one of NIGHTLY_VERDICTS) {
        nightlyVerdict.set({ ...of, verdict: one }, one === verdict ? 1 : 0);
      }
    }
    nightlyTime.set(of, at / 1000);
  }

  #clear({ dataset, command, measures, latency }: NightlyFigures, next: NightlyFigures): void {
    const { nightlyMeasure, nightlyLatency, nightlyVerdict } = this.#metrics;
    const of = { dataset, command };
    for (const measure of Object.keys(measures)) {
      if (!Object.hasOwn(next.measures, measure)) nightlyMeasure.remove({ ...of, measure });
    }
    for (const percentile of Object.keys(latency)) {
      if (!Object.hasOwn(next.latency, percentile)) nightlyLatency.remove({ ...of, percentile });
    }
    if (next.verdict !== null) return;
    for (const verdict of NIGHTLY_VERDICTS) nightlyVerdict.remove({ ...of, verdict });
  }
}
