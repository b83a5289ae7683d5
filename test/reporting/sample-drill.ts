import type { DrillArrivals } from '../../src/experiments/drill/arrivals.ts';
import { drillWindows, lostIn, recoveryAfter, secondsOf } from '../../src/experiments/drill/windows.ts';
import { worthOf } from '../../src/experiments/drill/worth.ts';
import { DEGRADATION_CODES, OUTCOMES, RIGHT_CODES } from '../../src/records/columns.ts';
import {
  type DrillArmRecord,
  type DrillRecord,
  type PromiseRecord,
  type RunRecord,
  recordSchema,
} from '../../src/records/schema.ts';
import { type Sample, sampleRun } from './sample-record.ts';

/** Drills that never ran: the made run of `sampleRun`, its phases taken for arms in which something failed. */

const SPAN = { fromMs: 8000, toMs: 22_000, durationMs: 36_000 };
/** When a breaker noticed, and when it let calls through again. */
const OPENED = 8080;
const CLOSED = 23_120;
const ARRIVALS = 1440;
/** Phases of the made run that stand for the arms. */
const [MAIN, OTHER] = [2, 3];

/** What becomes of arrivals while the breaker is open. */
type Fate = 'degraded' | 'failed';

const code = (names: readonly string[], name: string): number => names.indexOf(name);

/** Changes the columns of one phase so that its arrivals came within the drill, and met their fate. */
function suffer({ columns: all }: Sample, phase: number, fate: Fate): DrillArrivals {
  const { columns } = all;
  const rows = Array.from(columns.phase.keys()).filter((row) => columns.phase[row] === phase);
  const last = Math.max(...rows.map((row) => columns.due[row]!));
  for (const row of rows) {
    const due = (columns.due[row]! / last) * (SPAN.durationMs - 1);
    for (const time of ['sent', 'first', 'end'] as const) columns[time][row]! += due - columns.due[row]!;
    columns.due[row] = due;
    if (columns.outcome[row] !== code(OUTCOMES, 'completed')) {
      // What failed in the made run has nothing to do with the drill.
      columns.outcome[row] = code(OUTCOMES, 'completed');
      columns.end[row] = due + 12;
    }
    if (due < OPENED || due >= CLOSED) continue;
    if (fate === 'degraded')
      columns.degraded[row] = code(DEGRADATION_CODES, row % 9 === 0 ? 'canned' : 'keyword');
    else columns.outcome[row] = code(OUTCOMES, 'error');
    if (fate === 'failed' || row % 4 === 0) columns.right[row] = code(RIGHT_CODES, 'wrong');
  }
  const sorted = rows.toSorted((a, b) => columns.due[a]! - columns.due[b]!);
  const completed = sorted.map((row) => columns.outcome[row] === code(OUTCOMES, 'completed'));
  const full = sorted.map((row) => columns.degraded[row] === code(DEGRADATION_CODES, 'none'));
  const right = Float64Array.from(sorted, (row) =>
    columns.right[row] === code(RIGHT_CODES, 'unscored')
      ? Number.NaN
      : Number(columns.right[row] === code(RIGHT_CODES, 'right')),
  );
  return {
    length: rows.length,
    due: Float64Array.from(sorted, (row) => columns.due[row]!),
    latency: Float64Array.from(sorted, (row, at) =>
      completed[at] ? columns.end[row]! - columns.due[row]! : Number.NaN,
    ),
    available: Uint8Array.from(completed, Number),
    full: Uint8Array.from(completed, (one, at) => Number(one && full[at])),
    degraded: Uint8Array.from(sorted, (row, at) => (completed[at] ? columns.degraded[row]! : 0)),
    right,
    good: right,
    measures: [{ name: 'ndcg@10', values: right.map((value) => value * 0.9) }],
  };
}

interface ArmOptions {
  readonly name: string;
  readonly phase: number;
  readonly perSecond: readonly number[];
}

