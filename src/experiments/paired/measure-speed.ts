import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import type { BlockRecord, PairedRecord } from '../../records/schema.ts';
import { type RunSize, sizeInWords } from '../preflight.ts';
import { blockInTime, closeInTime } from './in-time.ts';
import { type Maximum, measureMaximum } from './maximum.ts';
import { rateAtEase } from './offered-rate.ts';
import { type Arrangement, blocksIn, type Launch, planLaunches, planQuestions } from './plan.ts';
import type { Arm, LiveArm } from './port.ts';
import { type PairsResult, runPairs } from './run-pairs.ts';
import {
  capped,
  detectableInWords,
  LOAD_SHARE,
  MOST_AT_ONCE,
  type PairSizes,
  questionsFor,
  requestCap,
  SLOW,
  type SpeedWishes,
  sizesFor,
  tooFew,
} from './sizes.ts';

export interface SpeedOptions {
  /** The first is the baseline, whose maximum decides the load. */
  readonly arms: readonly Arm[];
  readonly wishes: SpeedWishes;
  /** Golden questions that there are. */
  readonly questions: number;
  readonly seed: number;
  readonly clock: Clock;
  /** How arms are interleaved unless they turn out to be slow. */
  readonly interleaving: 'processes' | 'targets';
  /** Users of the closed loop, at most; one where a target must not be pressed. */
  readonly mostUsers: number;
  /** Batches that the budget must do for: two, where a first one may have to be confirmed. */
  readonly batches?: number | undefined;
  /** Requests per second, at most. */
  readonly maxRate?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly tell: (text: string) => void;
  readonly onBlock?: (done: number, total: number) => void;
}

/** What was decided before the first pair, so that a second batch can be run alike. */
export interface SpeedPlan {
  readonly interleaving: PairedRecord['interleaving'];
  readonly rate: number | null;
  readonly launches: number;
  readonly pairs: number;
  readonly blockSeconds: number;
  /** On the clock: nothing runs past it; undefined without a budget. */
  readonly deadline: number | undefined;
  /** What the reader must know of how it was chosen. */
  readonly notes: readonly string[];
  launchesOf(batch: number): Launch[];
}

export interface MeasuredSpeed {
  readonly plan: SpeedPlan;
  readonly blocks: readonly BlockRecord[];
  readonly endedBy: PairsResult['endedBy'];
  /** What the reader must know. */
  readonly notes: readonly string[];
}

/**
 * Measures arms against each other in paired blocks: the maximum of the first, then a plan that fits the time there is, told
 * before it begins, then the pairs. Targets that give fewer than 20 answers a second are asked question by question.
 */
export async function measureSpeed(options: SpeedOptions): Promise<MeasuredSpeed> {
  const plan = await planSpeed(options);
  const result = await runBatch(plan, options, 0);
  const { blocks, endedBy } = result;
  return { plan, blocks, endedBy, notes: [...plan.notes, ...notesOnEnd(result, options)] };
}

/** The pairs of one batch: the first is 0, and 1 is the one that confirms a failure. */
export function runBatch(
  plan: SpeedPlan,
  { arms, wishes, clock, signal, onBlock }: SpeedOptions,
  batch: number,
): Promise<PairsResult> {
  return runPairs({
    arms,
    launches: plan.launchesOf(batch),
    load: { rate: plan.rate, seconds: plan.blockSeconds },
    batch,
    clock,
    deadline: plan.deadline,
    maxCostUsd: wishes.maxCostUsd,
    signal,
    ...(onBlock && { onBlock }),
  });
}

