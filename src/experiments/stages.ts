import { Bench } from 'tinybench';
import type { Engine } from '../engine/engine.ts';
import type { MicroBenchmarkRecord } from '../records/schema.ts';
import { carriedQuantile, orderStatisticInterval, quantile, sortSamples } from '../statistics/quantiles.ts';
import type { RunSetup } from './setup.ts';

/** Hits that each single index is asked for. */
const DEPTH = 100;

/**
 * What each stage of the engine takes by itself, one question after the other, nothing else running. Each stage gets
 * `duration` milliseconds of tinybench's time. Samples are independent here, so intervals come from order statistics.
 */
export async function benchmarkStages(
  { golden, signal, onEvent }: RunSetup,
  engine: Engine,
  duration: number,
): Promise<MicroBenchmarkRecord[]> {
  const texts = golden.questions.map(({ question }) => question);
  const bench = new Bench({
    time: duration,
    warmupTime: Math.min(250, duration / 4),
    retainSamples: true,
    throws: true,
    ...(signal && { signal }),
  });
  const next = askInTurn(texts);
  await addStages(bench, engine, next);
  bench.add('ask, uncached', () => engine.ask(next(), { cache: false }));
  bench.add('ask, response cache hit', () => engine.ask(texts[0]!));

  let done = 0;
  bench.addEventListener('cycle', () => {
    done += 1;
    onEvent({ type: 'part.progress', name: 'stages', done, total: bench.tasks.length, unit: 'benchmarks' });
  });
  await bench.run();
  return bench.tasks.flatMap(({ name, result }) =>
    'latency' in result && result.latency.samples !== undefined
      ? [asRecord(name, result.latency.samples)]
      : [],
  );
}

/** The stages as the engine uses them. Each is fed what the stage before it makes of the golden questions. */
async function addStages(bench: Bench, engine: Engine, next: () => string): Promise<void> {
  const { embedder, keyword, vector, retriever, generator } = await engine.stages();
  bench.add('keyword search', () => keyword.search(next(), DEPTH));
  if (embedder !== undefined) {
    bench.add('embed', () => embedder.embed([next()], { purpose: 'query' }));
    if (vector !== undefined) {
      const { vectors } = await embedder.embed(Array.from({ length: 64 }, next), { purpose: 'query' });
      const nextVector = askInTurn(vectors);
      bench.add('vector search', () => vector.search(nextVector(), DEPTH));
    }
  }
  bench.add('retrieve and fuse', async () => {
    const question = next();
    const embedding = await embedder?.embed([question], { purpose: 'query' });
    return retriever.retrieve({ question, vector: embedding?.vectors[0], topK: 5 });
  });
  const answers = await Promise.all(
    Array.from({ length: 32 }, async () => {
      const question = next();
      const { passages, contextSize } = await engine.ask(question, { cache: false });
      return { question, passages: passages.slice(0, contextSize) };
    }),
  );
  const nextAnswer = askInTurn(answers);
  bench.add('generate', async () => {
    for await (const _ of generator.generate(nextAnswer()));
  });
}

function askInTurn<T>(items: readonly T[]): () => T {
  let index = 0;
  return () => items[index++ % items.length]!;
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
