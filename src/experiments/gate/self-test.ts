import type { Clock } from '../../kernel/clock.ts';
import { type Random, seededRandom } from '../../kernel/random.ts';
import type { BlockRecord, IndicatorName } from '../../records/schema.ts';
import { leastLogRatio } from '../../statistics/paired-power.ts';
import { wilsonInterval } from '../../statistics/proportions.ts';
import { variance } from '../../statistics/quantiles.ts';
import { pairBlocks } from '../paired/block-pairs.ts';
import { changesOf, valuesOf } from '../paired/differences.ts';
import { planLaunches } from '../paired/plan.ts';
import type { Arm, BlockOrder } from '../paired/port.ts';
import { runPairs } from '../paired/run-pairs.ts';
import { LEAST_CHANGE, LEAST_PAIRS, onScale, SPEED_ALPHA, scaleOf } from '../paired/scales.ts';

/** The two names of what is one and the same. */
export const SAME = { a: 'one', b: 'the same' } as const;

export interface SelfTestOptions {
  /** Starts the one target, under the name that it is given. */
  readonly arm: (name: string) => Arm;
  /** Comparisons of it with itself. */
  readonly times: number;
  readonly launches: number;
  readonly pairs: number;
  readonly load: Pick<BlockOrder, 'rate' | 'seconds'>;
  /** Names of the indicators that a batch of blocks fails in, by the policy; without confirmation. */
  readonly failures: (blocks: readonly BlockRecord[]) => readonly string[];
  readonly indicators: readonly IndicatorName[];
  readonly seed: number;
  readonly clock: Clock;
  /** On the clock: nothing runs past it. */
  readonly deadline?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onComparison?: (done: number, times: number) => void;
}

/** How often something was seen, of so many times, with Wilson's 95 % interval. */
export interface Rate {
  readonly count: number;
  readonly of: number;
  readonly interval: readonly [number, number] | null;
}

export interface NoiseFloor {
  readonly indicator: IndicatorName;
  /** Of the differences within pairs; log ratios, of shares differences. Null where nothing was told. */
  readonly sd: number | null;
  /** 95 %, resampled by launch. */
  readonly interval: readonly [number, number] | null;
  readonly pairs: number;
  /** Least change that matters, on the same scale. */
  readonly delta: number;
  /** Launches of so many pairs as were run here that find a change of 2 δ in 95 of 100 cases; null: more than is sensible. */
  readonly launchesNeeded: number | null;
  /** Seconds of a block with which the launches that were run do so, where noise shrinks with the root of the length. */
  readonly blockSecondsNeeded: number | null;
}

/** What a machine's own noise does to the gate: `groundspeed.self-test/1`. */
export interface SelfTest {
  readonly schema: 'groundspeed.self-test/1';
  /** Comparisons that came to their end. */
  readonly comparisons: number;
  /** Of these, such as had the eight valid pairs without which nothing can fail: they alone count for false alarms. */
  readonly judged: number;
  readonly launches: number;
  readonly pairsPerLaunch: number;
  readonly blockSeconds: number;
  readonly offeredRate: number | null;
  /** Comparisons that failed once, and that a second, fresh batch confirmed. */
  readonly falseAlarms: Rate;
  readonly confirmedFalseAlarms: Rate;
  /** How often each indicator failed in a first batch. */
  readonly failedBy: Readonly<Record<string, number>>;
  readonly noise: readonly NoiseFloor[];
  readonly invalidPairs: number;
  readonly invalidReasons: readonly string[];
  readonly endedBy: 'interrupted' | 'budget' | 'failures' | null;
}

/**
 * Compares a target with itself, again and again, exactly as the gate would compare two: whatever it finds is false. A batch
 * that fails is followed by a second one, as in the gate. Interrupted, it keeps the comparisons that are whole.
 */
export async function runSelfTest(options: SelfTestOptions): Promise<SelfTest> {
  const batches: BlockRecord[] = [];
  const failedBy: Record<string, number> = {};
  const tally = { comparisons: 0, judged: 0, failed: 0, confirmed: 0 };
  let endedBy: SelfTest['endedBy'] = null;
  for (let nth = 0; nth < options.times && endedBy === null; nth += 1) {
    const first = await batchOf(options, { nth, batch: 0 });
    endedBy = first.endedBy;
    batches.push(...first.blocks.map((block) => asBatch(block, 2 * nth)));
    if (endedBy !== null) break; // a comparison that was cut off is none
    const names = options.failures(first.blocks);
    for (const name of names) failedBy[name] = (failedBy[name] ?? 0) + 1;
    if (names.length > 0) {
      const second = await batchOf(options, { nth, batch: 1 });
      endedBy = second.endedBy;
      if (endedBy !== null) break;
      batches.push(...second.blocks.map((block) => asBatch(block, 2 * nth + 1)));
      tally.failed += 1;
      if (options.failures(second.blocks).some((name) => names.includes(name))) tally.confirmed += 1;
    }
    tally.comparisons += 1;
    if (pairBlocks(first.blocks, SAME).pairs.length >= LEAST_PAIRS) tally.judged += 1;
    options.onComparison?.(tally.comparisons, options.times);
  }
  return { ...summary(options, batches, tally), failedBy, endedBy };
}

/** Blocks of all comparisons together, each batch with a number of its own. */
const asBatch = (block: BlockRecord, batch: number): BlockRecord => ({ ...block, batch });

