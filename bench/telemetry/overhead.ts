import { join } from 'node:path';
import { readGoldenSet } from '../../src/datasets/read.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { bootstrapMeanInterval } from '../../src/statistics/bootstrap.ts';
import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { systemClock } from '../../src/system/clock.ts';
import { countEngineEvents } from '../../src/telemetry/engine-metrics.ts';
import { modelOf } from '../../src/telemetry/model-metrics.ts';
import { createMetrics } from '../../src/telemetry/registry.ts';
import { activeTrace } from '../../src/telemetry/tracing/active.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atMost, type Fact, fixed, type Report } from '../harness/report.ts';
import { inTemporaryFolder } from '../harness/temporary-folder.ts';
import { itemsOf } from '../quality.ts';
import { traceEngine } from './traced-engine.ts';

/** What it costs a question to be counted, and to be traced. */
export const overhead: BenchProgram = {
  usage: '[--rounds N] [--questions N]',
  options: { rounds: '120', questions: '150' },
  async run(args, context) {
    const effort = { rounds: countOf(args, 'rounds'), questions: countOf(args, 'questions') };
    return report(await measureInstrumentation(effort, context), effort, context.seed);
  },
};

const OFF = 'instrumentation off';
const AGAIN = 'instrumentation off, a second time';
const METRICS = 'metrics';
const TRACES = 'metrics, and 10 % of the questions traced';
const ARMS = [OFF, AGAIN, METRICS, TRACES] as const;
type Arm = (typeof ARMS)[number];

const WARM_UP_ROUNDS = 3;

export interface Instrumentation {
  /** Milliseconds: the median of each round, by arm. */
  readonly medians: ReadonlyMap<Arm, readonly number[]>;
  readonly counted: number;
  readonly exportedSpans: number;
}

interface Effort {
  readonly rounds: number;
  readonly questions: number;
}

/** Every arm is an engine of its own over the same index, and is asked the same questions, past its caches. */
export function measureInstrumentation(
  { rounds, questions: asked }: Effort,
  { root, seed, progress }: BenchContext,
): Promise<Instrumentation> {
  return inTemporaryFolder(async (folder) => {
    const golden = await readGoldenSet(join(root, 'datasets/tidewater'));
    const options = engineSchema.parse({});
    const setting = { options, folder, clock: systemClock, seed };
    const writer = await openEngine(setting);
    await writer.ingest(itemsOf(golden));
    await writer.close();
    const engines = new Map<Arm, Engine>();
    for (const arm of ARMS) engines.set(arm, await openEngine({ ...setting, readOnly: true }));
    const counted = [METRICS, TRACES].map((arm) => count(engines.get(arm as Arm)!));
    const tracing = await traceEngine({ engine: engines.get(TRACES)!, options, folder, clock: systemClock });
    const asking = new Map(engines).set(TRACES, tracing.engine);
    try {
      const texts = golden.questions.slice(0, asked).map(({ question }) => question);
      const medians = await askInTurn(asking, texts, { rounds, random: seededRandom(seed), progress });
      return {
        medians,
        counted: (await Promise.all(counted.map((answered) => answered()))).reduce((sum, n) => sum + n, 0),
        exportedSpans: tracing.figures().exported,
      };
    } finally {
      await tracing.stop();
      for (const engine of engines.values()) await engine.close();
    }
  });
}

/** Counts an engine's questions as a service of one process does, exemplars among it. What comes back reads how many. */
function count(engine: Engine): () => Promise<number> {
  const metrics = createMetrics({ version: 'bench', nodeVersion: process.version });
  const { generator, embedder } = engine.info();
  countEngineEvents({
    events: engine.events,
    metrics,
    clock: systemClock,
    models: {
      generator: modelOf(generator),
      embedder: embedder === undefined ? undefined : modelOf(embedder),
    },
    currentTraceId: () => {
      const trace = activeTrace();
      return trace?.sampled ? trace.traceId : undefined;
    },
  });
  return async () => {
    const snapshot = await metrics.snapshot();
    const { values } = snapshot.find(({ name }) => name === 'rag_queries_total')!;
    return values.reduce((sum, { value }) => sum + value, 0);
  };
}

