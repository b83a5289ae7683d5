import { Bench } from 'tinybench';
import { createCacheLayers } from '../src/engine/caching/layers.ts';
import type { EngineEvent } from '../src/engine/events.ts';
import { engineSchema } from '../src/engine/options.ts';
import { Pipeline } from '../src/engine/pipeline.ts';
import { createEmitter } from '../src/kernel/emitter.ts';
import { quantile, sortSamples } from '../src/statistics/quantiles.ts';
import { systemClock } from '../src/system/clock.ts';
import { type BenchContext, type BenchProgram, countOf } from './harness/program.ts';
import { atMost, fixed, type Report } from './harness/report.ts';
import { bareChain, type InstantPorts, instantPorts, PASSAGES } from './overhead/instant-ports.ts';

/** What the engine adds to its stages: pipeline, caches, events. */
export const engineOverhead: BenchProgram = {
  usage: '[--rounds N] [--milliseconds N]',
  options: { rounds: '9', milliseconds: '500' },
  async run(args, context) {
    const effort = { rounds: countOf(args, 'rounds'), milliseconds: countOf(args, 'milliseconds') };
    return report(await measureOverhead(effort, context), effort);
  },
};

const CHAIN = 'bare chain of port calls';
const NOBODY = 'ask, nobody listening';
const MISSES = 'ask, nobody listening, every cache missed';
const LISTENER = 'ask, one listener';
const HIT = 'ask, response-cache hit';
const TASKS = [CHAIN, NOBODY, MISSES, LISTENER, HIT] as const;
type Task = (typeof TASKS)[number];

/** Microseconds a question, in one round. */
export interface RoundTimes {
  readonly mean: number;
  readonly median: number;
}

/** The rounds of each task, in order. */
export type Overhead = ReadonlyMap<Task, readonly RoundTimes[]>;

export async function measureOverhead(
  { rounds, milliseconds }: { rounds: number; milliseconds: number },
  { progress }: Pick<BenchContext, 'progress'>,
): Promise<Overhead> {
  const work = tasks(instantPorts());
  const results = new Map<Task, RoundTimes[]>(TASKS.map((task) => [task, []]));
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
  return results;
}

function tasks(ports: InstantPorts): Record<Task, () => Promise<unknown>> {
  const silent = pipelineOver(ports);
  const heard = pipelineOver(ports, () => undefined);
  let asked = 0;
  return {
    [CHAIN]: () => bareChain(ports, QUESTION),
    [NOBODY]: () => silent.ask(QUESTION, { cache: false }),
    [MISSES]: () => {
      asked += 1;
      return silent.ask(`${QUESTION} ${asked}`);
    },
    [LISTENER]: () => heard.ask(QUESTION, { cache: false }),
    [HIT]: () => silent.ask(QUESTION),
  };
}

const QUESTION = 'What does a single to the island cost for a child under twelve?';

function pipelineOver(
  { store, state, generator }: InstantPorts,
  listener?: (event: EngineEvent) => void,
): Pipeline {
  const options = engineSchema.parse({ retrieval: { topK: PASSAGES } });
  const events = createEmitter<EngineEvent>();
  if (listener !== undefined) events.listen(listener);
  return new Pipeline({
    options,
    clock: systemClock,
    events,
    store,
    searchState: () => state,
    reranker: undefined,
    generator,
    caches: createCacheLayers(options, systemClock),
  });
}

function report(
  overhead: Overhead,
  { rounds, milliseconds }: { rounds: number; milliseconds: number },
): Report {
  return {
    title: 'What the engine adds to its stages',
    about: `The real pipeline over ports that answer at once (${PASSAGES} passages of default size, 100 candidates), against the bare chain of the same port calls, side by side by tinybench: ${rounds} rounds of ${milliseconds} ms a task. The mean counts, since it holds the garbage collector's share; figures are the medians of the rounds, and the difference is taken within a round.`,
    tables: [
      {
        caption: 'Microseconds a question',
        columns: ['', 'mean', 'median', 'beyond the chain', 'lowest round', 'highest round'],
        rows: TASKS.map((task) => [task, ...cellsOf(task, overhead)]),
      },
    ],
    bounds: ([NOBODY, MISSES] as const).map((task) =>
      atMost({
        what: `${task}: beyond the chain`,
        found: middle(beyondChain(task, overhead)),
        limit: 50,
        unit: 'µs',
        digits: 1,
      }),
    ),
  };
}

function cellsOf(task: Task, overhead: Overhead): string[] {
  const times = overhead.get(task)!;
  const own = [middle(times.map(({ mean }) => mean)), middle(times.map(({ median }) => median))];
  const beyond = beyondChain(task, overhead);
  const differences = task === CHAIN ? [] : [middle(beyond), Math.min(...beyond), Math.max(...beyond)];
  const cells = [...own, ...differences].map((microseconds) => fixed(microseconds, 1));
  return task === CHAIN ? [...cells, '', '', ''] : cells;
}

/** By round, what the mean is above the chain's. */
function beyondChain(task: Task, overhead: Overhead): number[] {
  const chain = overhead.get(CHAIN)!;
  return overhead.get(task)!.map(({ mean }, round) => mean - chain[round]!.mean);
}

const middle = (values: readonly number[]): number => quantile(sortSamples(values), 0.5);
