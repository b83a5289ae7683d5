import type { LoadTick } from '../../load/events.ts';

/** One moment of a run, or several that lie close together: what the page draws as a point. */
export interface LivePoint {
  /** Milliseconds since the run began; of several moments the last. */
  readonly t: number;
  /** Its phase, by number. */
  readonly phase: number;
  /** How many ticks it stands for. */
  readonly weight: number;
  /** Per second. */
  readonly offered: number | null;
  readonly achieved: number | null;
  readonly goodput: number | null;
  /** Milliseconds. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly lag: number | null;
  readonly inFlight: number;
  /** Errors, timeouts and drops, as a share of the arrivals of the last seconds. */
  readonly failing: number | null;
  /** Counts since the phase began. */
  readonly arrivals: number;
  readonly completed: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly dropped: number;
}

export interface LivePhase {
  readonly id: number;
  readonly name: string;
  readonly loop: 'open' | 'closed';
  readonly warmup: boolean;
  /** Milliseconds since the run began. */
  readonly start: number;
  /** Scheduled length in milliseconds. */
  readonly duration: number;
}

export interface Added {
  readonly point: LivePoint;
  /** The phase, where the point is its first. */
  readonly phase: LivePhase | undefined;
  /** True where older points were put together, so that whoever keeps a copy needs a new one. */
  readonly thinned: boolean;
}

/** More points than a screen has columns are of no use to anybody. */
const MOST_POINTS = 2000;

/** The run so far, in a bounded number of points: the older ones stand for more and more ticks. */
export class LiveHistory {
  readonly #most: number;
  #points: LivePoint[] = [];
  #phases: LivePhase[] = [];
  #last: LoadTick | undefined;

  constructor(most = MOST_POINTS) {
    this.#most = most;
  }

  get points(): readonly LivePoint[] {
    return this.#points;
  }

  get phases(): readonly LivePhase[] {
    return this.#phases;
  }

  /** Takes a tick that came `now` milliseconds after the run began. */
  add(tick: LoadTick, now: number): Added {
    const isNext = this.#last?.phase !== tick.phase || tick.at < this.#last.at;
    this.#last = tick;
    const phase = isNext ? this.#begin(tick, now) : undefined;
    const point = pointOf(tick, this.#phases.at(-1)!, this.#points.at(-1)?.t ?? 0);
    this.#points.push(point);
    const thinned = this.#points.length > this.#most;
    if (thinned) this.#thin();
    return { point, phase, thinned };
  }

  #begin({ phase: name, loop, warmup, duration, at }: LoadTick, now: number): LivePhase {
    const before = this.#points.at(-1)?.t ?? 0;
    const id = (this.#phases.at(-1)?.id ?? -1) + 1;
    const phase = { id, name, loop, warmup, duration, start: Math.round(Math.max(before, now - at)) };
    this.#phases.push(phase);
    return phase;
  }

  #thin(): void {
    this.#points = thinned(this.#points, this.#most);
    const first = this.#points[0]!.phase;
    this.#phases = this.#phases.filter(({ id }) => id >= first);
  }
}

/** The place of a tick follows from its phase, not from when it was heard: a busy process hears late. */
function pointOf(tick: LoadTick, phase: LivePhase, before: number): LivePoint {
  return {
    t: Math.round(Math.max(before, phase.start + tick.at)),
    phase: phase.id,
    weight: 1,
    offered: brief(tick.offeredRate),
    achieved: brief(tick.achievedRate),
    goodput: brief(tick.goodput),
    p50: brief(tick.latencyMs?.p50),
    p95: brief(tick.latencyMs?.p95),
    p99: brief(tick.latencyMs?.p99),
    lag: brief(tick.lagP99Ms),
    inFlight: tick.inFlight,
    failing: brief(tick.errorShare),
    arrivals: tick.arrivals,
    completed: tick.completed,
    errors: tick.errors,
    timeouts: tick.timeouts,
    dropped: tick.dropped,
  };
}

/** More digits than anybody reads only make the message longer. */
function brief(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value)
    ? null
    : Number(value.toPrecision(5));
}

/** The newest share of all points is never touched. */
const UNTOUCHED = 1 / 5;
/** Thinned below the limit, so that it need not be done again at the next tick. */
const AFTERWARDS = 3 / 4;

/**
 * At most `most` points for the same time. Neighbours within a phase are joined, those that stand for the fewest ticks
 * first, so that the older part stays evenly dense. Where phases are too many for that, the oldest points go.
 */
export function thinned(points: readonly LivePoint[], most: number): LivePoint[] {
  let kept = [...points];
  const ticks = kept.reduce((sum, { weight }) => sum + weight, 0);
  for (let weight = 2; kept.length > most * AFTERWARDS && weight < 2 * ticks; weight *= 2) {
    kept = joined(kept, weight, kept.length - Math.ceil(most * UNTOUCHED));
  }
  return kept.slice(-most);
}

/** Joins neighbours before `end` that together stand for at most `weight` ticks. */
function joined(points: readonly LivePoint[], weight: number, end: number): LivePoint[] {
  const result: LivePoint[] = [];
  let isFree = false; // a point that was just joined is not joined again
  for (const [index, point] of points.entries()) {
    const last = result.at(-1);
    const fits = last !== undefined && last.phase === point.phase && last.weight + point.weight <= weight;
    if (isFree && fits && index < end) result[result.length - 1] = join(last, point);
    else result.push(point);
    isFree = result.at(-1) === point;
  }
  return result;
}

/** Two neighbours as one. Rates are averaged; of what must not be averaged, quantiles above all, the worst is kept. */
export function join(a: LivePoint, b: LivePoint): LivePoint {
  const mean = (x: number | null, y: number | null): number | null =>
    x === null || y === null ? (x ?? y) : (x * a.weight + y * b.weight) / (a.weight + b.weight);
  return {
    ...b,
    weight: a.weight + b.weight,
    offered: mean(a.offered, b.offered),
    achieved: mean(a.achieved, b.achieved),
    goodput: mean(a.goodput, b.goodput),
    p50: larger(a.p50, b.p50),
    p95: larger(a.p95, b.p95),
    p99: larger(a.p99, b.p99),
    lag: larger(a.lag, b.lag),
    inFlight: Math.max(a.inFlight, b.inFlight),
    failing: larger(a.failing, b.failing),
  };
}

function larger(x: number | null, y: number | null): number | null {
  return x === null || y === null ? (x ?? y) : Math.max(x, y);
}
