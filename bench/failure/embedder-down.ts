import { join } from 'node:path';
import type { GoldenSet } from '../../src/datasets/golden.ts';
import { readGoldenSet } from '../../src/datasets/read.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { type DrillPlan, readDrill } from '../../src/experiments/drill/drill-file.ts';
import { openEngineSystem } from '../../src/experiments/drill/engine-system.ts';
import { runDrill } from '../../src/experiments/drill/run-drill.ts';
import type { DrillArm } from '../../src/experiments/drill/system.ts';
import { experimentSchema } from '../../src/experiments/options.ts';
import type { DrillArmRecord, DrillRecord, PromiseRecord } from '../../src/records/schema.ts';
import { systemClock } from '../../src/system/clock.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { type Bound, fixed, type Report, type Table } from '../harness/report.ts';
import { inTemporaryFolder } from '../harness/temporary-folder.ts';

/** What the embedder's going away costs, at the settings as they are shipped: for good, for half a minute, and hanging. */
export const embedderDown: BenchProgram = {
  usage: '[--rate N]',
  // Fewer in a second, and what chance alone brings would be half as much again in one of them.
  options: { rate: '100' },
  async run(args, context) {
    const rate = countOf(args, 'rate');
    const golden = await readGoldenSet(join(context.root, 'datasets/tidewater'));
    return inTemporaryFolder(async (folder) => {
      const drills: DrillRecord[] = [];
      for (const outage of OUTAGES) {
        context.progress(`${outage.title} (${outage.seconds} s)`);
        drills.push(await drillOf(outage, { golden, folder, context, rate }));
      }
      return report(drills, rate);
    });
  },
};

interface Outage {
  readonly name: string;
  readonly title: string;
  readonly seconds: number;
  readonly fault: string;
  /** Milliseconds for an attempt, where they are not those that are shipped. */
  readonly attemptMs?: number;
  readonly promises: readonly string[];
}

/** Of the breaker, as it is shipped, and for the probe, in seconds. */
const RESET = 60;
const PROBE = 1;
const PROMISED = [
  'availability >= 99.9% during',
  'availability >= 99.9% after',
  'amplification <= 1.2',
  'herd <= 1.5',
  `recovery <= ${RESET + PROBE}s`,
];

const OUTAGES: readonly Outage[] = [
  {
    name: 'down-for-good',
    title: 'Down for longer than its breaker stays open',
    seconds: 165,
    fault: 'embedder: error http5xx from 20s to 100s',
    // During is all of the outage, also the moments before the breaker opens.
    promises: [...PROMISED, 'p95 <= 2x before, during', 'ndcg@10 >= 0.4 during'],
  },
  {
    name: 'half-a-minute',
    title: 'An outage of 30 s',
    seconds: 110,
    fault: 'embedder: error http5xx from 15s to 45s',
    promises: PROMISED,
  },
  {
    name: 'hangs',
    title: 'An outage of 30 s in which it hangs, given 500 ms for an attempt',
    seconds: 110,
    fault: 'embedder: timeout from 15s to 45s',
    attemptMs: 500,
    promises: PROMISED,
  },
];

function planOf({ name, title, seconds, fault, promises }: Outage, rate: number): DrillPlan {
  const text = JSON.stringify({
    ...{ name, title, fear: title, rate, promises },
    duration: `${seconds}s`,
    faults: [fault],
  });
  return readDrill({ path: name, text }, (measure) => measure === 'ndcg@10');
}

interface Drilling {
  readonly golden: GoldenSet;
  readonly folder: string;
  readonly context: Pick<BenchContext, 'seed'>;
  readonly rate: number;
}

/** Caches are off: each question needs the embedder. All else is as it is shipped. */
async function drillOf(outage: Outage, { golden, folder, context, rate }: Drilling): Promise<DrillRecord> {
  const { attemptMs } = outage;
  const engine = engineSchema.parse({
    caching: { enabled: false },
    ...(attemptMs !== undefined && { resilience: { dependencies: { embedder: { timeoutMs: attemptMs } } } }),
  });
  const arm: DrillArm = {
    name: 'as configured',
    settings: ['caching.enabled=false'],
    service: {},
    workers: 1,
    setup: {
      golden,
      engine,
      options: experimentSchema.parse({}),
      indexFolder: folder,
      ownIndex: false,
      seed: context.seed,
      clock: systemClock,
      command: [],
      redactedConfig: {},
      onEvent: () => undefined,
    },
  };
  const { record } = await runDrill({
    plan: planOf(outage, rate),
    arms: [arm],
    rules: { arrivals: 'poisson', warmup: 0, timeout: 10_000, deadline: 100 },
    budget: { target: 0.999, days: 30 },
    open: openEngineSystem,
  });
  return record.drill!;
}

function report(drills: readonly DrillRecord[], rate: number): Report {
  return {
    title: 'What the embedder’s going away costs',
    about:
      'The engine of this process over tidewater, asked its golden questions while its embedder fails on purpose. Caches are off, so that each question needs the embedder; timeouts, retries, the breaker and degradation are as they are shipped, unless a table says otherwise. What is answered by something less than a real answer counts as lost.',
    facts: [
      ['Arrivals', `${rate} a second, Poisson`],
      ['Breaker', `5 failures in a row, ${RESET} s`],
    ],
    tables: drills.map(table),
    bounds: drills.flatMap((drill) => drill.promises.map((promise) => boundOf(drill, promise))),
  };
}

function table({ title, faults, arms: [arm], durationMs }: DrillRecord): Table {
  const embedder = dependencyOf(arm!);
  return {
    caption: `${title}: \`${faults[0]!.text}\`, of ${durationMs / 1000} s. Detected after ${inMs(arm!.detectedMs)}; full answers back ${inMs(arm!.recoveredMs)} after its end; ${arm!.lost} questions lost. The embedder was wanted ${embedder.calls} times and reached ${embedder.attempts} times (${embedder.retries} retries); at most ${fixed(embedder.herd ?? Number.NaN, 2)} times its steady rate in any second after.`,
    columns: ['window', 'questions', 'real answers', 'nDCG@10', 'right', 'p50 ms', 'p95 ms', 'answered by'],
    rows: arm!.windows.map(({ name, arrivals, availability, measures, right, latencyMs, degraded }) => [
      name,
      String(arrivals),
      percent(availability),
      fixed(measures.find((measure) => measure.name === 'ndcg@10')?.mean ?? Number.NaN, 3),
      percent(right),
      fixed(latencyMs.p50 ?? Number.NaN, 2),
      fixed(latencyMs.p95 ?? Number.NaN, 2),
      Object.entries(degraded)
        .map(([level, count]) => `${level} ${count}`)
        .join(', '),
    ]),
  };
}

const dependencyOf = ({ dependencies }: DrillArmRecord) =>
  dependencies.find(({ dependency }) => dependency === 'embedder')!;

const inMs = (value: number | null): string => (value === null ? '–' : `${fixed(value, 0)} ms`);
const percent = (value: number | null): string => (value === null ? '–' : `${fixed(100 * value, 2)} %`);

function boundOf({ title }: DrillRecord, { text, observed, verdict, unit, reason }: PromiseRecord): Bound {
  const shown = (value: number): string =>
    unit === 'share' ? percent(value) : unit === 'ms' ? inMs(value) : fixed(value, 3);
  return {
    what: `${title}: ${text}`,
    must: text.replace(/^\S+\s*/, ''),
    found: observed === null ? (reason ?? '–') : shown(observed),
    met: verdict === 'PASS',
  };
}