/** Question by question through all arms, in a new order each time: what the machine does meanwhile befalls them all. */
async function askInTurn(
  engines: ReadonlyMap<Arm, Engine>,
  questions: readonly string[],
  { rounds, random, progress }: { rounds: number; random: Random; progress: BenchContext['progress'] },
): Promise<Map<Arm, number[]>> {
  const medians = new Map<Arm, number[]>(ARMS.map((arm) => [arm, []]));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    if (round >= 0 && round % 10 === 0) progress(`round ${round + 1} of ${rounds}`);
    const times = new Map<Arm, number[]>(ARMS.map((arm) => [arm, []]));
    for (const question of questions) {
      for (const arm of shuffled(ARMS, random)) {
        const start = performance.now();
        await engines.get(arm)!.ask(question, { cache: false });
        times.get(arm)!.push(performance.now() - start);
      }
    }
    if (round < 0) continue;
    for (const arm of ARMS) medians.get(arm)!.push(quantile(sortSamples(times.get(arm)!), 0.5));
  }
  return medians;
}

/** Fisher and Yates. */
function shuffled<Value>(values: readonly Value[], random: Random): Value[] {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** In percent, what an arm's p50 is above that with instrumentation off: the geometric mean over rounds, and its 95 % interval. */
export function costOf(
  own: readonly number[],
  off: readonly number[],
  random: Random,
): { readonly percent: number; readonly interval: readonly [number, number] | null } {
  const logs = own.map((median, round) => Math.log(median / off[round]!));
  const percent = (log: number): number => (Math.exp(log) - 1) * 100;
  const interval = bootstrapMeanInterval(logs, { random });
  return {
    percent: percent(logs.reduce((sum, log) => sum + log, 0) / logs.length),
    interval: interval && [percent(interval[0]), percent(interval[1])],
  };
}

function report(
  { medians, counted, exportedSpans }: Instrumentation,
  { rounds, questions }: Effort,
  seed: number,
): Report {
  const off = medians.get(OFF)!;
  const costs = new Map(ARMS.map((arm) => [arm, costOf(medians.get(arm)!, off, seededRandom(seed))]));
  const facts: Fact[] = [
    ['counted', `${fixed(counted, 0)} questions by the two arms that count`],
    ['exported', `${fixed(exportedSpans, 0)} spans, to a collector on a thread of its own`],
  ];
  return {
    title: 'What instrumentation costs a question',
    about: `Questions of tidewater, asked one at a time and past the caches, of four engines over the same index: ${rounds} rounds of ${questions} questions. Each question goes through all arms, in a new order each time. p50 of a round against that of the arm without instrumentation in the same round: geometric mean, and a 95 % bootstrap interval over rounds. The second arm without instrumentation shows what is noise. Embedder and generator are those of this process, which take a millisecond or so: beside a hosted model the same microseconds vanish.`,
    facts,
    tables: [
      {
        caption: 'p50 of a question',
        columns: ['', 'ms', 'beyond off', '95 % interval'],
        rows: ARMS.map((arm) => {
          const { percent, interval } = costs.get(arm)!;
          const p50 = fixed(quantile(sortSamples(medians.get(arm)!), 0.5), 3);
          if (arm === OFF) return [arm, p50, '', ''];
          const between = interval === null ? '–' : `${fixed(interval[0], 2)} to ${fixed(interval[1], 2)} %`;
          return [arm, p50, `${fixed(percent, 2)} %`, between];
        }),
      },
    ],
    bounds: [
      bound('metrics on, tracing off: beyond off', costs.get(METRICS)!.percent, 2),
      bound('tracing sampled at 10 %: beyond off', costs.get(TRACES)!.percent, 5),
    ],
  };
}

const bound = (what: string, found: number, limit: number) =>
  atMost({ what, found, limit, unit: '%', digits: 2 });
