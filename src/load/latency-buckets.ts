import { LATENCY_BOUNDS, type LatencyCounts } from './events.ts';

/** Latencies counted in buckets that are the same for all: those of threads, phases and runs add up. */
export class LatencyBuckets {
  readonly #counts = new Array<number>(LATENCY_BOUNDS.length + 1).fill(0);
  #sumMs = 0;

  /** Milliseconds. NaN is left out; below 0, after a clock that was set back, counts as 0. */
  record(ms: number): void {
    if (Number.isNaN(ms)) return;
    let bucket = 0;
    while (bucket < LATENCY_BOUNDS.length && ms > LATENCY_BOUNDS[bucket]!) bucket += 1;
    this.#counts[bucket]! += 1;
    this.#sumMs += Math.max(0, ms);
  }

  add({ counts, sumMs }: LatencyCounts): void {
    for (const [bucket, count] of counts.entries()) this.#counts[bucket]! += count;
    this.#sumMs += sumMs;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#sumMs = 0;
  }

  /** As plain data, which later counts do not change. */
  counts(): LatencyCounts {
    return { counts: [...this.#counts], sumMs: this.#sumMs };
  }
}
