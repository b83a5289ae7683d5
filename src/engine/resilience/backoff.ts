import type { Random } from '../../kernel/random.ts';
import type { RetryOptions } from './options.ts';

type Growth = Pick<RetryOptions, 'baseMs' | 'factor' | 'capMs'>;
type Backoff = Growth & Partial<Pick<RetryOptions, 'jitter'>>;

/** Upper end of the delay before retry `retry` (0 is the first): `min(capMs, baseMs · factor^retry)`, in milliseconds. */
export function delayCeiling({ baseMs, factor, capMs }: Growth, retry: number): number {
  return Math.min(capMs, baseMs * factor ** retry);
}

/**
 * Milliseconds to wait before retry `retry` (0 is the first), uniform on [0, `delayCeiling`): exponential backoff with full
 * jitter (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015). Callers that failed together come back
 * apart. With `jitter: 'none'` they come back together, after `delayCeiling`: for whoever wants to see what that costs.
 */
export function backoffDelay(growth: Backoff, retry: number, random: Random): number {
  const ceiling = delayCeiling(growth, retry);
  return growth.jitter === 'none' ? ceiling : random.next() * ceiling;
}
