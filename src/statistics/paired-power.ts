import { normal, seededRandom } from '../kernel/random.ts';
import { studentQuantile } from './distributions.ts';
import { hodgesLehmann } from './hodges-lehmann.ts';
import { quantile, sortSamples } from './quantiles.ts';
import { signedRankBounds } from './signed-rank.ts';

export interface PairedPowerOptions {
  /** Standard deviation of the differences, pair by pair. */
  readonly sd: number;
  readonly pairs: number;
  /** One-sided, of the signed-rank test. */
  readonly alpha: number;
  /** How often a change of that size is found when it is there. */
  readonly power: number;
  /** What the estimate must exceed besides, where a gate says so: ln(1 + δ). 0 unless given. */
  readonly beyond?: number;
}

/** From so many pairs on Student's approximation is as good as drawing samples. */
const MANY_PAIRS = 30;
const DRAWS = 2000;
/** The same for all: two plans must differ by their pairs, not by chance. */
const SEED = 'paired power';
/** The efficiency of signed ranks beside the mean, where differences are normal (Hodges and Lehmann 1956). */
const EFFICIENCY = 3 / Math.PI;

/**
 * The least mean log ratio (or any paired difference) that a gate finds with the given power: whose one-sided signed-rank
 * bound at `alpha` lies above 0 and whose Hodges–Lehmann estimate lies above `beyond`. For independent, normal differences.
 * Bound and estimate move with the values they are taken of, so samples of pure noise tell by how much each must be
 * moved to be found; the answer is a quantile of that (to about 2 %, the same on each call). From 30 pairs on it is
 * Student's, as for means, by the asymptotic efficiency 3/π. Infinity where 2⁻ᵖᵃⁱʳˢ > alpha: such pairs find nothing.
 */
export function leastLogRatio({ sd, pairs, alpha, power, beyond = 0 }: PairedPowerOptions): number {
  if (2 ** -pairs > alpha) return Number.POSITIVE_INFINITY;
  if (pairs >= MANY_PAIRS) {
    const error = sd / Math.sqrt(EFFICIENCY * pairs);
    const t = (p: number): number => studentQuantile(p, pairs - 1);
    return Math.max(t(1 - alpha) * error, beyond) + t(power) * error;
  }
  const { fromBound, fromEstimate } = unitShifts(pairs, alpha);
  const shifts = fromBound.map((shift, draw) => Math.max(sd * shift, beyond + sd * fromEstimate[draw]!));
  return quantile(sortSamples(shifts), power);
}

/** Of each sample of noise with a spread of 1: what must be added for its bound, and for its estimate, to reach 0. */
interface UnitShifts {
  readonly fromBound: Float64Array;
  readonly fromEstimate: Float64Array;
}

/**
 * Bounds and estimates grow with the spread of the values they are taken of, so samples of spread 1 serve for every row
 * of a table. They are drawn once for each number of pairs and α, the most of the work there is: a comparison of ten variants
 * asks for hundreds of rows, and a handful of these. Kept are as many as a few comparisons need, 32 KB each.
 */
const drawn = new Map<string, UnitShifts>();
const MOST_KEPT = 64;

function unitShifts(pairs: number, alpha: number): UnitShifts {
  const key = `${pairs}/${alpha}`;
  const known = drawn.get(key);
  if (known !== undefined) return known;
  const random = seededRandom(SEED);
  const fromBound = new Float64Array(DRAWS);
  const fromEstimate = new Float64Array(DRAWS);
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const noise = Float64Array.from({ length: pairs }, () => normal(random));
    fromBound[draw] = -signedRankBounds(noise, alpha)!.low;
    fromEstimate[draw] = -hodgesLehmann(noise)!;
  }
  if (drawn.size >= MOST_KEPT) drawn.delete(drawn.keys().next().value!);
  const shifts = { fromBound, fromEstimate };
  drawn.set(key, shifts);
  return shifts;
}
