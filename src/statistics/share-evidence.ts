import { LEAST_SAMPLES, varianceInflation } from './dependence.ts';
import { bisect, incompleteBeta, normalQuantile } from './distributions.ts';
import { mean, quantile, sortSamples } from './quantiles.ts';

/**
 * Bounds for a share of one run's requests, to judge an objective by: `error < 1%`, `p95 < 200ms` (the share that is later
 * than 200 ms), `attainment >= 95%`. Unlike `batchShareInterval` it also speaks where the rarer side is rare or absent: then
 * the requests' *latencies* tell how many independent looks the run was, since requests that share a queue
 * fail together. Each side can be used alone, as a one-sided bound of 97.5 %.
 *
 * How often the bounds hold, by run length and utilisation, `npm run prove -- capacity/evidence` tabulates.
 */
export interface ShareEvidence {
  /** The share that was observed; null for no request. */
  readonly estimate: number | null;
  /** Null for fewer than a hundred requests, which can't tell how they depend on each other. */
  readonly low: number | null;
  readonly high: number | null;
  /** So many independent requests would know the share as well; null where the bounds are. */
  readonly effectiveSize: number | null;
  /** Requests. */
  readonly size: number;
}

export interface ShareOptions {
  /**
   * What shows how requests lean on each other, one value for each of `ones`: their latencies (with the timeout's value for
   * those that timed out). Without it a rare share is bounded by the square root of the number of requests.
   */
  readonly load?: ArrayLike<number>;
  /** Of the two-sided interval. */
  readonly level?: number;
}

/** Twenty separate bursts show by themselves how they cluster. Fewer may all have missed the long ones. */
const ENOUGH_BURSTS = 20;

/**
 * Requests are late in bursts above a high level of load, but a run shows too few of those; how it moves across these
 * quantiles of its latencies stands in. The highest alone would be too rare itself, the lowest too quick to recover.
 */
const LEVELS_OF_LOAD = [0.5, 0.75, 0.9];

/** The spread between twenty batches is itself an estimate, lowest in the runs that missed the long bursts. */
const CAUTION = 0.8;

/** The share of ones among zeros and ones, in the order in which the requests were due. */
export function shareEvidence(
  ones: ArrayLike<number>,
  { load, level = 0.95 }: ShareOptions = {},
): ShareEvidence {
  const size = ones.length;
  if (size === 0) return { estimate: null, low: null, high: null, effectiveSize: null, size };
  const estimate = mean(ones);
  const effectiveSize = sizeOf(ones, estimate, load);
  if (effectiveSize === null) return { estimate, low: null, high: null, effectiveSize, size };
  const [low, high] = shareBounds(estimate, effectiveSize, level);
  return { estimate, low, high, effectiveSize, size };
}

function sizeOf(ones: ArrayLike<number>, share: number, load: ArrayLike<number> | undefined): number | null {
  const size = ones.length;
  const own = varianceInflation(ones);
  // The slack: twenty of ones and twenty of zeros must mean the same, whichever way they were rounded.
  if (own !== null && (Math.min(share, 1 - share) * size) / own >= ENOUGH_BURSTS - 1e-9) {
    return (size * CAUTION) / own;
  }
  const ofLoad = load === undefined ? withoutLoad(size) : inflationOfLoad(load);
  if (ofLoad === null) return null;
  if (own !== null) return (size * CAUTION) / Math.max(own, ofLoad);
  return load === undefined ? size / ofLoad : withoutAny(size, ofLoad);
}

/** A run that is worth so many independent requests tells how large its bursts are on average; half as many do not. */
const ENOUGH_LOOKS = 60;

/**
 * The size where not one was seen. That bounds how often bursts come, so their mean size counts, m, not what their
 * sizes do to the variance: if they are about geometric, that is f = 2m − 1. A run too short to know f well keeps m = f.
 */
