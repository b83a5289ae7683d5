import type { Clock } from '../../kernel/clock.ts';
import { blockInTime } from './in-time.ts';
import type { Arm, LiveArm } from './port.ts';

/** Arrivals a second that are tried, over those that shall be offered: with a third more, the generator still copes. */
const MARGIN = 4 / 3;
/** The next rate that is tried, over the last. */
const LOWER = 0.7;
/** Arrivals a second below which a generator that is late has another reason than their number. */
const EASY = 1000;
/** Trials that a rate must stand: one good one may be luck, and a comparison is many blocks. */
const TRIALS = 2;
const TRIAL_SECONDS = 2;

export interface OfferedRate {
  /** Arrivals per second. */
  readonly rate: number;
  /** Why it is less than was wanted; null where it is not. */
  readonly note: string | null;
}

export interface RateOptions {
  readonly arm: Arm;
  /** Arrivals per second that are wanted. */
  readonly wanted: number;
  /** Arrivals per second, at most, whatever is tried. */
  readonly most: number;
  readonly seed: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rate that is wanted, or less where the load generator is the narrower of the two: a service may answer twice as many
 * requests as one process can send on time, and every block of such a load would be invalid. A rate is good when the generator
 * is valid at a third more. What the target itself does at it is no reason to lower it.
 */
export async function rateAtEase(
  live: LiveArm,
  { arm, wanted, most, seed, clock, signal }: RateOptions,
): Promise<OfferedRate> {
  if (arm.isRemote !== true) return { rate: wanted, note: null }; // its generator is in its own process
  const against = async (rate: number): Promise<string | undefined> => {
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const order = { rate, seconds: TRIAL_SECONDS, seed: seed + trial, warmup: true };
      const { invalidReasons } = await blockInTime(live, order, { arm, clock, signal });
      const reason = invalidReasons.find(blamesGenerator);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
  let rate = wanted;
  let why: string | undefined;
  for (;;) {
    const reason = await against(Math.min(most, rate * MARGIN));
    if (reason === undefined || rate <= EASY) break;
    why = reason;
    rate = Math.max(EASY, rate * LOWER);
  }
  return { rate, note: why === undefined ? null : lowered(rate, wanted, why) };
}

const blamesGenerator = (reason: string): boolean => /\bthe generator(?! or the engine)\b/.test(reason);

function lowered(rate: number, wanted: number, why: string): string {
  const written = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));
  return `${written(rate)} requests/s are offered, not the ${written(wanted)} that are half of what the first variant can do: at more the load generator was not at ease (${why}). Name a rate with --rate, or give the generator another machine.`;
}
