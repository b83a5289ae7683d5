import { exponential, normal, type Random } from '../kernel/random.ts';
import type { Delay } from './fault.ts';

/** Milliseconds of one delay. A fixed one draws nothing. */
export function drawDelay(delay: Delay, random: Random): number {
  switch (delay.kind) {
    case 'fixed':
      return delay.ms;
    case 'lognormal':
      return delay.medianMs * Math.exp(delay.sigma * normal(random));
    case 'uniform':
      return delay.fromMs + (delay.toMs - delay.fromMs) * random.next();
    case 'exponential':
      return delay.meanMs * exponential(random);
  }
}
