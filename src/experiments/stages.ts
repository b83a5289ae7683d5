import { Bench } from 'tinybench';
import type { Engine } from '../engine/engine.ts';
import { messageOf } from '../kernel/errors.ts';
import type { MicroBenchmarkRecord } from '../records/schema.ts';
import { carriedQuantile, orderStatisticInterval, quantile, sortSamples } from '../statistics/quantiles.ts';
import { nextTurn } from '../system/clock.ts';
import type { RunSetup } from './setup.ts';

/** Hits that each single index is asked for. */
const DEPTH = 100;

/** Samples of a benchmark at least, however slow: an answer of a language model takes seconds. */
const LEAST_SAMPLES = 5;

/** Inputs that are made beforehand for a stage that takes what another one gives. */
const INPUTS = 32;

/** Milliseconds after which the event loop is turned over: stages in memory never do so, and an interruption must get through. */
const TURN = 20;

export interface StageBenchmarks {
  readonly benchmarks: MicroBenchmarkRecord[];
  /** Which stages could not be measured, and why. */
  readonly notes: string[];
}

/**
 * What each stage of the engine takes by itself, one question after the other, nothing else running. Each stage gets
 * `duration` milliseconds of tinybench's time. Samples are independent here, so intervals come from order statistics.
 * A stage that fails is told in a note; interrupted, the rest is left out.
 */
export async function benchmarkStages(
  setup: RunSetup,
  engine: Engine,
  duration: number,
): Promise<StageBenchmarks> {
  const { signal, onEvent } = setup;
  const bench = new Bench({
    time: duration,
    warmupTime: Math.min(250, duration / 4),
    iterations: LEAST_SAMPLES,
    warmupIterations: 1,
    retainSamples: true,
    ...(signal && { signal }),
  });
  await addStages(bench, engine, setup);

  let done = 0;
  bench.addEventListener('cycle', () => {
    done += 1;
    onEvent({ type: 'part.progress', name: 'stages', done, total: bench.tasks.length, unit: 'benchmarks' });
  });
  await bench.run();
  const benchmarks: MicroBenchmarkRecord[] = [];
  const notes: string[] = [];
  for (const { name, result } of bench.tasks) {
    if ('latency' in result) benchmarks.push(asRecord(name, result.latency.samples ?? []));
    if (result.state === 'errored' && !signal?.aborted) {
      notes.push(`"${name}" could not be measured by itself: ${messageOf(result.error)}`);
    }
  }
  return { benchmarks, notes };
}

/** The stages as the engine uses them. Each is fed what the stage before it makes of the golden questions. */
async function addStages(
  bench: Bench,
  engine: Engine,
  { golden, engine: options, signal }: RunSetup,
): Promise<void> {
  const texts = golden.questions.map(({ question }) => question);
  const next = askInTurn(texts);
  const beforeEach = turnsOf();
  // Said to be asynchronous, or tinybench would call each once to find out, and leave that call running.
  const add = (name: string, stage: () => Promise<unknown>, beforeAll?: () => Promise<void>) =>
    bench.add(name, stage, { async: true, beforeEach, ...(beforeAll && { beforeAll }) });

  const { embedder, keyword, vector, retriever, generator } = await engine.stages();
  const { topK } = options.retrieval;
  const embedded = inputs(texts, async (question) => {
    const embedding = await embedder?.embed([question], { purpose: 'query' });
    return { question, vector: embedding?.vectors[0] };
  });
  add('keyword search', () => keyword.search(next(), DEPTH));
  if (embedder !== undefined) add('embed', () => embedder.embed([next()], { purpose: 'query' }));
  if (vector !== undefined) {
    add('vector search', () => vector.search(embedded.next().vector!, DEPTH), embedded.prepare);
  }
  add('retrieve and fuse', () => retriever.retrieve({ ...embedded.next(), topK }), embedded.prepare);
  const contexts = inputs(texts, async (question) => {
    const { passages, contextSize } = await engine.ask(question, { cache: false, ...(signal && { signal }) });
    // Without a passage the engine abstains by itself, and asks no generator.
    return contextSize === 0 ? undefined : { question, passages: passages.slice(0, contextSize) };
  });
  const generate = async (): Promise<void> => {
    for await (const _ of generator.generate(contexts.next()));
  };
  add('generate', generate, contexts.prepare);
  add('ask, uncached', () => engine.ask(next(), { cache: false }));
  if (engine.cacheStatistics().response !== undefined) {
    add('ask, response cache hit', () => engine.ask(texts[0]!));
  }
}

/** What a stage is fed with, made of the first questions once, just before it is measured: that may fail as a stage may. */
function inputs<T>(texts: readonly string[], make: (text: string) => Promise<T | undefined>) {
  const made: T[] = [];
  return {
    next: askInTurn(made),
    prepare: async (): Promise<void> => {
      if (made.length > 0) return;
      for (const text of texts.slice(0, INPUTS)) {
        const input = await make(text);
        if (input !== undefined) made.push(input);
      }
    },
  };
}

function askInTurn<T>(items: readonly T[]): () => T {
  let index = 0;
  return () => items[index++ % items.length]!;
}

/** Between two samples, now and then, a turn of the event loop. It is not part of any sample. */
function turnsOf(): () => Promise<void> {
  let turned = performance.now();
  return async () => {
    if (performance.now() - turned < TURN) return;
    await nextTurn();
    turned = performance.now();
  };
}

function asRecord(name: string, samplesMs: ArrayLike<number>): MicroBenchmarkRecord {
  const micros = sortSamples(Float64Array.from(samplesMs, (value) => value * 1000));
  const medianMicros = quantile(micros, 0.5);
  return {
    name,
    samples: micros.length,
    medianMicros,
    medianCi95: orderStatisticInterval(micros, 0.5),
    p99Micros: carriedQuantile(micros, 0.99),
    opsPerSecond: medianMicros === 0 ? 0 : 1e6 / medianMicros,
  };
}
