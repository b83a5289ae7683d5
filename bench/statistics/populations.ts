import { exponential, normal, type Random } from '../../src/kernel/random.ts';
import { normalQuantile } from '../../src/statistics/distributions.ts';

/** Something to draw independent samples from, whose mean and quantiles are known. */
export interface Population {
  readonly name: string;
  readonly mean: number;
  draw(random: Random): number;
  quantile(p: number): number;
}

const ZEROS = 0.6;
const PARETO = 2.5;

export const POPULATIONS: readonly Population[] = [
  { name: 'normal', mean: 0, draw: normal, quantile: normalQuantile },
  {
    name: 'log-normal, σ 1',
    mean: Math.exp(0.5),
    draw: (random) => Math.exp(normal(random)),
    quantile: (p) => Math.exp(normalQuantile(p)),
  },
  {
    // Shaped as the scores of questions are: many get nothing, the others anything.
    name: 'zero-inflated: 60 % zeros, else uniform',
    mean: (1 - ZEROS) / 2,
    draw: (random) => (random.next() < ZEROS ? 0 : random.next()),
    quantile: (p) => Math.max(0, (p - ZEROS) / (1 - ZEROS)),
  },
  {
    name: 'Pareto, α 2.5',
    mean: PARETO / (PARETO - 1),
    draw: (random) => Math.exp(exponential(random) / PARETO),
    quantile: (p) => (1 - p) ** (-1 / PARETO),
  },
];

/**
 * Sojourn times of an M/M/1 queue with service rate 1, in order, by Lindley's recursion. The first customer finds the
 * queue as it is in the long run, so there is no warm-up: no wait with probability 1 − ρ, else one that is
 * exponential with rate 1 − ρ. Sojourn times are then exponential with rate 1 − ρ, each of them, but not independent.
 */
export function sojournTimes(utilisation: number, count: number, random: Random): Float64Array {
  const times = new Float64Array(count);
  let waiting = random.next() < utilisation ? exponential(random) / (1 - utilisation) : 0;
  for (let index = 0; index < count; index += 1) {
    const sojourn = waiting + exponential(random);
    times[index] = sojourn;
    waiting = Math.max(0, sojourn - exponential(random) / utilisation);
  }
  return times;
}

export const sojournMean = (utilisation: number): number => 1 / (1 - utilisation);

export const sojournQuantile = (utilisation: number, p: number): number =>
  -Math.log(1 - p) / (1 - utilisation);