/** Measures what has to be known of the first arm, and plans by it. */
export async function planSpeed(options: SpeedOptions): Promise<SpeedPlan> {
  const { arms, wishes, clock, signal } = options;
  const [baseline] = arms;
  if (baseline === undefined || arms.length < 2) {
    throw new GroundspeedError('usage.argument', 'A single variant is compared with nothing', {
      hint: 'Name two, at least.',
    });
  }
  const began = clock.now();
  const deadline = wishes.budget === undefined ? undefined : began + wishes.budget;
  const live = await baseline.launch(signal);
  const launchSeconds = (clock.now() - began) / 1000;
  const found = await learn(baseline, live, options).finally(() => closeInTime(live, clock));
  const facts = { deadline, launchSeconds, ...found };
  return wishes.rate === undefined && found.maximum.rate < SLOW
    ? planOfQuestions(options, facts)
    : planOfBlocks(options, facts);
}

/** What the first arm can do, and the rate that shall be offered to all. */
async function learn(
  baseline: Arm,
  live: LiveArm,
  { wishes, clock, signal, seed, mostUsers, maxRate = Number.POSITIVE_INFINITY }: SpeedOptions,
): Promise<Pick<Found, 'maximum' | 'rate' | 'notes'>> {
  if (wishes.maxCostUsd !== undefined) await requireCost(baseline, live, { clock, signal, seed });
  const users = wishes.rate === undefined ? mostUsers : 1;
  const maximum = await measureMaximum(baseline, live, { seed, mostUsers: users, clock, signal });
  if (wishes.rate !== undefined) return { maximum, rate: Math.min(wishes.rate, maxRate), notes: [] };
  const wanted = Math.min(LOAD_SHARE * maximum.rate, maxRate);
  if (maximum.rate < SLOW) return { maximum, rate: wanted, notes: [] };
  const { rate, note } = await rateAtEase(live, {
    arm: baseline,
    wanted,
    most: maxRate,
    seed,
    clock,
    signal,
  });
  return { maximum, rate, notes: note === null ? [] : [note] };
}

/** A limit of cost that nobody could keep to is refused, not forgotten: one answer shows whether it tells what it cost. */
async function requireCost(
  arm: Arm,
  live: LiveArm,
  { clock, signal, seed }: Pick<SpeedOptions, 'clock' | 'signal' | 'seed'>,
): Promise<void> {
  const order = { rate: null, seconds: 0, seed, warmup: true, question: 0 };
  const { indicators } = await blockInTime(live, order, { arm, clock, signal });
  // One that does not answer is another matter, which what follows tells.
  const isAnswered = (indicators.p50 ?? null) !== null;
  if (isAnswered && (indicators['cost-per-query'] ?? null) === null) throw costUntold(arm.name);
}

export function costUntold(name: string): GroundspeedError {
  return new GroundspeedError(
    'usage.argument',
    `${name} does not tell what an answer costs, so that no limit of cost can be kept`,
    {
      where: '--max-cost',
      hint: 'Limit the requests instead, with --max-requests; or say where its replies tell of cost (target.response.costUsd) or of tokens and prices.',
    },
  );
}

interface Found {
  readonly deadline: number | undefined;
  readonly launchSeconds: number;
  readonly maximum: Maximum;
  /** Arrivals per second that are offered to all. */
  readonly rate: number;
  readonly notes: readonly string[];
}

function planOfBlocks(options: SpeedOptions, found: Found): SpeedPlan {
  const { deadline, launchSeconds, maximum, rate, notes } = found;
  const { arms, wishes, seed, interleaving } = options;
  const arrangement: Arrangement = arms.length > MOST_AT_ONCE ? 'against-first' : 'all';
  const wanted = sizesFor(wishes, {
    arms: arms.length,
    arrangement,
    rate,
    launchSeconds,
    budgetSeconds: budgetOf(options, deadline),
  });
  const planned = (sizes: PairSizes, batch: number): Launch[] =>
    planLaunches({ arms: arms.length, arrangement, ...sizes, seed, batch });
  const requests = blocksIn(planned(wanted, 0)) * wanted.blockSeconds * rate;
  const sizes = capped(wanted, requests, requestCap(wishes, maximum.costUsd));
  const launchesOf = (batch: number): Launch[] => planned(sizes, batch);
  tellBlocks(options, { sizes, rate, blocks: blocksIn(launchesOf(0)), maximum });
  const { launches, pairs, blockSeconds } = sizes;
  for (const note of notes) options.tell(note);
  return { interleaving, rate, launches, pairs, blockSeconds, deadline, notes, launchesOf };
}

