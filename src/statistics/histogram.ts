import { GroundspeedError } from '../kernel/errors.ts';

/**
 * Every power of two from 2^10 µs on has 2^9 cells; below, each microsecond has its own. The middle of a cell is then off
 * by 1/1024 of the value at most, rounding to microseconds included.
 */
const OCTAVE_BITS = 9;

/** The longest duration that has a cell: 2^32 − 1 µs, an hour and eleven minutes. */
const LONGEST_MICROS = 0xffff_ffff;
const CELLS = cellOf(LONGEST_MICROS) + 1;

/** What a duration outside the range counts as, at most, in mean, minimum and maximum: ten days. Infinity has no mean. */
const MOST_TOLD_MS = 864_000_000;

/** What is known of the values as a whole, by position in `totals`. */
const COUNT = 0;
const CLAMPED = 1;
/**
 * The sum of all values is kept as whole microseconds and the nanoseconds beside them: integers, which add up to the same
 * in any order (below 2^53 µs, which are 285 years).
 */
const SUM_MICROS = 2;
const SUM_NANOS = 3;
const MIN = 4;
const MAX = 5;
const TOTALS = 6;

/** A histogram as it travels between threads or into a file: the cells that hold something, ascending. */
export interface EncodedHistogram {
  readonly cells: Uint16Array<ArrayBuffer>;
  /** How many values each of `cells` holds. */
  readonly counts: Float64Array<ArrayBuffer>;
  readonly totals: Float64Array<ArrayBuffer>;
}

/**
 * Durations counted in cells whose width grows with the value, as in HdrHistogram (Gil Tene): one microsecond up to 1 ms,
 * then 1/512 of the value or less. 98 kB, however many values; merging is exact, so that quantiles of many threads or seconds
 * are those of all their values together. For a million values or fewer a phase keeps them all instead.
 */
export class DurationHistogram {
  readonly #counts = new Float64Array(CELLS);
  readonly #totals = emptyTotals();

  /**
   * Counts one duration in milliseconds. NaN stands for "did not happen" and is left out. One that is below 0 or longer
   * than the longest counts as 0 or as the longest in quantiles, as itself in the mean, the minimum and the maximum, and as
   * `clamped`. Allocates nothing.
   */
  record(ms: number): void {
    const micros = ms * 1000;
    if (!(micros >= 0 && micros <= LONGEST_MICROS)) {
      this.#recordOutside(ms);
      return;
    }
    // Rounding so, here and below, takes 4 ns a value instead of 18 with Math.round, which heeds −0.
    const whole = (micros + 0.5) >>> 0;
    this.#add(ms, whole, whole);
  }

  recordMany(values: ArrayLike<number>): void {
    for (let index = 0; index < values.length; index += 1) this.record(values[index]!);
  }

  /** Adds all that another has counted. In whatever order histograms are merged, the result is the same. */
  merge(other: DurationHistogram): void {
    const counts = other.#counts;
    for (let cell = 0; cell < CELLS; cell += 1) this.#counts[cell]! += counts[cell]!;
    this.#addTotals(other.#totals);
  }

