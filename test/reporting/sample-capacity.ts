import { type CapacityRecord, recordSchema } from '../../src/records/schema.ts';
import { type HttpPlan, inFlightMean } from './sample-http.ts';
import { drivenOverHttp, httpLoad, loadFrame } from './sample-load-record.ts';
import type { Sample } from './sample-record.ts';
import { clausesOf, type JudgedPhase } from './sample-slo.ts';

type Probe = CapacityRecord['probes'][number];
type Step = Probe['step'];

export const CAPACITY_SLO = 'p95 < 1.2s, error < 2%, attainment >= 70%, deadline 2s';

const closed = (users: number): HttpPlan => ({ name: `closed × ${users}`, users, seconds: 10 });
const open = (name: string, rate: number): HttpPlan => ({ name, rate: () => rate, seconds: 45 });

const SEARCH: readonly (readonly [Step, HttpPlan])[] = [
  ...[1, 2, 4, 8, 16, 32, 64].map((users) => ['closed', closed(users)] as const),
  ['climb', open('climb 27 /s', 27)],
  ['climb', open('climb 41 /s', 41)],
  ['climb', open('climb 61 /s', 61)],
  ['climb', open('climb 92 /s', 92)],
  ['bisect', open('bisect 75 /s', 75)],
  ['bisect', open('bisect 83 /s', 83)],
  ['bisect', open('bisect 79 /s', 79)],
  ['narrow', open('narrow 77 /s', 77)],
  ['confirm', open('confirm 77 /s, 1st', 77)],
  ['confirm', open('confirm 77 /s, 2nd', 77)],
  ['confirm', open('confirm 77 /s, 3rd', 77)],
];

const SWEEP: readonly (readonly [Step, HttpPlan])[] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110].map(
  (rate) => ['sweep', open(`sweep ${rate} /s`, rate)] as const,
);

/** A capacity search against the service of the samples, which carries some 80 requests a second. */
export function sampleCapacity(change: Partial<CapacityRecord> = {}): Sample {
  return capacityRun(SEARCH, {
    ratePerSecond: [77, 79],
    limitedBy: ['p95 < 1.2s'],
    limitKind: 'latency',
    maximum: 88.4,
    usl: usl(4.2, 0.008, 0.0003),
    notes: ['The interval is 2 % wide after 1 further run.'],
    ...change,
  });
}

/** `capacity --sweep`: the whole curve, without a search. */
export function sampleSweep(change: Partial<CapacityRecord> = {}): Sample {
  return capacityRun(SWEEP, { ratePerSecond: null, limitKind: 'none', usl: null, ...change });
}

function usl(gamma: number, alpha: number, beta: number): CapacityRecord['usl'] {
  const kneeInFlight = Math.sqrt((1 - alpha) / beta);
  const kneeRate = throughput({ gamma, alpha, beta }, kneeInFlight);
  return { gamma, alpha, beta, kneeInFlight, kneeRate, r2: 0.991 };
}

function throughput({ gamma, alpha, beta }: { gamma: number; alpha: number; beta: number }, n: number) {
  return (gamma * n) / (1 + alpha * (n - 1) + beta * n * (n - 1));
}

function capacityRun(steps: typeof SEARCH, change: Partial<CapacityRecord>): Sample {
  const { phases, questions, columns } = drivenOverHttp(steps.map(([, plan]) => plan));
  const record = recordSchema.parse({
    ...loadFrame(questions, 'capacity'),
    command: ['capacity', '--target', 'https://answers.example/api/query', '--slo', CAPACITY_SLO],
    load: httpLoad(phases, null),
    capacity: {
      slo: CAPACITY_SLO,
      ratePerSecond: null,
      atLeast: false,
      limitedBy: [],
      limitKind: 'none',
      maximum: null,
      probes: steps.map(([step, plan], index) => probe(step, plan, { ...phases[index]!, index })),
      usl: null,
      seconds: steps.reduce((sum, [, { seconds }]) => sum + seconds, 0),
      notes: [],
      ...change,
    },
  });
  return { record, columns };
}

function probe(step: Step, plan: HttpPlan, phase: JudgedPhase & { readonly index: number }): Probe {
  const clauses = step === 'closed' ? [] : clausesOf(CAPACITY_SLO, phase);
  const failed = clauses.filter(({ verdict }) => verdict === 'FAIL');
  const open = clauses.filter(({ verdict }) => verdict === 'INCONCLUSIVE');
  const verdict = failed.length > 0 ? 'FAIL' : open.length > 0 ? 'INCONCLUSIVE' : 'PASS';
  return {
    phase: phase.index,
    runs: 1,
    step,
    rate: plan.rate?.(0) ?? null,
    concurrency: plan.users ?? null,
    seconds: plan.seconds,
    achievedRate: phase.record.achievedRate,
    inFlightMean: inFlightMean(phase.arrivals, plan.seconds),
    verdict: step === 'closed' ? null : verdict,
    clauses,
    reasons: [...failed, ...open].map(
      ({ text, verdict: ended }) => `${text} ${ended === 'FAIL' ? 'fails' : 'is undecided'}`,
    ),
  };
}
