import { normalQuantile } from './distributions.ts';
import { meanResponse, type Response, shareResponse } from './response.ts';

/** What one run at the dose `x` (a rate) showed of a quantity that rises with x. */
export interface Dose {
  readonly x: number;
  /** A share between 0 and 1, or a mean. */
  readonly estimate: number;
  /** Requests behind it. */
  readonly size: number;
  /** The variance of the estimate times `size`; of a share, over what it were for independent requests. */
  readonly variance: number;
}

/** Where a quantity crosses its bound. A side that the runs can't bound is null. */
export interface Crossing {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface CrossingOptions {
  readonly kind: 'share' | 'mean';
  /** What the quantity would be without any dose, less than the bound. 0 for a share, unless given. */
  readonly natural?: number;
  /** Chance that the crossing lies above `low`, and that it lies below `high`. */
  readonly levels?: { readonly low: number; readonly high: number };
}

const LEVELS = { low: 0.975, high: 0.975 };

/** The crossing is looked for so far below the least and above the largest dose: beyond lies a guess. */
const REACH = 1.5;
const STEPS = 80;

/**
 * The dose at which a rising quantity crosses `bound`, by inverse regression over runs at several doses: near the crossing
 * what the dose adds (the log odds of a share, the logarithm of a mean) is taken as a straight line in the dose whose slope
 * b ≥ 0 is unknown. All c for which the likelihood, at the best slope, is not significantly below its maximum make up the interval
 * (profile likelihood, as Williams, Biometrics 42, 1986, has it for lethal doses; natural mortality as Abbott, Journal of
 * Economic Entomology 18, 1925). A quantity that jumps gives the two doses it jumps between; one that does not depend on the dose gives no bounds.
 *
 * Runs that saw few bursts by luck both estimate a low share and believe themselves precise. So the variances are
 * averaged over all runs; else the crossing is overrated (simulated: by 2 to 3 %, with bounds that miss in one search of
 * five). Where the runs scatter more than that, the interval widens (quasi-likelihood). Null without a run,
 * and where the bound is crossed without any dose.
 */
export function crossingOf(
  doses: readonly Dose[],
  bound: number,
  { kind, natural = 0, levels = LEVELS }: CrossingOptions,
): Crossing | null {
  if (doses.length === 0 || natural >= bound) return null;
  const profile =
    kind === 'share' ? profileOfShare(doses, { bound, natural }) : profileOfMean(doses, { bound, natural });
  const grid = gridOver(doses);
  const deviances = grid.map((c) => profile.deviance(c));
  const estimate = lowestNear(grid, deviances, profile);
  const dispersion = profile.dispersion(estimate);
  const least = profile.deviance(estimate);
  const limit = (level: number): number => least + dispersion * normalQuantile(level) ** 2;
  return {
    estimate,
    low: boundary({ grid, deviances, estimate, limit: limit(levels.low), profile }, 'low'),
    high: boundary({ grid, deviances, estimate, limit: limit(levels.high), profile }, 'high'),
  };
}

function gridOver(doses: readonly Dose[]): number[] {
  const xs = doses.map(({ x }) => x);
  const [from, to] = [Math.min(...xs) / REACH, Math.max(...xs) * REACH];
  return Array.from({ length: STEPS + 1 }, (_, step) => from * (to / from) ** (step / STEPS));
}

/** The most likely c: between the neighbours of the best one on the grid, by thirds. */
function lowestNear(grid: readonly number[], deviances: readonly number[], { deviance }: Profile): number {
  const best = deviances.indexOf(Math.min(...deviances));
  let from = grid[Math.max(0, best - 1)]!;
  let to = grid[Math.min(grid.length - 1, best + 1)]!;
  for (let step = 0; step < 24; step += 1) {
    const [first, second] = [from + (to - from) / 3, to - (to - from) / 3];
    if (deviance(first) <= deviance(second)) to = second;
    else from = first;
  }
  const found = (from + to) / 2;
  return deviance(found) <= deviances[best]! ? found : grid[best]!;
}

interface Search {
  readonly grid: readonly number[];
  readonly deviances: readonly number[];
  readonly estimate: number;
  readonly limit: number;
  readonly profile: Profile;
}

/** The outermost c that is still likely enough, between two steps of the grid; null where the grid ends first. */
function boundary(
  { grid, deviances, estimate, limit, profile }: Search,
  side: 'low' | 'high',
): number | null {
  const isLikely = (deviance: number): boolean => deviance <= limit;
  const first = side === 'low' ? deviances.findIndex(isLikely) : deviances.findLastIndex(isLikely);
  // The likely ones may all lie between two steps of the grid, around the estimate.
  const inner = first < 0 ? grid.findIndex((c) => c > estimate) - (side === 'low' ? 0 : 1) : first;
  const outer = side === 'low' ? inner - 1 : inner + 1;
  if (grid[outer] === undefined) return null;
  let likely = first < 0 ? estimate : grid[inner]!;
  let unlikely = grid[outer];
  for (let step = 0; step < 24; step += 1) {
    const middle = (likely + unlikely) / 2;
    if (isLikely(profile.deviance(middle))) likely = middle;
    else unlikely = middle;
  }
  return likely;
}

interface Profile {
  /** Twice the log-likelihood that is missing to a perfect fit, at the best slope of a line that crosses at c. */
  deviance(c: number): number;
  /** How much more the runs scatter around that line than their variances say; 1 at least. */
  dispersion(c: number): number;
}

interface Weighted {
  readonly x: number;
  readonly estimate: number;
  readonly weight: number;
}

interface Level {
  readonly bound: number;
  readonly natural: number;
}

/** What the dose adds to the natural share, among those that have it to lose. */
function profileOfShare(doses: readonly Dose[], { bound, natural }: Level): Profile {
  const rest = 1 - natural;
  const added = doses.map((dose) => ({ ...dose, estimate: Math.max(0, (dose.estimate - natural) / rest) }));
  const perRequest = 1 / commonInflation(doses, added, { bound, natural });
  const points = added.map(({ x, estimate, size }) => ({ x, estimate, weight: size * perRequest }));
  return profileOf(points, shareResponse((bound - natural) / rest));
}

/** Of what the bound allows beyond the natural share: less says more of chance than of how requests cluster. */
const ENOUGH_TO_TELL = 0.5;

/** The variance of what the dose adds, over that of independent requests: less what is natural, over runs that show enough of it. */
function commonInflation(doses: readonly Dose[], added: readonly Dose[], { bound, natural }: Level): number {
  if (natural === 0) return average(doses, ({ variance }) => variance);
  const rest = 1 - natural;
  const pairs = doses.flatMap((dose, index) => {
    const part = added[index]!.estimate;
    if (part < (ENOUGH_TO_TELL * (bound - natural)) / rest) return [];
    const variance = dose.variance * dose.estimate * (1 - dose.estimate) - natural * rest;
    return [{ ...dose, variance: Math.max(1, variance / (rest * rest * part * (1 - part))) }];
  });
  return average(pairs.length > 0 ? pairs : doses, ({ variance }) => variance);
}

/** What the dose adds to a natural mean. */
function profileOfMean(doses: readonly Dose[], { bound, natural }: Level): Profile {
  // Means that never varied are known as exactly as anything is.
  const common = Math.max(
    Number.MIN_VALUE ** 0.25,
    average(doses, ({ variance }) => variance),
  );
  const points = doses.map(({ x, estimate, size }) => ({
    x,
    estimate: Math.max(0, estimate - natural),
    weight: size / common,
  }));
  return profileOf(points, meanResponse(bound - natural));
}

/** The mean of a figure over all requests. */
function average(doses: readonly Dose[], figure: (dose: Dose) => number): number {
  const sum = doses.reduce((all, dose) => all + dose.size * figure(dose), 0);
  return sum / doses.reduce((all, { size }) => all + size, 0);
}

function profileOf(points: readonly Weighted[], response: Response): Profile {
  /** Adds up a figure over all runs, for the line that crosses at c; its slope is per relative distance, without a unit. */
  const sumOver = (
    figure: (point: Weighted, eta: number, distance: number) => number,
  ): ((c: number, slope: number) => number) => {
    return (c, slope) => {
      let sum = 0;
      for (const point of points) {
        const distance = (point.x - c) / c;
        sum += point.weight * figure(point, response.atBound + slope * distance, distance);
      }
      return sum;
    };
  };
  const score = sumOver(({ estimate }, eta, distance) => distance * response.score(estimate, eta));
  const deviance = sumOver(({ estimate }, eta) => response.deviance(estimate, eta));
  const pearson = sumOver(({ estimate }, eta) => response.pearson(estimate, eta));
  const bestSlope = (c: number): number => root((slope) => score(c, slope));
  return {
    deviance: (c) => deviance(c, bestSlope(c)),
    dispersion: (c) => Math.max(1, pearson(c, bestSlope(c)) / Math.max(1, points.length - 2)),
  };
}

/** Beyond this slope a share jumps within a millionth of the dose. */
const STEEPEST = 4 ** 12;

/** Where a falling function of a slope ≥ 0 becomes zero (false position, Illinois rule); 0 where it is not positive there. */
function root(falling: (slope: number) => number): number {
  let low = 0;
  let atLow = falling(low);
  if (atLow <= 0) return low;
  let high = 4;
  let atHigh = falling(high);
  while (atHigh > 0 && high < STEEPEST) {
    [low, atLow] = [high, atHigh];
    high *= 4;
    atHigh = falling(high);
  }
  if (atHigh > 0) return high;
  for (let step = 0; step < 60 && high - low > 1e-7 * high; step += 1) {
    const slope = Number.isFinite(atHigh)
      ? (low * atHigh - high * atLow) / (atHigh - atLow)
      : (low + high) / 2;
    const value = falling(slope);
    if (value === 0) return slope;
    // The end that stays counts half, so that it does not stay for ever.
    if (value > 0) {
      [low, atLow] = [slope, value];
      atHigh /= 2;
    } else {
      [high, atHigh] = [slope, value];
      atLow /= 2;
    }
  }
  return (low + high) / 2;
}
