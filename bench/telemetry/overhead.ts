import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { readGoldenSet } from '../../src/datasets/read.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { bootstrapMeanInterval } from '../../src/statistics/bootstrap.ts';
import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { systemClock } from '../../src/system/clock.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atLeast, atMost, type Fact, fixed, type Report } from '../harness/report.ts';
import { inTemporaryFolder } from '../harness/temporary-folder.ts';
import { itemsOf } from '../quality.ts';
import { ARMS, type Arm, type Instrumented, instrument, METRICS, OFF, TRACES } from './instrumented.ts';

/** What it costs a question to be counted, and to be traced. */
export const overhead: BenchProgram = {
  usage: '[--rounds N] [--questions N]',
  options: { rounds: '120', questions: '150' },
  async run(args, context) {
    const effort = { rounds: countOf(args, 'rounds'), questions: countOf(args, 'questions') };
    return report(await measureInstrumentation(effort, context), effort, context.seed);
  },
};

const WARM_UP_ROUNDS = 3;

type ByArm = ReadonlyMap<Arm, readonly number[]>;

export interface Instrumentation {
  /** Milliseconds: the median question of each round, by arm. */
  readonly medians: ByArm;
  /** Milliseconds a question, of each round, what is done between questions among it. */
  readonly whole: ByArm;
  readonly counted: number;
  readonly spans: ReturnType<Instrumented['spans']>;
}

interface Effort {
  readonly rounds: number;
  readonly questions: number;
}

/** Every arm asks the same engine the same questions, past its caches. */
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
    const engine = await openEngine({ ...setting, readOnly: true });
    const arms = await instrument(engine, { options, folder });
    try {
      const questions = golden.questions.slice(0, asked).map(({ question }) => question);
      const random = seededRandom(seed);
      const medians = none();
      const whole = none();
      for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
        if (round >= 0 && round % 10 === 0) progress(`round ${round + 1} of ${rounds}`);
        const own = await questionByQuestion(arms, questions, random);
        const total = await armByArm(arms, questions, random);
        if (round < 0) continue;
        for (const arm of ARMS) {
          medians.get(arm)!.push(quantile(sortSamples(own.get(arm)!), 0.5));
          whole.get(arm)!.push(total.get(arm)!);
        }
      }
      return { medians, whole, counted: await arms.counted(), spans: arms.spans() };
    } finally {
      await arms.stop();
      await engine.close();
    }
  });
}

const none = (): Map<Arm, number[]> => new Map(ARMS.map((arm) => [arm, []]));

/**
 * Milliseconds of each question, through all arms in a new order each time: what the machine does meanwhile befalls them all. It is
 * asked once before, so that the first arm does not pay for what the others then find in the processor's caches; and after it the
 * event loop has its turn, in which spans are sent and analytics written.
 */
async function questionByQuestion(
  arms: Instrumented,
  questions: readonly string[],
  random: Random,
): Promise<Map<Arm, number[]>> {
  const times = none();
  for (const question of questions) {
    for (const [place, name] of [OFF as Arm, ...shuffled(ARMS, random)].entries()) {
      const { ask, done } = arms.prepare(name);
      const start = performance.now();
      await ask(question, { cache: false });
      const took = performance.now() - start;
      done();
      if (place > 0) times.get(name)!.push(took);
    }
    await turn();
  }
  return times;
}

/** Milliseconds a question, arm after arm in a new order, with a turn of the event loop after each: whatever an arm does is its own. */
async function armByArm(
  arms: Instrumented,
  questions: readonly string[],
  random: Random,
): Promise<Map<Arm, number>> {
  const times = new Map<Arm, number>();
  for (const arm of shuffled(ARMS, random)) {
    const { ask, done } = arms.prepare(arm);
    const start = performance.now();
    for (const question of questions) {
      await ask(question, { cache: false });
      await turn();
    }
    times.set(arm, (performance.now() - start) / questions.length);
    done();
  }
  return times;
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
  { medians, whole, counted, spans }: Instrumentation,
  { rounds, questions }: Effort,
  seed: number,
): Report {
  const facts: Fact[] = [
    ['counted', `${fixed(counted, 0)} questions by the arms that count`],
    [
      'exported',
      `${fixed(spans.exported, 0)} spans, to a collector on a thread of its own; ${spans.dropped} dropped`,
    ],
  ];
  const own = costsOf(medians, seed);
  return {
    title: 'What instrumentation costs a question',
    about: `Questions of tidewater, one at a time and past the caches, asked of one engine in ${rounds} rounds of ${questions} questions. Each question goes through all arms in a new order each time, after it was asked once unmeasured; what watches the engine for an arm is let in before its question and out after it. p50 of a round against that without instrumentation in the same round: geometric mean, and a 95 % bootstrap interval over rounds. The second arm without instrumentation shows what is noise. Embedder and generator are those of this process and take a fifth of a millisecond: beside a hosted model the same microseconds vanish. Spans are sent and analytics written between questions: the second table has whole rounds, with that among it, and is noisier, since its arms take turns by rounds.`,
    facts,
    tables: [
      { caption: 'p50 of a question', ...table(medians, own) },
      { caption: 'Mean of a question, and of what is done after it', ...table(whole, costsOf(whole, seed)) },
    ],
    bounds: [
      bound('metrics on, tracing off: p50 beyond off', own.get(METRICS)!.percent, 2),
      bound('tracing sampled at 10 %: p50 beyond off', own.get(TRACES)!.percent, 5),
      atLeast({ what: 'spans that reached the collector', found: spans.exported, limit: 1 }),
      atMost({ what: 'spans that were dropped', found: spans.dropped, limit: 0 }),
    ],
  };
}

type Costs = ReadonlyMap<Arm, ReturnType<typeof costOf>>;

const costsOf = (times: ByArm, seed: number): Costs =>
  new Map(ARMS.map((arm) => [arm, costOf(times.get(arm)!, times.get(OFF)!, seededRandom(seed))]));

function table(times: ByArm, costs: Costs): Pick<Report['tables'][number], 'columns' | 'rows'> {
  return {
    columns: ['', 'ms', 'beyond off', '95 % interval'],
    rows: ARMS.map((arm) => {
      const { percent, interval } = costs.get(arm)!;
      const ms = fixed(quantile(sortSamples(times.get(arm)!), 0.5), 3);
      if (arm === OFF) return [arm, ms, '', ''];
      const between = interval === null ? '–' : `${fixed(interval[0], 2)} to ${fixed(interval[1], 2)} %`;
      return [arm, ms, `${fixed(percent, 2)} %`, between];
    }),
  };
}

const bound = (what: string, found: number, limit: number) =>
  atMost({ what, found, limit, unit: '%', digits: 2 });
