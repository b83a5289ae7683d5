import type { Random } from '../../src/kernel/random.ts';
import type { Verdict } from '../../src/objectives/slo.ts';
import { bootstrapMeanInterval } from '../../src/statistics/bootstrap.ts';
import { holm } from '../../src/statistics/holm.ts';
import { mean } from '../../src/statistics/quantiles.ts';
import { flipsFor, pairedRandomisation } from '../../src/statistics/randomisation.ts';

/**
 * The quality gate's rule, as the simulation judges it: that of src/experiments/gate without its records, texts and policy, so
 * that tens of thousands of comparisons take seconds. A test holds the two together.
 */
export const QUALITY_RULE = { alpha: 0.01, leastLoss: 0.01, delta: 0.03 } as const;

/** Which rows fail; each is a measure's loss, question by question: baseline less candidate. */
export function failures(losses: readonly Float64Array[], random: Random): boolean[] {
  const matters = losses.map((row) => mean(row) >= QUALITY_RULE.leastLoss);
  // Whatever the p values are, no row fails.
  if (!matters.includes(true)) return matters;
  const flips = flipsFor(losses.length, QUALITY_RULE.alpha);
  const adjusted = holm(losses.map((row) => lossP(row, { random, flips })));
  return matters.map((does, index) => does && adjusted[index]! <= QUALITY_RULE.alpha);
}

/** One-sided: the sums of sign flips are symmetric about 0, so half of the two-sided p is on the side of losses. 1 where nothing was lost. */
function lossP(losses: Float64Array, options: { readonly random: Random; readonly flips: number }): number {
  return mean(losses) > 0 ? pairedRandomisation(losses, options) / 2 : 1;
}

/** The verdict of a gate of one row. */
export function judgeLoss(losses: Float64Array, random: Random): Verdict {
  if (failures([losses], random)[0]) return 'FAIL';
  if (losses.every((loss) => loss === 0)) return 'PASS';
  // A two-sided interval of 98 % is two bounds of 99 %.
  const bounds = bootstrapMeanInterval(losses, { random, level: 1 - 2 * QUALITY_RULE.alpha });
  return bounds !== null && bounds[1] < QUALITY_RULE.delta ? 'PASS' : 'INCONCLUSIVE';
}