  #addTotals(totals: Float64Array): void {
    for (let total = COUNT; total <= SUM_NANOS; total += 1) this.#totals[total]! += totals[total]!;
    this.#totals[MIN] = Math.min(this.#totals[MIN]!, totals[MIN]!);
    this.#totals[MAX] = Math.max(this.#totals[MAX]!, totals[MAX]!);
  }

  /**
   * Takes away what another has counted, all of which must have been merged into this one; else `internal.bug`. A minimum or
   * maximum that goes with it is afterwards known as quantiles are.
   */
  subtract(other: DurationHistogram): void {
    if (other.#counts.some((count, cell) => count > this.#counts[cell]!)) throw notContained();
    for (let cell = 0; cell < CELLS; cell += 1) this.#counts[cell]! -= other.#counts[cell]!;
    const totals = this.#totals;
    for (let total = COUNT; total <= SUM_NANOS; total += 1) totals[total]! -= other.#totals[total]!;
    if (this.count === 0) this.clear();
    else if (other.count > 0) this.#narrow(other);
  }

  #narrow(other: DurationHistogram): void {
    const totals = this.#totals;
    if (other.min <= totals[MIN]!) totals[MIN] = Math.max(this.#nearestMiddle(0, 1), totals[MIN]!);
    if (other.max >= totals[MAX]!) totals[MAX] = Math.min(this.#nearestMiddle(CELLS - 1, -1), totals[MAX]!);
  }

  clear(): void {
    this.#counts.fill(0);
    this.#totals.set(emptyTotals());
  }

  /** How many values were counted, those outside the range among them. */
  get count(): number {
    return this.#totals[COUNT]!;
  }

  /** How many of them were outside the range. */
  get clamped(): number {
    return this.#totals[CLAMPED]!;
  }

  /** Exact, in milliseconds; NaN for none. */
  get min(): number {
    return this.count === 0 ? Number.NaN : this.#totals[MIN]!;
  }

  /** Exact, in milliseconds; NaN for none. */
  get max(): number {
    return this.count === 0 ? Number.NaN : this.#totals[MAX]!;
  }

  /** The mean of the values, each to the nanosecond, in milliseconds; NaN for none. */
  get mean(): number {
    return (this.#totals[SUM_MICROS]! + this.#totals[SUM_NANOS]! / 1000) / this.count / 1000;
  }

  /**
   * The smallest value that at least a share `p` of all does not exceed (as `quantile` has it for samples), in milliseconds:
   * within 0.1 % or 1 µs of it, and exact where it is the smallest or the largest. NaN for none.
   */
  quantile(p: number): number {
    const { count, min, max } = this;
    if (count === 0) return Number.NaN;
    const rank = Math.min(Math.max(Math.ceil(p * count - 1e-9), 1), count);
    if (rank === 1) return min;
    if (rank === count) return max;
    let cell = cellOf(microsWithin(min));
    for (let below = this.#counts[cell]!; below < rank; below += this.#counts[cell]!) cell += 1;
    return Math.min(Math.max(middleOf(cell) / 1000, min), max);
  }

  /** A copy in plain typed arrays of their own buffers, which may be transferred to another thread. */
  encode(): EncodedHistogram {
    const used = this.#counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
    const cells = new Uint16Array(used);
    const counts = new Float64Array(used);
    let next = 0;
    for (let cell = 0; cell < CELLS; cell += 1) {
      if (this.#counts[cell] === 0) continue;
      cells[next] = cell;
      counts[next++] = this.#counts[cell]!;
    }
    return { cells, counts, totals: this.#totals.slice() };
  }

  /** What `encode` made, as a histogram again. What it cannot have made is `internal.bug`. */
  static decode(encoded: EncodedHistogram): DurationHistogram {
    const histogram = new DurationHistogram();
    histogram.mergeEncoded(encoded);
    return histogram;
  }

  /** Adds all that `encode` told of another, in time of the cells that it names. What it cannot have made is `internal.bug`. */
  mergeEncoded({ cells, counts, totals }: EncodedHistogram): void {
    if (totals.length !== TOTALS || cells.length !== counts.length) throw malformed('array lengths');
    let sum = 0;
    for (let index = 0; index < cells.length; index += 1) {
      const cell = cells[index]!;
      const count = counts[index]!;
      if (cell >= CELLS || (index > 0 && cell <= cells[index - 1]!)) throw malformed('cells');
      if (!(Number.isSafeInteger(count) && count > 0)) throw malformed('counts');
      sum += count;
    }
    if (sum !== totals[COUNT]) throw malformed('total');
    for (let index = 0; index < cells.length; index += 1) this.#counts[cells[index]!]! += counts[index]!;
    this.#addTotals(totals);
  }

  #recordOutside(ms: number): void {
    if (Number.isNaN(ms)) return;
    this.#totals[CLAMPED]! += 1;
    const told = Math.min(Math.max(ms, -MOST_TOLD_MS), MOST_TOLD_MS);
    this.#add(told, Math.round(told * 1000), microsWithin(told));
  }

  /** `micros` goes into the sum, `counted` into the cells. */
  #add(ms: number, micros: number, counted: number): void {
    const totals = this.#totals;
    this.#counts[cellOf(counted)]! += 1;
    totals[COUNT]! += 1;
    totals[SUM_MICROS]! += micros;
    totals[SUM_NANOS]! += Math.floor((ms * 1000 - micros) * 1000 + 0.5);
    // −0 + 0 is 0: of 0 and −0, which are equal, the first to come would stay.
    if (ms < totals[MIN]!) totals[MIN] = ms + 0;
    if (ms > totals[MAX]!) totals[MAX] = ms + 0;
  }

  /** The middle of the first cell that holds something, from `cell` on in steps of 1 or −1. */
  #nearestMiddle(cell: number, step: 1 | -1): number {
    let used = cell;
    while (this.#counts[used] === 0) used += step;
    return middleOf(used) / 1000;
  }
}

function emptyTotals(): Float64Array<ArrayBuffer> {
  return Float64Array.of(0, 0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
}

function microsWithin(ms: number): number {
  return Math.min(Math.max(Math.round(ms * 1000), 0), LONGEST_MICROS);
}

/** The cell of a whole number of microseconds, which is within the range. */
function cellOf(micros: number): number {
  const octave = Math.max(31 - OCTAVE_BITS - Math.clz32(micros), 0);
  return (octave << OCTAVE_BITS) + (micros >>> octave);
}

/** The middle of the microseconds that share a cell. */
function middleOf(cell: number): number {
  const octave = Math.max((cell >>> OCTAVE_BITS) - 1, 0);
  const width = 2 ** octave;
  return (cell - (octave << OCTAVE_BITS)) * width + (width - 1) / 2;
}

function notContained(): GroundspeedError {
  return new GroundspeedError(
    'internal.bug',
    'A histogram cannot be subtracted from one that does not contain it.',
  );
}

function malformed(what: string): GroundspeedError {
  return new GroundspeedError('internal.bug', `An encoded histogram is malformed: its ${what} cannot be.`);
}
