import { GroundspeedError } from '../../kernel/errors.ts';
import { leastLogRatio } from '../../statistics/paired-power.ts';
import type { Arrangement } from './plan.ts';
import { LEAST_PAIRS, POWER, SPEED_ALPHA } from './scales.ts';

/** What the user asks for; what is left out comes from the recipe. */
export interface SpeedWishes {
  /** Milliseconds for all that is measured of speed. */
  readonly budget?: number | undefined;
  readonly launches?: number | undefined;
  /** Measured pairs of a launch. */
  readonly pairs?: number | undefined;
  /** Milliseconds of a block. */
  readonly block?: number | undefined;
  /** Arrivals per second; by default half of what the first variant can do. */
  readonly rate?: number | undefined;
  /** Of the pairs, at most; planned for, as is the cost by what the first answers cost. */
  readonly maxRequests?: number | undefined;
  readonly maxCostUsd?: number | undefined;
}

/** The recipe: ten launches of three pairs. Fewer launches of more pairs raise more false alarms, where launches differ. */
export const RECIPE = { launches: 10, pairs: 3, blockSeconds: 3, requests: 1000 } as const;

/** Requests of a block whose p99 may be judged. */
export const REQUESTS_FOR_P99 = 3000;

/** Share of the baseline's closed-loop maximum that is offered. */
export const LOAD_SHARE = 0.5;

/** Answers a second below which the pair is the question. */
export const SLOW = 20;

/** More variants than this do not stand in memory at once: each is held against the first. */
export const MOST_AT_ONCE = 6;

/** Launches that a large budget is spent on, at most. */
const MOST_LAUNCHES = 60;

/** Seconds between two blocks: the drain of what was in flight, and scoring. */
const BETWEEN = 0.3;

/** Standard deviation of a pair's log ratio, as measured over 60 pairs of identical processes on two shared cores. */
export const MEASURED_NOISE = { p50: 0.07, p95: 0.17 } as const;

export interface PairSizes {
  readonly launches: number;
  readonly pairs: number;
  readonly blockSeconds: number;
  /** What it will take, starting included. */
  readonly seconds: number;
}

export interface SizingFacts {
  readonly arms: number;
  readonly arrangement: Arrangement;
  /** Arrivals per second. */
  readonly rate: number;
  /** Seconds that starting one variant took. */
  readonly launchSeconds: number;
  /** Seconds that are left of the budget; undefined without one. */
  readonly budgetSeconds: number | undefined;
}

/**
 * Launches, pairs and blocks as the recipe has them, or as the user wants them; with a budget, as many as fit it.
 *
 * @throws GroundspeedError usage.argument where not even one launch of one pair fits
 */
export function sizesFor(wishes: SpeedWishes, facts: SizingFacts): PairSizes {
  const blockSeconds =
    wishes.block === undefined
      ? Math.max(RECIPE.blockSeconds, RECIPE.requests / facts.rate)
      : wishes.block / 1000;
  const started = facts.arrangement === 'all' ? facts.arms : 2 * (facts.arms - 1);
  const launchOf = (pairs: number): number =>
    started * (facts.launchSeconds + (1 + pairs) * (blockSeconds + BETWEEN));
  const sized = (launches: number, pairs: number): PairSizes => ({
    launches,
    pairs,
    blockSeconds,
    seconds: launches * launchOf(pairs),
  });
  const { budgetSeconds } = facts;
  if (budgetSeconds === undefined) {
    return sized(wishes.launches ?? RECIPE.launches, wishes.pairs ?? RECIPE.pairs);
  }
  const wanted = wishes.pairs === undefined ? descending(RECIPE.pairs) : [wishes.pairs];
  const most = wishes.launches ?? MOST_LAUNCHES;
  const [best] = wanted
    .map((pairs) => sized(Math.min(most, Math.floor(budgetSeconds / launchOf(pairs))), pairs))
    .filter(({ launches }) => launches > 0)
    .sort((a, b) => b.launches * b.pairs - a.launches * a.pairs || b.launches - a.launches);
  if (best === undefined) throw tooSmall(launchOf(Math.min(...wanted)), budgetSeconds);
  return best;
}

const descending = (from: number): number[] => Array.from({ length: from }, (_, index) => from - index);

function tooSmall(needed: number, left: number): GroundspeedError {
  return new GroundspeedError(
    'usage.argument',
    `Not even one pair of blocks fits what is left of the budget (${Math.max(0, left).toFixed(0)} s)`,
    {
      where: '--budget',
      hint: `One launch takes about ${Math.ceil(needed)} s; a verdict needs ${LEAST_PAIRS} pairs. Give more time, fewer variants, or --no-speed.`,
    },
  );
}

/** Requests that may be planned; infinite where nobody limits them, or where answers cost nothing. */
export function requestCap(
  { maxRequests = Number.POSITIVE_INFINITY, maxCostUsd }: SpeedWishes,
  costUsd: number | null,
): number {
  return costUsd === null || costUsd === 0 || maxCostUsd === undefined
    ? maxRequests
    : Math.min(maxRequests, maxCostUsd / costUsd);
}

/**
 * The same with so few launches that no more than `cap` requests are sent.
 *
 * @throws GroundspeedError usage.argument where one launch would send more
 */
export function capped(sizes: PairSizes, requests: number, cap: number): PairSizes {
  if (requests <= cap) return sizes;
  const launches = Math.floor((sizes.launches * cap) / requests);
  if (launches === 0) throw tooFew(requests / sizes.launches, cap);
  return { ...sizes, launches, seconds: (sizes.seconds * launches) / sizes.launches };
}

export function tooFew(needed: number, cap: number): GroundspeedError {
  return new GroundspeedError(
    'usage.argument',
    `Not even one launch fits the limit of requests or cost (${Math.floor(cap)} requests)`,
    {
      where: '--max-requests',
      hint: `It takes ${Math.ceil(needed)} requests. Allow more (--max-requests, --max-cost), or give --no-speed.`,
    },
  );
}

/** How many questions of a slow target are asked: all, or as many as fit the budget. */
export function questionsFor(facts: {
  readonly questions: number;
  readonly arms: number;
  /** Seconds that one answer takes. */
  readonly answerSeconds: number;
  readonly budgetSeconds: number | undefined;
}): { readonly asked: number; readonly seconds: number } {
  const { questions, arms, answerSeconds, budgetSeconds } = facts;
  const each = arms * answerSeconds;
  const fits = budgetSeconds === undefined ? questions : Math.floor(budgetSeconds / each) - 1;
  const asked = Math.min(questions, fits);
  if (asked < 1) throw tooSmall(2 * each, budgetSeconds ?? 0);
  return { asked, seconds: (asked + 1) * each };
}

/** "30 pairs: at the noise of two shared cores, changes of 5.0 % in p50 and 12.5 % in p95 are found four times in five" */
export function detectableInWords(pairs: number): string {
  if (pairs < LEAST_PAIRS) {
    return `${pairs} ${pairs === 1 ? 'pair' : 'pairs'}: too few to tell anything, ${LEAST_PAIRS} at least are needed`;
  }
  const least = (sd: number): string => {
    const ratio = leastLogRatio({ sd, pairs, alpha: SPEED_ALPHA, power: POWER });
    return `${(100 * Math.expm1(ratio)).toFixed(1)} %`;
  };
  return `${pairs} pairs: at the noise of two shared cores, changes of ${least(MEASURED_NOISE.p50)} in p50 and ${least(MEASURED_NOISE.p95)} in p95 are found four times in five`;
}