function batchOf(
  { arm, launches, pairs, load, seed, clock, deadline, signal }: SelfTestOptions,
  { nth, batch }: { nth: number; batch: number },
) {
  const plan = { arms: 2, arrangement: 'all', launches, pairs, batch } as const;
  return runPairs({
    arms: [arm(SAME.a), arm(SAME.b)],
    launches: planLaunches({
      ...plan,
      seed: seededRandom(seed)
        .fork(`self-test/${nth}`)
        .integer(2 ** 31),
    }),
    load,
    batch,
    clock,
    deadline,
    signal,
  });
}

interface Tally {
  readonly comparisons: number;
  readonly judged: number;
  readonly failed: number;
  readonly confirmed: number;
}

function summary(
  { launches, pairs, load, indicators, seed }: SelfTestOptions,
  blocks: readonly BlockRecord[],
  { comparisons, judged, failed, confirmed }: Tally,
): Omit<SelfTest, 'failedBy' | 'endedBy'> {
  const pairing = pairBlocks(blocks, SAME);
  const random = seededRandom(seed).fork('self-test/noise');
  const rate = (count: number): Rate => ({
    count,
    of: judged,
    interval: judged === 0 ? null : wilsonInterval(count, judged),
  });
  return {
    schema: 'groundspeed.self-test/1',
    comparisons,
    judged,
    launches,
    pairsPerLaunch: pairs,
    blockSeconds: load.seconds,
    offeredRate: load.rate,
    falseAlarms: rate(failed),
    confirmedFalseAlarms: rate(confirmed),
    noise: indicators.map((indicator) =>
      noiseOf(pairing.pairs, { indicator, launches, pairs, seconds: load.seconds, random }),
    ),
    invalidPairs: pairing.invalid,
    invalidReasons: pairing.reasons,
  };
}

interface NoiseOptions {
  readonly indicator: IndicatorName;
  readonly launches: number;
  readonly pairs: number;
  readonly seconds: number;
  readonly random: Random;
}

function noiseOf(
  pairs: ReturnType<typeof pairBlocks>['pairs'],
  { indicator, launches, pairs: perLaunch, seconds, random }: NoiseOptions,
): NoiseFloor {
  const scale = scaleOf(indicator);
  const byLaunch = new Map<string, number[]>();
  for (const pair of pairs) {
    const key = `${pair.a.batch}/${pair.a.launch}`;
    const changes = changesOf(
      valuesOf([pair], ({ indicators }) => indicators[indicator] ?? null),
      scale,
    );
    byLaunch.set(key, [...(byLaunch.get(key) ?? []), ...changes]);
  }
  const groups = [...byLaunch.values()].filter((changes) => changes.length > 0);
  const changes = groups.flat();
  const sd = changes.length < 2 ? null : Math.sqrt(variance(changes));
  const delta = onScale(LEAST_CHANGE[indicator], scale);
  const wanted = onScale(2 * LEAST_CHANGE[indicator], scale);
  return {
    indicator,
    sd,
    interval: sd === null ? null : spreadInterval(groups, random.fork(indicator)),
    pairs: changes.length,
    delta,
    launchesNeeded: sd === null ? null : launchesNeeded({ sd, perLaunch, delta, wanted }),
    blockSecondsNeeded:
      sd === null ? null : secondsNeeded({ sd, pairs: launches * perLaunch, delta, wanted, seconds }),
  };
}

const RESAMPLES = 2000;

/** Percentile bootstrap of the spread, by whole launches: pairs of one launch have its luck in common. */
function spreadInterval(groups: readonly (readonly number[])[], random: Random): [number, number] | null {
  if (groups.length < 5) return null; // so few launches say nothing of their own spread
  const spreads = Array.from({ length: RESAMPLES }, () => {
    const drawn = groups.flatMap(() => groups[random.integer(groups.length)]!);
    return drawn.length < 2 ? 0 : Math.sqrt(variance(drawn));
  }).sort((a, b) => a - b);
  return [spreads[Math.floor(0.025 * RESAMPLES)]!, spreads[Math.ceil(0.975 * RESAMPLES) - 1]!];
}

/** Of a change of 2 δ, as the recipe has it. */
const WANTED_POWER = 0.95;
/** More launches than this, at half a minute each, nobody waits for. */
const MOST_LAUNCHES = 60;
/** Past this, noise that comes from elsewhere than the requests would be what is left. */
const LONGEST_BLOCK = 60;

interface Needed {
  readonly sd: number;
  readonly delta: number;
  readonly wanted: number;
}

const least = ({ sd, delta }: Pick<Needed, 'sd' | 'delta'>, pairs: number): number =>
  leastLogRatio({ sd, pairs, alpha: SPEED_ALPHA, power: WANTED_POWER, beyond: delta });

function launchesNeeded({ perLaunch, ...needed }: Needed & { readonly perLaunch: number }): number | null {
  if (needed.sd === 0) return Math.ceil(LEAST_PAIRS / perLaunch);
  const enough = (launches: number): boolean =>
    launches * perLaunch >= LEAST_PAIRS && least(needed, launches * perLaunch) <= needed.wanted;
  if (!enough(MOST_LAUNCHES)) return null;
  let [low, high] = [0, MOST_LAUNCHES];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The shortest of blocks, each half as long again as the one before, from those that were run on. */
function secondsNeeded({
  pairs,
  seconds,
  ...needed
}: Needed & { readonly pairs: number; readonly seconds: number }) {
  if (pairs < LEAST_PAIRS) return null;
  for (let longer = seconds; longer <= LONGEST_BLOCK; longer *= 1.5) {
    const sd = needed.sd * Math.sqrt(seconds / longer);
    if (sd === 0 || least({ ...needed, sd }, pairs) <= needed.wanted) return longer;
  }
  return null;
}