/** Seconds for one batch. */
function budgetOf({ clock, batches = 1 }: SpeedOptions, deadline: number | undefined): number | undefined {
  return deadline === undefined ? undefined : (deadline - clock.now()) / 1000 / batches;
}

function tellBlocks(
  { tell }: SpeedOptions,
  facts: { sizes: PairSizes; rate: number; blocks: number; maximum: Maximum },
): void {
  const { sizes, rate, blocks, maximum } = facts;
  const requests = Math.round(blocks * sizes.blockSeconds * rate);
  tell(
    `${sizes.launches} launches × ${sizes.pairs} pairs of ${figure(sizes.blockSeconds)} s at ${figure(rate)} requests/s (the first variant can do ${figure(maximum.rate)}): ${sizeInWords(sizeOf(requests, sizes.seconds, maximum))}`,
  );
  tell(detectableInWords(sizes.launches * sizes.pairs));
}

function planOfQuestions(options: SpeedOptions, { deadline, maximum }: Found): SpeedPlan {
  const { arms, wishes, questions, seed, tell } = options;
  const cap = requestCap(wishes, maximum.costUsd);
  const most = Math.floor(cap / arms.length) - 1; // one more is thrown away
  if (most < 1) throw tooFew(2 * arms.length, cap);
  const { asked, seconds } = questionsFor({
    questions: Math.min(questions, most),
    arms: arms.length,
    answerSeconds: 1 / maximum.ofOneUser,
    budgetSeconds: budgetOf(options, deadline),
  });
  const launchesOf = (batch: number): Launch[] =>
    planQuestions({ arms: arms.length, questions, asked, seed, batch });
  const size = sizeOf(blocksIn(launchesOf(0)), seconds, maximum);
  tell(
    `slow targets (${figure(maximum.rate)} answers/s): ${asked} of ${questions} questions, each asked of every variant in turn: ${sizeInWords(size)}`,
  );
  tell(detectableInWords(asked));
  return {
    interleaving: 'questions',
    rate: null,
    launches: 1,
    pairs: asked,
    blockSeconds: 0,
    deadline,
    notes: [],
    launchesOf,
  };
}

function sizeOf(requests: number, seconds: number, { costUsd }: Maximum): RunSize {
  return { requests, seconds, costUsd: costUsd === null ? null : requests * costUsd };
}

const figure = (value: number): string => (value < 10 ? value.toPrecision(2) : value.toFixed(0));

function notesOnEnd(
  { blocks, endedBy, costUsd }: PairsResult,
  { arms, wishes: { maxCostUsd } }: Pick<SpeedOptions, 'arms' | 'wishes'>,
): string[] {
  const notes: string[] = [];
  if (endedBy === 'interrupted')
    notes.push('The run was interrupted: speed is compared over the pairs that were whole.');
  const isSpent = costUsd !== null && maxCostUsd !== undefined && costUsd > maxCostUsd;
  if (endedBy === 'budget' && isSpent)
    notes.push(
      `The limit of cost ($${maxCostUsd}) ended the pairs before their plan did: those that were whole are compared.`,
    );
  if (endedBy === 'budget' && !isSpent)
    notes.push(
      'The budget of time ended the pairs before their plan did: those that were whole are compared.',
    );
  if (endedBy === 'failures')
    notes.push('Variants failed to start again and again: the pairs ended before their plan did.');
  for (const { name } of arms) {
    const invalid = blocks.filter(({ variant, valid, warmup }) => variant === name && !valid && !warmup);
    const [first] = invalid;
    if (first === undefined) continue;
    const count = invalid.length === 1 ? 'One block' : `${invalid.length} blocks`;
    notes.push(`${count} of ${name} cannot be trusted. The first: ${first.invalidReasons.join('; ')}`);
  }
  return notes;
}
