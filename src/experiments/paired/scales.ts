import { INDICATORS, type IndicatorName } from '../../records/schema.ts';

/**
 * On which scale indicators are compared. Latencies, rates and cost by the logarithm of their ratio, since noise and
 * slowdowns multiply; shares by their difference, since a share may be 0.
 */
export type Scale = 'log-ratio' | 'difference';

export const scaleOf = (name: IndicatorName): Scale =>
  INDICATORS[name].unit === 'share' ? 'difference' : 'log-ratio';

/** 1 where a larger value is worse, −1 where it is better: turns a change into a loss. */
export const lossSign = (name: IndicatorName): 1 | -1 => (INDICATORS[name].better === 'lower' ? 1 : -1);

export const isIndicator = (name: string): name is IndicatorName => Object.hasOwn(INDICATORS, name);

/**
 * The least change that matters unless a policy says otherwise: 0.05 is 5 % of what it was, or 5 points of a share. Higher
 * quantiles swing more by themselves.
 */
export const LEAST_CHANGE: Readonly<Record<IndicatorName, number>> = {
  p50: 0.05,
  p95: 0.1,
  p99: 0.15,
  mean: 0.05,
  throughput: 0.05,
  goodput: 0.05,
  'error-rate': 0.01,
  attainment: 0.03,
  'cost-per-query': 0.05,
};

/** One side, of each bound and each test: the recipe's. */
export const SPEED_ALPHA = 0.005;
/**
 * Of the words better and worse, for an adjusted p: stricter than a gate's, which confirms what it finds. With the gate's, two
 * identical variants were told apart in 0.8 % of simulated comparisons, with this in 0.4 % (`statistics/latency-gate`).
 */
export const WORD_ALPHA = 0.001;
/** How often a change of the "least detectable" size is found. */
export const POWER = 0.8;
/** 2⁻⁸ is the first power of a half under 0.005. */
export const LEAST_PAIRS = 8;

/** δ of 5 % is ln 1.05 on the scale of log ratios; of a share it is itself. */
export const onScale = (delta: number, scale: Scale): number =>
  scale === 'log-ratio' ? Math.log1p(delta) : delta;

/** A rate that fell to 0 counts as a thousandth: it must weigh, and infinity cannot be ranked. */
const LARGEST = Math.log(1000);

/** ln(after / before) or after − before. Null where one of them could not be had. */
export function changeOf(before: number | null, after: number | null, scale: Scale): number | null {
  if (before === null || after === null) return null;
  if (scale === 'difference') return after - before;
  if (before === after) return 0; // 0 and 0, too
  return Math.max(-LARGEST, Math.min(LARGEST, Math.log(after / before)));
}