function withoutAny(size: number, inflation: number): number {
  const known = Math.min(1, Math.max(0, size / inflation / ENOUGH_LOOKS - 1));
  return size / (inflation - (known * (inflation - 1)) / 2);
}

/** Nothing is known of the bursts: as many independent looks as there are batches of √n requests. */
const withoutLoad = (size: number): number | null => (size < LEAST_SAMPLES ? null : Math.sqrt(size));

/** The largest inflation among the shares of requests above some levels of load; null for too few requests. */
function inflationOfLoad(load: ArrayLike<number>): number | null {
  if (load.length < LEAST_SAMPLES) return null;
  const sorted = sortSamples(load);
  // Latencies that are all alike come from a target that nobody waits for.
  const inflations = LEVELS_OF_LOAD.map((p) => varianceInflation(above(load, quantile(sorted, p))) ?? 1);
  return Math.max(...inflations);
}

function above(values: ArrayLike<number>, limit: number): Uint8Array {
  const ones = new Uint8Array(values.length);
  // Of equal durations some differ by their rounding errors, which grow with the time of day and must not look like load.
  const slack = 1e-9 * Math.abs(limit);
  // Not "value > limit": a value that is missing (NaN) belongs to a request that failed.
  for (let index = 0; index < values.length; index += 1)
    ones[index] = values[index]! <= limit + slack ? 0 : 1;
  return ones;
}

/** Clopper and Pearson's interval (1934), its counts made continuous: `share` of `size` trials, `size` any number from 0. */
export function shareBounds(share: number, size: number, level = 0.95): [low: number, high: number] {
  const tail = (1 - level) / 2;
  const ones = share * size;
  const zeros = size - ones;
  return [
    ones <= 0 ? 0 : bisect((x) => incompleteBeta(x, ones, zeros + 1) - tail, 0, 1),
    zeros <= 0 ? 1 : bisect((x) => incompleteBeta(x, ones + 1, zeros) - (1 - tail), 0, 1),
  ];
}

/**
 * The share of requests in either of several classes that exclude each other, each with evidence of its own: requests
 * that answered wrongly do so one by one, those that are late come in bursts, and the former must not hide the latter. The
 * bounds are put together from the parts' distances (MOVER; Zou and Donner, Statistics in Medicine 27, 2008).
 */
export function sumOfShares(parts: readonly ShareEvidence[], level = 0.95): ShareEvidence {
  const size = parts[0]?.size ?? 0;
  const none = { low: null, high: null, effectiveSize: null, size };
  let estimate = 0;
  let below = 0;
  let beyond = 0;
  for (const part of parts) {
    if (part.estimate === null) return { estimate: null, ...none };
    estimate += part.estimate;
    below += part.low === null ? Number.NaN : (part.estimate - part.low) ** 2;
    beyond += part.high === null ? Number.NaN : (part.high - part.estimate) ** 2;
  }
  if (parts.length === 0 || Number.isNaN(below + beyond)) {
    return { estimate: parts.length === 0 ? null : estimate, ...none };
  }
  const low = Math.max(0, estimate - Math.sqrt(below));
  const high = Math.min(1, estimate + Math.sqrt(beyond));
  return { estimate, low, high, effectiveSize: sizeLike({ estimate, low, high, size, level }), size };
}

/**
 * The number of independent requests, `size` at most, that would bound the share as well: as wide on both sides together, or
 * as high above, whichever are more. The first fails where none was seen, the second where the parts are small.
 */
function sizeLike({ estimate, low, high, size, level }: Bounded): number {
  const half = (high - low) / (2 * normalQuantile(1 - (1 - level) / 2));
  const byWidth = half > 0 ? (estimate * (1 - estimate)) / half ** 2 : size;
  const byHigh = bisect((count) => high - shareBounds(estimate, count, level)[1], 0, size);
  return Math.min(size, Math.max(byWidth, byHigh));
}

interface Bounded {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly size: number;
  readonly level: number;
}
