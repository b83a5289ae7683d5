import CircuitBreaker from 'opossum';
import { Bench } from 'tinybench';
import type { EngineEvent } from '../../src/engine/events.ts';
import { engineSchema } from '../../src/engine/options.ts';
import type { GenerationEvent, Generator } from '../../src/engine/ports.ts';
import { createPolicy } from '../../src/engine/resilience/create-policy.ts';
import { guardGenerator } from '../../src/engine/resilience/guards.ts';
import type { Policy } from '../../src/engine/resilience/policy.ts';
import { createEmitter } from '../../src/kernel/emitter.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { systemClock } from '../../src/system/clock.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atMost, fixed, type Report } from '../harness/report.ts';

/** What a policy (timeout, retry, breaker, bulkhead) costs a call when nothing fails, beside opossum. */
export const policies: BenchProgram = {
  usage: '[--rounds N] [--milliseconds N]',
  options: { rounds: '9', milliseconds: '500' },
  async run(args, context) {
    const effort = { rounds: countOf(args, 'rounds'), milliseconds: countOf(args, 'milliseconds') };
    return report(await measurePolicies(effort, context), effort);
  },
};

const BARE = 'bare call';
const LOCAL = 'policy, in this process';
const DEADLINE = 'policy, in this process, with deadline and signal';
const REMOTE = 'policy, remote';
const HEARD = 'policy, in this process, one listener';
const SYNC = 'policy, work of this turn (runSync)';
const OPOSSUM = 'opossum (timeout, breaker, capacity)';
const BARE_STREAM = 'bare stream of two events';
const STREAM = 'guarded stream of two events';
const TASKS = [BARE, LOCAL, DEADLINE, REMOTE, HEARD, SYNC, OPOSSUM, BARE_STREAM, STREAM] as const;
type Task = (typeof TASKS)[number];

/** Each is held against the bare one of its kind. */
const bareOf = (task: Task): Task => (task === STREAM || task === BARE_STREAM ? BARE_STREAM : BARE);
const PROMISED = [LOCAL, DEADLINE, REMOTE, HEARD, SYNC, STREAM] as const;

/** Microseconds a call, by round. */
export type PolicyTimes = ReadonlyMap<Task, readonly { readonly mean: number; readonly median: number }[]>;

export async function measurePolicies(
  { rounds, milliseconds }: { rounds: number; milliseconds: number },
  { progress }: Pick<BenchContext, 'progress'>,
): Promise<PolicyTimes> {
  const { work, close } = tasks();
  const results = new Map<Task, { mean: number; median: number }[]>(TASKS.map((task) => [task, []]));
  try {
    for (let round = 0; round < rounds; round += 1) {
      progress(`round ${round + 1} of ${rounds}`);
      const bench = new Bench({ time: milliseconds, warmupTime: milliseconds / 4, throws: true });
      for (const task of TASKS) bench.add(task, work[task]);
      await bench.run();
      for (const task of TASKS) {
        const result = bench.getTask(task)?.result;
        if (result === undefined || !('latency' in result)) throw new Error(`${task} was not measured`);
        results.get(task)!.push({ mean: result.latency.mean * 1000, median: result.latency.p50 * 1000 });
      }
    }
  } finally {
    close();
  }
  return results;
}

function tasks(): { work: Record<Task, () => unknown>; close: () => void } {
  const local = policyOf({ remote: false });
  const remote = policyOf({ remote: true });
  const heard = policyOf({ remote: false, listener: () => undefined });
  const opossum = new CircuitBreaker(answer, { timeout: 30_000, capacity: 256, resetTimeout: 60_000 });
  const { signal } = new AbortController();
  const query = { purpose: 'query' } as const;
  const guarded = guardGenerator(GENERATOR, local);
  const work: Record<Task, () => unknown> = {
    [BARE]: () => answer(),
    [LOCAL]: () => local.run(answer, query),
    [DEADLINE]: () => local.run(answer, { ...query, deadline: systemClock.now() + 30_000, signal }),
    [REMOTE]: () => remote.run(answer, query),
    [HEARD]: () => heard.run(answer, query),
    // What the breaker does once the turn is over falls into the calls that follow.
    [SYNC]: async () => local.runSync(answerNow),
    [OPOSSUM]: () => opossum.fire(),
    [BARE_STREAM]: () => lastOf(GENERATOR),
    [STREAM]: () => lastOf(guarded),
  };
  return { work, close: () => opossum.shutdown() };
}

const answerNow = (): number => 42;
const answer = async (): Promise<number> => answerNow();

function policyOf({
  remote,
  listener,
}: {
  remote: boolean;
  listener?: (event: EngineEvent) => void;
}): Policy {
  const events = createEmitter<EngineEvent>();
  if (listener !== undefined) events.listen(listener);
  const options = engineSchema.parse({}).resilience;
  return createPolicy('embedder', { options, remote, clock: systemClock, random: seededRandom(1), events });
}

const EVENTS: readonly GenerationEvent[] = [
  { type: 'text', text: 'A single to the island is 4.20.' },
  {
    type: 'done',
    answer: {
      text: 'A single to the island is 4.20.',
      citations: [0],
      confidence: 0.8,
      abstained: false,
      usage: { inputTokens: 0, outputTokens: 8 },
    },
  },
];

const GENERATOR: Generator = {
  id: 'instant',
  async *generate() {
    yield* EVENTS;
  },
};

async function lastOf(generator: Generator): Promise<GenerationEvent | undefined> {
  let last: GenerationEvent | undefined;
  for await (const event of generator.generate({ question: '', passages: [] })) last = event;
  return last;
}

function report(
  times: PolicyTimes,
  { rounds, milliseconds }: { rounds: number; milliseconds: number },
): Report {
  return {
    title: 'What a policy costs a call when nothing fails',
    about: `Default settings around work that answers at once, held against the bare call, and against opossum in the same run, side by side by tinybench: ${rounds} rounds of ${milliseconds} ms a task. opossum has a timeout, a breaker and a capacity, and no retries, deadline or queue. The mean counts, since it holds the garbage collector's share; figures are the medians of the rounds, and the difference is taken within a round.`,
    tables: [
      {
        caption: 'Microseconds a call',
        columns: ['', 'mean', 'median', 'beyond the bare one', 'lowest round', 'highest round'],
        rows: TASKS.map((task) => [task, ...cellsOf(task, times)]),
      },
    ],
    bounds: PROMISED.map((task) =>
      atMost({ what: task, found: middle(beyondBare(task, times)), limit: 20, unit: 'µs', digits: 1 }),
    ),
  };
}

function cellsOf(task: Task, times: PolicyTimes): string[] {
  const own = times.get(task)!;
  const cells = [middle(own.map(({ mean }) => mean)), middle(own.map(({ median }) => median))];
  if (bareOf(task) === task) return [...cells.map((cell) => fixed(cell, 1)), '', '', ''];
  const beyond = beyondBare(task, times);
  return [...cells, middle(beyond), Math.min(...beyond), Math.max(...beyond)].map((cell) => fixed(cell, 1));
}

/** By round, what the mean is above the bare one's. */
function beyondBare(task: Task, times: PolicyTimes): number[] {
  const bare = times.get(bareOf(task))!;
  return times.get(task)!.map(({ mean }, round) => mean - bare[round]!.mean);
}

const middle = (values: readonly number[]): number => quantile(sortSamples(values), 0.5);
