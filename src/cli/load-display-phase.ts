import type { LoadTick } from '../load/events.ts';

/** How finely the course of a phase is kept, whatever its length. */
const SLICES = 512;

export type Range = readonly [low: number, high: number];

/** What the ticks of one load phase have told so far. */
export class LoadPhase {
  readonly name: string;
  #latest: LoadTick;
  /** The worst p95 in each slice of the scheduled time; NaN where there was none. */
  readonly #p95 = new Float64Array(SLICES).fill(Number.NaN);
  #reached = 0;
  #range: Range | null = null;
  #worstLag: number | null = null;

  constructor(first: LoadTick) {
    this.name = first.phase;
    this.#latest = first;
    this.add(first);
  }

  /** Whether a tick goes on with this phase; else it is the first of another. */
  isOf(tick: LoadTick): boolean {
    return tick.phase === this.name && tick.at >= this.#latest.at;
  }

  add(tick: LoadTick): void {
    this.#latest = tick;
    if (tick.lagP99Ms !== null) this.#worstLag = Math.max(this.#worstLag ?? 0, tick.lagP99Ms);
    const p95 = tick.latencyMs?.p95 ?? Number.NaN;
    if (!Number.isNaN(p95)) {
      this.#range =
        this.#range === null ? [p95, p95] : [Math.min(this.#range[0], p95), Math.max(this.#range[1], p95)];
    }
    // A tick tells of the time since the last one: a short phase has fewer ticks than slices.
    const end = Math.max(this.#reached + 1, Math.ceil(this.share * SLICES));
    for (let slice = Math.min(this.#reached, SLICES - 1); slice < Math.min(end, SLICES); slice += 1) {
      this.#p95[slice] = worse(this.#p95[slice]!, p95);
    }
    this.#reached = Math.min(end, SLICES);
  }

  get latest(): LoadTick {
    return this.#latest;
  }

  /** Of the scheduled time, how much is over: 0 to 1. */
  get share(): number {
    const { at, duration } = this.#latest;
    return duration > 0 ? Math.min(1, Math.max(0, at / duration)) : 1;
  }

  /** Of the p95s of a few seconds each, the lowest and the highest. The phase's own p95 lies between, but is not known. */
  get p95Range(): Range | null {
    return this.#range;
  }

  get worstLagMs(): number | null {
    return this.#worstLag;
  }

  /** Requests sent per second of the time that is over, all of it; null before there is any. */
  get meanRate(): number | null {
    const { at, duration, arrivals, dropped } = this.#latest;
    const seconds = Math.min(at, duration) / 1000;
    return seconds > 0 ? (arrivals - dropped) / seconds : null;
  }

  /** The course of p95 over the scheduled time in `width` steps; null where it is unknown or lies ahead. */
  p95Course(width: number): (number | null)[] {
    return Array.from({ length: width }, (_, step) => {
      const from = Math.floor((step / width) * SLICES);
      const to = Math.max(from + 1, Math.floor(((step + 1) / width) * SLICES));
      const worst = this.#p95.subarray(from, to).reduce(worse, Number.NaN);
      return Number.isNaN(worst) ? null : worst;
    });
  }
}

/** The larger of two, either of which may be unknown. */
function worse(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.max(a, b);
}