function armOf(arrivals: DrillArrivals, { name, phase, perSecond }: ArmOptions): DrillArmRecord {
  const lost = lostIn(arrivals);
  const dependency = {
    calls: 1440,
    attempts: 900,
    retries: 12,
    refused: 31,
    amplification: 0.42,
    herd: 1.31,
  };
  return {
    name,
    settings: ['caching.enabled=false', 'resilience.breaker.resetSeconds=5'],
    phase,
    windows: drillWindows(arrivals, SPAN),
    seconds: secondsOf(arrivals, SPAN.durationMs),
    transitions: [
      { atMs: OPENED, dependency: 'embedder', from: 'closed', to: 'open' },
      { atMs: 13_110, dependency: 'embedder', from: 'open', to: 'half-open' },
      { atMs: 13_112, dependency: 'embedder', from: 'half-open', to: 'open' },
      { atMs: CLOSED - 1, dependency: 'embedder', from: 'open', to: 'half-open' },
      { atMs: CLOSED, dependency: 'embedder', from: 'half-open', to: 'closed' },
    ],
    dependencies: [
      { dependency: 'embedder', ...dependency, perSecond: [...perSecond] },
      { dependency: 'generator', ...dependency, amplification: null, perSecond: perSecond.map((n) => n + 2) },
    ],
    detectedMs: OPENED - SPAN.fromMs,
    recoveredMs: recoveryAfter(arrivals, SPAN.toMs),
    lost,
    budget: { target: 0.999, days: 30, burnt: lost / (40 * 30 * 86_400 * 0.001) },
    injected: [{ fault: FAULT, count: 7 }],
    valid: true,
    invalidReasons: [],
  };
}

const FAULT = 'embedder: error http5xx from 8s to 22s';

const PROMISES: readonly PromiseRecord[] = [
  {
    text: 'availability >= 99.9% during',
    window: 'during',
    observed: 1,
    bound: 0.999,
    unit: 'share',
    verdict: 'PASS',
    reason: null,
  },
  {
    text: 'p95 <= 2x before, during',
    window: 'during',
    observed: 41.26,
    bound: 106.1664,
    unit: 'ms',
    verdict: 'PASS',
    reason: null,
  },
  {
    text: 'recovery <= 6s',
    window: 'whole',
    observed: 1120,
    bound: 6000,
    unit: 'ms',
    verdict: 'PASS',
    reason: null,
  },
];

const BROKEN: PromiseRecord = {
  text: 'right >= 0.9x before, during',
  window: 'during',
  observed: 0.412,
  bound: 0.7021,
  unit: 'share',
  verdict: 'FAIL',
  reason: null,
};

const OPEN: PromiseRecord = {
  text: 'detection <= 1s',
  window: 'whole',
  observed: null,
  bound: 1000,
  unit: 'ms',
  verdict: 'INCONCLUSIVE',
  reason: 'no breaker opened',
};

export interface DrillSampleOptions {
  readonly verdict?: DrillRecord['verdict'];
  /** Two arms, of which the second lacks degradation. */
  readonly ablated?: boolean;
  /** What the first arm's arrivals suffer. */
  readonly fate?: Fate;
  readonly drill?: Partial<DrillRecord>;
  readonly record?: Partial<RunRecord>;
}

export function sampleDrill({
  verdict = 'PASS',
  ablated = true,
  fate = 'degraded',
  drill = {},
  record: over = {},
}: DrillSampleOptions = {}): Sample {
  const sample = sampleRun({ arrivalsAPhase: ARRIVALS });
  const perSecond = Array.from({ length: 36 }, (_, second) =>
    second >= 8 && second < 23 ? Number(second % 5 === 3) : 38 + ((second * 7) % 9),
  );
  const [first, second] = [suffer(sample, MAIN, fate), suffer(sample, OTHER, 'failed')];
  const main = armOf(first, { name: 'as configured', phase: MAIN, perSecond });
  const other = armOf(second, {
    name: 'without degradation',
    phase: OTHER,
    perSecond: perSecond.map((n) => n * 1.2),
  });
  const arms = ablated ? [main, other] : [main];
  const { quality: _quality, ...rest } = sample.record;
  const record = recordSchema.parse({
    ...rest,
    kind: 'drill',
    command: ['drill', 'embedding-api-down', '--ablate', 'degradation'],
    drill: {
      name: 'embedding-api-down',
      title: 'The embedding API is down',
      fear: 'The service that makes vectors fails, and takes the whole answer down with it.',
      durationMs: SPAN.durationMs,
      rate: 40,
      faults: [{ text: FAULT, target: 'embedder', kind: 'error', fromMs: SPAN.fromMs, toMs: SPAN.toMs }],
      arms: arms.map((arm) => ({
        ...arm,
        dependencies: arm.dependencies.map((one) => ({ ...one, perSecond: one.perSecond.map(Math.round) })),
      })),
      differences: ablated
        ? worthOf({ record: main, arrivals: first }, { record: other, arrivals: second }, SPAN)
        : [],
      promises: [
        ...PROMISES,
        ...(verdict === 'INCONCLUSIVE' || verdict === 'FAIL' ? [OPEN] : []),
        ...(verdict === 'FAIL' ? [BROKEN] : []),
      ],
      verdict,
      ...drill,
    },
    ...over,
  });
  return { record, columns: sample.columns };
}
