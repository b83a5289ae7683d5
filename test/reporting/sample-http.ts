import { exponential, normal, type Random } from '../../src/kernel/random.ts';
import type { PhaseRecord, QuestionRecord } from '../../src/records/schema.ts';
import { carriedQuantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { type Arrival, around, phaseRecord, quantiles } from './sample-load.ts';

/** A streaming service that never was: 24 workers, a cache, shedding when it is full, shorter thought when it is busy. */
const WORKERS = 24;
const CACHED_SHARE = 0.3;
const TIMEOUT = 5000;
/** Waiting for a worker, in milliseconds: from here on it answers in haste, and from there on not at all. */
const HASTE = 250;
const SHED = 1500;

export const HTTP_DEADLINE = 2000;
export const HTTP_ERRORS = ['target.http5xx', 'target.reset', 'target.malformed'] as const;

export interface HttpPlan {
  readonly name: string;
  /** Per second at a moment (in seconds); or of a closed loop so many users. */
  readonly rate?: (second: number) => number;
  readonly users?: number;
  readonly seconds: number;
  readonly warmup?: boolean;
  readonly invalid?: string;
  readonly record?: Partial<PhaseRecord>;
}

export interface HttpArrival extends Arrival {
  /** First token; NaN where none came. */
  readonly first: number;
  readonly outputTokens: number;
  readonly error: number;
}

export interface HttpRun {
  readonly plan: HttpPlan;
  readonly phase: number;
  readonly questions: readonly QuestionRecord[];
  readonly random: Random;
}

export function simulateHttp(run: HttpRun): HttpArrival[] {
  const workers = Array.from({ length: WORKERS }, () => 0);
  const arrivals: HttpArrival[] = [];
  const ask = (due: number): HttpArrival => {
    const arrival = serve(due, workers, { ...run, index: arrivals.length });
    arrivals.push(arrival);
    return arrival;
  };
  const { plan, random } = run;
  const end = plan.seconds * 1000;
  if (plan.users !== undefined) {
    const users = Array.from({ length: plan.users }, () => 0);
    for (;;) {
      const user = users.indexOf(Math.min(...users));
      if (users[user]! >= end) return arrivals;
      users[user] = ask(users[user]!).end;
    }
  }
  for (let due = 0; ; ) {
    due += (exponential(random) * 1000) / Math.max(plan.rate!(due / 1000), 0.1);
    if (due >= end) return arrivals;
    ask(due);
  }
}

function serve(
  due: number,
  workers: number[],
  { phase, questions, random, index }: HttpRun & { index: number },
): HttpArrival {
  const sent = due + 0.15 * exponential(random);
  const question = random.integer(questions.length);
  const cached = random.next() < CACHED_SHARE;
  const fault = random.next();
  const worker = workers.indexOf(Math.min(...workers));
  const wait = cached ? 0 : Math.max(0, workers[worker]! - sent);
  const service = cached
    ? 9 * Math.exp(0.3 * normal(random))
    : (fault < 0.002 ? 9000 : 360) * Math.exp(0.35 * normal(random));
  const shed = wait > SHED;
  if (!cached && !shed) workers[worker] = sent + wait + service;
  const finished = sent + wait + service;
  const timedOut = finished - due > TIMEOUT;
  const error = shed ? 1 : fault > 0.9985 ? 2 : fault > 0.998 ? 3 : 0;
  const outcome = error > 0 ? 'error' : timedOut ? 'timeout' : 'completed';
  const golden = questions[question]!;
  const hasty = wait > HASTE && random.next() < 0.25;
  const right = outcome !== 'completed' || (golden.right === 'right' && hasty) ? 'wrong' : golden.right;
  const late = finished - due > HTTP_DEADLINE;
  const answered = late && right === 'right' ? 'right-late' : hasty ? 'answered-wrong' : golden.funnel;
  return {
    phase,
    question,
    due,
    sent,
    end: shed ? sent + 3 : timedOut ? due + TIMEOUT : finished,
    first: outcome === 'completed' ? sent + wait + 0.3 * service : Number.NaN,
    outputTokens: 40 + (index % 37),
    outcome,
    error,
    cached,
    funnel: outcome === 'completed' ? answered : outcome,
    right,
    stages: [],
  };
}

/** What the record says of a phase. Two of its arrivals' measures are made up from whether they are right. */
export function httpPhase(plan: HttpPlan, arrivals: readonly HttpArrival[]): PhaseRecord {
  const completed = arrivals.filter(({ outcome }) => outcome === 'completed');
  const firsts = sortSamples(completed.map(({ first, due }) => first - due));
  const perToken = sortSamples(completed.map((one) => (one.end - one.first) / (one.outputTokens - 1)));
  const input = { name: plan.name, cacheMode: 'as-configured', rate: 0 } as const;
  const flags = {
    closed: plan.users !== undefined,
    ...(plan.warmup && { warmup: true }),
    ...(plan.invalid !== undefined && { invalid: plan.invalid }),
  };
  const made = phaseRecord({ ...input, ...flags }, arrivals, HTTP_DEADLINE);
  const offeredRate = plan.rate ? meanRate(plan.rate, plan.seconds) : null;
  const rightShare = completed.filter(({ right }) => right === 'right').length / arrivals.length;
  const ran = { ...made, scheduledSeconds: plan.seconds, achievedRate: arrivals.length / plan.seconds };
  return {
    ...ran,
    concurrency: plan.users ?? null,
    offeredRate,
    throughputPerSecond: completed.length / plan.seconds,
    latencyCi95: { ...made.latencyCi95, p99: around(made.latencyMs.p99, 0.22) },
    firstTokenMs: quantiles(firsts),
    perTokenMs: quantiles(perToken),
    rightCi95: around(made.right, 0.02),
    measures: [
      measure('ndcg@10', 0.55 + 0.35 * rightShare, arrivals.length),
      measure('f1', 0.2 + 0.5 * rightShare, arrivals.length),
    ],
    cost: cost(completed, made),
    stageShare: null,
    order: 'zipf:1',
    repeatShare: 0.94,
    generator: { ...made.generator, cpuShare: 0.11, eventLoopUtilisation: 0.09, maxInFlight: 96, threads: 2 },
    ...plan.record,
  };
}

function meanRate(rate: (second: number) => number, seconds: number): number {
  const steps = Array.from({ length: 1000 }, (_, step) => rate(((step + 0.5) * seconds) / 1000));
  return Number((steps.reduce((sum, value) => sum + value, 0) / 1000).toPrecision(6));
}

function measure(name: string, mean: number, n: number): PhaseRecord['measures'][number] {
  return { name, mean, ci95: around(mean, 0.6 / Math.sqrt(n)), n };
}

const PER_TOKEN = { input: 0.15e-6, output: 0.6e-6 };

function cost(completed: readonly HttpArrival[], phase: PhaseRecord): PhaseRecord['cost'] {
  const inputTokens = completed.length * 1850;
  const outputTokens = completed.reduce((sum, one) => sum + one.outputTokens, 0);
  const totalUsd = inputTokens * PER_TOKEN.input + outputTokens * PER_TOKEN.output;
  const good = phase.funnel['right-in-time']!;
  return {
    inputTokens,
    outputTokens,
    totalUsd,
    perQueryUsd: totalUsd / completed.length,
    perRightUsd: totalUsd / (good + phase.funnel['right-late']!),
    perGoodUsd: totalUsd / good,
    toldShare: 1,
  };
}

/** Mean requests in flight, by Little's law. */
export function inFlightMean(arrivals: readonly HttpArrival[], seconds: number): number {
  return arrivals.reduce((sum, { sent, end }) => sum + (end - sent) / 1000, 0) / seconds;
}

/** The p-quantile of some duration of the arrivals that have one. */
export function quantileOf(
  arrivals: readonly HttpArrival[],
  p: number,
  of: (one: HttpArrival) => number,
): number | null {
  return carriedQuantile(sortSamples(arrivals.map(of)), p);
}
