import { seededRandom } from '../../src/kernel/random.ts';
import { type LoadRecord, type RunRecord, recordSchema } from '../../src/records/schema.ts';
import { HTTP_ERRORS, type HttpArrival, type HttpPlan, httpPhase, simulateHttp } from './sample-http.ts';
import { CLASSES, toColumns } from './sample-load.ts';
import { sampleQuestions } from './sample-questions.ts';
import { frame, type Sample } from './sample-record.ts';
import { type JudgedPhase, sloOf } from './sample-slo.ts';

export const SAMPLE_SLO = 'p95 < 1.5s, ttft.p95 < 800ms, error < 2%, attainment >= 75%, deadline 2s';

const constant = (rate: number) => (): number => rate;

export const LOAD_PLANS: readonly HttpPlan[] = [
  { name: 'warm-up', rate: constant(20), seconds: 5, warmup: true },
  { name: 'load 20 /s', rate: constant(20), seconds: 60 },
  { name: 'load 50 /s', rate: constant(50), seconds: 60 },
  { name: 'load 80 /s', rate: constant(80), seconds: 60 },
  { name: 'load 110 /s', rate: constant(110), seconds: 60 },
];

export interface LoadSampleOptions {
  readonly plans?: readonly HttpPlan[];
  /** Null for a load without objectives. */
  readonly slo?: string | null;
  readonly load?: Partial<LoadRecord>;
}

/** A `load` of a service over HTTP that never was. Its figures agree with its columns. */
export function sampleLoad({ plans = LOAD_PLANS, slo = SAMPLE_SLO, load }: LoadSampleOptions = {}): Sample {
  const { phases, questions, columns } = drivenOverHttp(plans);
  const record = recordSchema.parse({
    // With nothing driven, nothing was asked: so it is with autocannon.
    ...loadFrame(plans.length > 0 ? questions : [], 'load'),
    command: [
      'load',
      '--target',
      'https://answers.example/api/query',
      '--rate',
      '20,50,80,110',
      '--slo',
      slo ?? '',
    ],
    load: {
      ...httpLoad(phases, slo),
      closedLoopMaximum: null,
      ...load,
    },
  });
  return { record, columns };
}

export interface Driven {
  readonly phases: readonly JudgedPhase[];
  readonly questions: ReturnType<typeof sampleQuestions>;
  readonly columns: Sample['columns'];
}

export function drivenOverHttp(plans: readonly HttpPlan[]): Driven {
  const random = seededRandom(11);
  const questions = sampleQuestions(120, random.fork('questions'));
  const runs = plans.map((plan, phase): HttpArrival[] =>
    simulateHttp({ plan, phase, questions, random: random.fork(plan.name) }),
  );
  return {
    questions,
    phases: plans.map((plan, index) => ({ record: httpPhase(plan, runs[index]!), arrivals: runs[index]! })),
    columns: toColumns(runs.flat(), []),
  };
}

/** The record but for its load: driving a service elsewhere has no index, and asks nothing beforehand. */
export function loadFrame(
  questions: ReturnType<typeof sampleQuestions>,
  kind: RunRecord['kind'],
): Omit<RunRecord, 'load'> {
  const {
    quality: _quality,
    microBenchmarks: _benchmarks,
    responses: _responses,
    ...whole
  } = frame(questions);
  return {
    ...whole,
    kind,
    profile: null,
    notes: [],
    index: null,
    ingest: null,
    questions,
    dataset: whole.dataset && { ...whole.dataset, documents: null, corpusHash: null, warnings: [] },
    config: { load: { timeout: '30s', maxInFlight: 4800 }, target: { headers: { authorization: '***' } } },
  };
}

export function httpLoad(phases: readonly JudgedPhase[], slo: string | null): LoadRecord {
  const tally = (code: number): number =>
    phases.reduce((sum, { arrivals }) => sum + arrivals.filter(({ error }) => error === code).length, 0);
  const examples = [
    '503 Service Unavailable: {"error":"overloaded, <b>try again</b>","retry_after":2}',
    'read ECONNRESET',
    'no answer at "data.answer": {"data":{"message":"internal | state"}}',
  ];
  return {
    target: 'https://answers.example/api/query',
    targetKind: 'http',
    returns: { answer: true, passages: true, firstToken: true, outputTokens: true, cost: true, cache: false },
    slo: slo === null ? null : sloOf(slo, phases),
    autocannon: null,
    phases: phases.map(({ record }) => ({ ...record, cacheHitRate: null, cacheStates: {} })),
    stages: [],
    funnelClasses: CLASSES,
    errorClasses: HTTP_ERRORS.map((name, index) => ({
      name,
      count: tally(index + 1),
      example: examples[index]!,
    })).filter(({ count }) => count > 0),
    closedLoopMaximum: null,
  };
}
