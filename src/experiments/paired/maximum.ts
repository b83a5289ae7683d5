import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { LEAST_GAIN } from '../profiles.ts';
import { blockInTime } from './in-time.ts';
import type { Arm, BlockFigures, LiveArm } from './port.ts';

/** Seconds of each closed loop, and of the one before the first, which is thrown away. */
const PROBE_SECONDS = 1.5;
const WARMUP_SECONDS = 1;
/** Of both, where one user is all that is asked for and answers come quickly: more than so many a second. */
const BRIEF_SECONDS = 0.4;
const SURELY_QUICK = 40;

export interface MaximumOptions {
  readonly seed: number;
  /** Users of the closed loop, at most; one where a target must not be pressed. */
  readonly mostUsers: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

export interface Maximum {
  /** Answers a second. */
  readonly rate: number;
  /** Answers a second for one user alone. */
  readonly ofOneUser: number;
  /** Mean cost of an answer; null where the target tells of none. */
  readonly costUsd: number | null;
}

/**
 * How many answers a second a target gives at most: users of a closed loop are doubled until that brings less than 5 % more.
 *
 * @throws GroundspeedError target.unavailable where not even one user gets an answer
 */
export async function measureMaximum(
  arm: Pick<Arm, 'name' | 'patience'>,
  live: LiveArm,
  { seed, mostUsers, clock, signal }: MaximumOptions,
): Promise<Maximum> {
  const probe = (users: number, seconds: number, warmup: boolean): Promise<BlockFigures> =>
    blockInTime(live, { rate: null, seconds, seed, warmup, users }, { arm, clock, signal });
  // Where the rate is given, the probe tells slow targets from others, and what an answer costs: a look is enough.
  const alone = mostUsers === 1;
  const warm = await probe(1, alone ? BRIEF_SECONDS : WARMUP_SECONDS, true);
  const isQuick = (warm.indicators.throughput ?? 0) > SURELY_QUICK;
  const first = await probe(1, alone && isQuick ? BRIEF_SECONDS : PROBE_SECONDS, false);
  const ofOneUser = first.indicators.throughput ?? 0;
  if (ofOneUser <= 0) {
    throw new GroundspeedError('target.unavailable', `${arm.name} gave no answer`, {
      problems: first.invalidReasons,
      hint: 'Nothing was compared. See what it answers: groundspeed target check URL',
    });
  }
  let rate = ofOneUser;
  for (let users = 2; users <= mostUsers; users *= 2) {
    const found = (await probe(users, PROBE_SECONDS, false)).indicators.throughput ?? 0;
    const gained = found >= rate * (1 + LEAST_GAIN);
    rate = Math.max(rate, found);
    if (!gained) break;
  }
  return { rate, ofOneUser, costUsd: first.indicators['cost-per-query'] ?? null };
}
