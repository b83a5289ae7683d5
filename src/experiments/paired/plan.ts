import { type Random, seededRandom, shuffle } from '../../kernel/random.ts';

/** A pair of blocks, or as many as there are variants: the same load for each, one after the other. */
export interface Round {
  /** Number within its launch. */
  readonly pair: number;
  /** Thrown away: caches, compilers and clocks of a processor are cold. */
  readonly warmup: boolean;
  /** Of the load, the same for all. */
  readonly seed: number;
  /** Which variants, by number, in the order in which they run. */
  readonly order: readonly number[];
  /** The one golden question that is asked, of slow targets. */
  readonly question?: number;
}

/** Variants that are started afresh together, and what they run. */
export interface Launch {
  /** Unlike that of every other launch of its batch. */
  readonly launch: number;
  readonly arms: readonly number[];
  readonly rounds: readonly Round[];
}

/** `all`: each launch starts every variant; `against-first`: the first and one other, in turn. */
export type Arrangement = 'all' | 'against-first';

export interface LaunchesOptions {
  /** Number of variants, two at least. */
  readonly arms: number;
  readonly arrangement: Arrangement;
  readonly launches: number;
  /** Measured pairs of each launch; one more comes before them and is thrown away. */
  readonly pairs: number;
  readonly seed: number;
  /** 0, or 1 where a first one is to be confirmed: other questions, another order. */
  readonly batch: number;
}

/**
 * Paired blocks in a seeded random order (Laaber et al., EMSE 2019: test and control on the same machine, in random order).
 * Each variant goes first as often as any other, give or take one, so that whoever runs second gains nothing by it.
 */
export function planLaunches(options: LaunchesOptions): Launch[] {
  const { launches, pairs } = options;
  const groups = groupsOf(options);
  const random = seededRandom(options.seed).fork(`pairs/${options.batch}`);
  const leaders = groups.map((group, index) =>
    leadersOf(group.length, launches * pairs, random.fork(`order/${index}`)),
  );
  return Array.from({ length: launches * groups.length }, (_, launch): Launch => {
    const [group, nth] = [launch % groups.length, Math.floor(launch / groups.length)];
    const arms = groups[group]!;
    const own = random.fork(`launch/${launch}`);
    const rounds = Array.from({ length: 1 + pairs }, (_, pair): Round => {
      const leader = pair === 0 ? own.integer(arms.length) : leaders[group]![nth * pairs + pair - 1]!;
      return { pair, warmup: pair === 0, seed: own.integer(2 ** 31), order: ledBy(leader, arms, own) };
    });
    return { launch, arms, rounds };
  });
}

function groupsOf({ arms, arrangement }: Pick<LaunchesOptions, 'arms' | 'arrangement'>): number[][] {
  const all = Array.from({ length: arms }, (_, arm) => arm);
  return arrangement === 'all' ? [all] : all.slice(1).map((other) => [0, other]);
}

/** Who goes first: each of `arms` equally often, in a random order. */
function leadersOf(arms: number, rounds: number, random: Random): number[] {
  return shuffle(
    Array.from({ length: rounds }, (_, round) => round % arms),
    random,
  );
}

function ledBy(leader: number, arms: readonly number[], random: Random): number[] {
  const others = arms.filter((_, index) => index !== leader);
  return [arms[leader]!, ...shuffle(others, random)];
}

export interface QuestionsOptions extends Pick<LaunchesOptions, 'arms' | 'seed' | 'batch'> {
  /** Golden questions that there are. */
  readonly questions: number;
  /** Of them, so many are asked. */
  readonly asked: number;
}

/**
 * The pairs of slow targets: the same question asked of each variant, in random order, one request at a time. There is one
 * launch; its first pair, thrown away, asks the first question once more than it counts.
 */
export function planQuestions({ arms, questions, asked, seed, batch }: QuestionsOptions): Launch[] {
  const random = seededRandom(seed).fork(`questions/${batch}`);
  const all = Array.from({ length: arms }, (_, arm) => arm);
  const chosen = shuffle(
    Array.from({ length: questions }, (_, question) => question),
    random,
  ).slice(0, asked);
  const leaders = leadersOf(arms, chosen.length, random);
  const round = (question: number, pair: number): Round => ({
    pair,
    warmup: pair === 0,
    seed: random.integer(2 ** 31),
    order: ledBy(pair === 0 ? 0 : leaders[pair - 1]!, all, random),
    question,
  });
  const rounds = [...chosen.slice(0, 1), ...chosen].map(round);
  return [{ launch: 0, arms: all, rounds }];
}

/** Blocks of a plan, those that are thrown away included. */
export function blocksIn(launches: readonly Launch[]): number {
  return launches.reduce(
    (sum, { rounds }) => sum + rounds.reduce((blocks, { order }) => blocks + order.length, 0),
    0,
  );
}
