import { FUNNEL } from '../../src/judging/returned.ts';
import { exponential, normal, type Random } from '../../src/kernel/random.ts';
import {
  CACHE_CODES,
  DEGRADATION_CODES,
  NO_RESPONSE,
  OUTCOMES,
  type RequestColumns,
  RIGHT_CODES,
} from '../../src/records/columns.ts';
import type { PhaseRecord, QuestionRecord } from '../../src/records/schema.ts';
import { carriedQuantile, type SortedSamples, sortSamples } from '../../src/statistics/quantiles.ts';

const DEADLINE = 100;
export const STAGES = ['embed', 'retrieve', 'rerank', 'prompt', 'generate'];
export const CLASSES: string[] = [...FUNNEL];

export interface Plan {
  readonly name: string;
  readonly cacheMode: PhaseRecord['cacheMode'];
  readonly rate: number;
  readonly warmup?: boolean;
  readonly invalid?: string;
  readonly closed?: boolean;
}

export const PLANS: readonly Plan[] = [
  { name: 'warm-up', cacheMode: 'uncached', rate: 100, warmup: true },
  { name: 'saturation', cacheMode: 'uncached', rate: 420, closed: true },
  { name: 'uncached-50', cacheMode: 'uncached', rate: 210 },
  { name: 'uncached-80', cacheMode: 'uncached', rate: 336 },
  { name: 'cached-50', cacheMode: 'cached', rate: 210 },
  { name: 'cached-80', cacheMode: 'cached', rate: 336 },
  {
    name: 'overload',
    cacheMode: 'uncached',
    rate: 520,
    invalid: 'the generator lagged: p99 of lag 41 ms is above 10 ms',
  },
];

export interface Arrival {
  readonly phase: number;
  readonly question: number;
  readonly due: number;
  readonly sent: number;
  readonly end: number;
  readonly outcome: (typeof OUTCOMES)[number];
  readonly cached: boolean;
  readonly funnel: string;
  readonly right: QuestionRecord['right'];
  readonly stages: readonly number[];
}

export interface Simulation {
  readonly plan: Plan;
  readonly phase: number;
  readonly questions: readonly QuestionRecord[];
  readonly count: number;
  readonly random: Random;
}

export function simulate({ plan, phase, questions, count, random }: Simulation): Arrival[] {
  const free = [0, 0];
  let due = 0;
  return Array.from({ length: count }, (_, index): Arrival => {
    due += (exponential(random) * 1000) / plan.rate;
    const cached = plan.cacheMode === 'cached' && random.next() < 0.62;
    const slow = random.next() < 0.015 ? 12 : 1;
    const stages = cached
      ? [0, 0, 0, 0, 0.05]
      : [0.25, 1.6, 0, 0.08, 2.6 * slow].map((mean) => mean * Math.exp(0.35 * normal(random)));
    const service = stages.reduce((sum, value) => sum + value, 0.15);
    const server = free[0]! <= free[1]! ? 0 : 1;
    const began = Math.max(due, free[server]!);
    const dropped = began - due > 600;
    if (!dropped) free[server] = began + service;
    const fault = random.next();
    const question = index % questions.length;
    const golden = questions[question]!;
    const late = began + service - due > DEADLINE;
    const outcome = dropped ? 'dropped' : fault < 0.002 ? 'error' : fault < 0.003 ? 'timeout' : 'completed';
    const failed = outcome === 'completed' ? undefined : outcome;
    const base = {
      phase,
      question,
      due,
      outcome,
      cached,
      stages,
    } as const;
    return {
      ...base,
      sent: dropped ? Number.NaN : due + 0.02,
      end: dropped ? Number.NaN : outcome === 'timeout' ? due + 1000 : began + service,
      funnel: failed ?? (golden.right === 'right' && late ? 'right-late' : golden.funnel),
      right: failed ? 'wrong' : golden.right,
    };
  });
}

