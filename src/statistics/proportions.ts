import { normalQuantile } from './distributions.ts';

/**
 * Wilson's score interval for a share of *independent* trials (Wilson, 1927; recommended for small n by Brown, Cai
 * and DasGupta, 2001). Null for no trial.
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): [number, number] | null {
  if (trials === 0) return null;
  const z = normalQuantile(1 - (1 - level) / 2);
  const share = successes / trials;
  const spread =
    (z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))) /
    (1 + (z * z) / trials);
  const centre = (share + (z * z) / (2 * trials)) / (1 + (z * z) / trials);
  return [
    successes === 0 ? 0 : Math.max(0, centre - spread),
    successes === trials ? 1 : Math.min(1, centre + spread),
  ];
}
