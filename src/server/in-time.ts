import type { Clock } from '../kernel/clock.ts';
import { milliseconds } from '../kernel/units.ts';

/** Undefined where it fails, or takes longer than so many milliseconds. */
export async function inTime<T>(asked: Promise<T>, withinMs: number, clock: Clock): Promise<T | undefined> {
  const waking = new AbortController();
  const late = clock.sleep(milliseconds(withinMs), waking.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([asked.catch(() => undefined), late]);
  } finally {
    waking.abort();
  }
}