export function phaseRecord(plan: Plan, arrivals: readonly Arrival[], deadlineMs = DEADLINE): PhaseRecord {
  const seconds = arrivals.at(-1)!.due / 1000;
  const answered = arrivals.filter(({ outcome }) => outcome === 'completed' || outcome === 'timeout');
  const latency = sortSamples(answered.map(({ end, due }) => end - due));
  const tally = (name: string): number => arrivals.filter(({ outcome }) => outcome === name).length;
  const funnel = Object.fromEntries(
    CLASSES.map((name) => [name, arrivals.filter((arrival) => arrival.funnel === name).length]),
  );
  const goodput = funnel['right-in-time']! / seconds;
  const scored = arrivals.length - funnel.unscored!;
  const attainment = funnel['right-in-time']! / scored;
  const failures = tally('error') + tally('timeout') + tally('dropped');
  return {
    name: plan.name,
    loop: plan.closed ? 'closed' : 'open',
    arrivalProcess: plan.closed ? 'closed' : 'poisson',
    shape: null,
    order: plan.cacheMode === 'cached' ? 'zipf' : 'shuffled',
    thinkTimeMs: plan.closed ? 0 : null,
    endedBy: null,
    cacheMode: plan.cacheMode,
    concurrency: plan.closed ? 8 : null,
    offeredRate: plan.closed ? null : plan.rate,
    achievedRate: (arrivals.length - tally('dropped')) / seconds,
    scheduledSeconds: seconds,
    startedAtEpochMs: Date.UTC(2026, 2, 1, 9, 30),
    arrivals: arrivals.length,
    completed: tally('completed'),
    errors: tally('error'),
    timeouts: tally('timeout'),
    dropped: tally('dropped'),
    throughputPerSecond: tally('completed') / seconds,
    errorRate: failures / arrivals.length,
    latencyMs: quantiles(latency),
    latencyCi95: {
      p50: around(carriedQuantile(latency, 0.5), 0.06),
      p95: around(carriedQuantile(latency, 0.95), 0.18),
      p99: null,
      mean: null,
    },
    serviceMs: quantiles(sortSamples(answered.map(({ end, sent }) => end - sent))),
    lagMs: quantiles(sortSamples(answered.map(({ sent, due }) => sent - due))),
    firstTokenMs: null,
    perTokenMs: null,
    deadlineMs,
    firstTokenDeadlineMs: null,
    goodputPerSecond: goodput,
    goodputCi95: around(goodput, 0.03),
    attainment,
    attainmentCi95: [Math.max(0, attainment - 0.014), Math.min(1, attainment + 0.012)],
    errorCi95: null,
    unscoredShare: funnel.unscored! / arrivals.length,
    right: (funnel['right-in-time']! + funnel['right-late']!) / scored,
    rightCi95: null,
    measures: [],
    cost: null,
    cacheHitRate: arrivals.filter(({ cached }) => cached).length / arrivals.length,
    cacheStates: {
      miss: arrivals.filter(({ cached }) => !cached).length,
      response: arrivals.filter(({ cached }) => cached).length,
    },
    repeatShare: 0.4,
    funnel,
    stageShare: plan.closed
      ? null
      : { typical: stageMeans(answered, 0.45, 0.55), slowest: stageMeans(answered, 0.99, 1) },
    generator: {
      cpuShare: 0.72,
      eventLoopUtilisation: 0.66,
      eventLoopDelayP99Ms: 1.9,
      maxInFlight: 41,
      residentBytes: 412_000_000,
      threads: 1,
    },
    steadyState: plan.closed ? null : { truncatedShare: 0.04, steady: plan.invalid === undefined },
    warmup: plan.warmup === true,
    valid: plan.invalid === undefined,
    invalidReasons: plan.invalid === undefined ? [] : [plan.invalid],
  };
}

export function quantiles(sorted: SortedSamples): PhaseRecord['latencyMs'] {
  const all = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };
  const carried = Object.fromEntries(
    Object.entries(all).map(([name, p]) => [name, carriedQuantile(sorted, p)]),
  ) as Record<keyof typeof all, number | null>;
  const sum = sorted.reduce((total, value) => total + value, 0);
  return { ...carried, mean: sorted.length ? sum / sorted.length : null, max: sorted.at(-1) ?? null };
}

export function around(value: number | null, spread: number): [number, number] | null {
  return value === null ? null : [value * (1 - spread), value * (1 + spread)];
}

function stageMeans(arrivals: readonly Arrival[], from: number, to: number): Record<string, number> {
  const ordered = [...arrivals].sort((a, b) => a.end - a.due - (b.end - b.due));
  const chosen = ordered.slice(Math.floor(from * ordered.length), Math.ceil(to * ordered.length));
  const meanOf = (value: (arrival: Arrival) => number): number =>
    chosen.reduce((sum, arrival) => sum + value(arrival), 0) / chosen.length;
  const busy = ({ stages }: Arrival): number => stages.reduce((sum, value) => sum + value, 0);
  const waiting = meanOf((arrival) => Math.max(0, arrival.end - arrival.due - busy(arrival)));
  return {
    waiting,
    ...Object.fromEntries(STAGES.map((stage, index) => [stage, meanOf(({ stages }) => stages[index]!)])),
  };
}

/** A row of the columns; what a target does not tell of may be left out. */
type Row = Arrival & { readonly first?: number; readonly error?: number };

export function toColumns(arrivals: readonly Row[], stages: readonly string[] = STAGES): RequestColumns {
  const of = <T extends Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array>(
    array: T,
    value: (arrival: Row) => number,
  ): T => {
    arrivals.forEach((arrival, row) => {
      array[row] = value(arrival);
    });
    return array;
  };
  const n = arrivals.length;
  const answered = ({ outcome }: Row): boolean => outcome === 'completed';
  return {
    length: n,
    columns: {
      phase: of(new Uint8Array(n), ({ phase }) => phase),
      question: of(new Uint32Array(n), ({ question }) => question),
      due: of(new Float64Array(n), ({ due }) => due),
      sent: of(new Float64Array(n), ({ sent }) => sent),
      first: of(new Float64Array(n), (arrival) =>
        answered(arrival) ? (arrival.first ?? arrival.end - 0.5) : Number.NaN,
      ),
      end: of(new Float64Array(n), ({ end }) => end),
      outcome: of(new Uint8Array(n), ({ outcome }) => OUTCOMES.indexOf(outcome)),
      errorClass: of(new Uint16Array(n), ({ outcome, error }) => (outcome === 'error' ? (error ?? 1) : 0)),
      cache: of(new Uint8Array(n), ({ cached }) => CACHE_CODES.indexOf(cached ? 'response' : 'miss')),
      right: of(new Uint8Array(n), ({ right }) => RIGHT_CODES.indexOf(right)),
      funnel: of(new Uint8Array(n), ({ funnel }) => CLASSES.indexOf(funnel)),
      degraded: of(new Uint8Array(n), () => DEGRADATION_CODES.indexOf('none')),
      stale: new Uint8Array(n),
      matched: new Uint32Array(n),
      response: of(new Uint32Array(n), (arrival) => (answered(arrival) ? arrival.question : NO_RESPONSE)),
    },
    stages: stages.map((_, stage) =>
      of(new Float32Array(n), (arrival) => (answered(arrival) ? arrival.stages[stage]! : Number.NaN)),
    ),
  };
}
