import { openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { orderStatisticInterval, quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { systemClock } from '../../src/system/clock.ts';

export const RETRIEVAL_MODES = ['hybrid', 'keyword', 'vector'] as const;
export type RetrievalMode = (typeof RETRIEVAL_MODES)[number];

export interface RetrievalOrder {
  /** Of an index that has been built. */
  readonly folder: string;
  readonly questions: readonly string[];
}

/** One mode's figures. Times are milliseconds unless they are said to be seconds. */
export interface ModeFigures {
  readonly mode: RetrievalMode;
  readonly loadSeconds: number;
  /** The first question pays for what is prepared only once something is asked. */
  readonly firstMs: number;
  readonly memory: Memory;
  readonly questions: number;
  readonly retrieval: Quantiles;
  /** The whole answer: passages read, sentences chosen. */
  readonly answer: Quantiles;
  /** Cores that the process kept busy while it was asked. */
  readonly cores: number;
}

/** Bytes, once the index is loaded and a question has been answered. */
export interface Memory {
  readonly resident: number;
  readonly heap: number;
  readonly arrays: number;
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** 95 % interval of p95; null for too few questions. */
  readonly p95Interval: readonly [number, number] | null;
}

/** Opens the index in one mode, and asks all questions one after the other, past the caches. */
export async function measureMode(
  mode: RetrievalMode,
  { folder, questions }: RetrievalOrder,
): Promise<ModeFigures> {
  const start = performance.now();
  const options = engineSchema.parse({ retrieval: { mode } });
  const engine = await openEngine({ options, folder, clock: systemClock, seed: 1 });
  const loadSeconds = (performance.now() - start) / 1000;
  try {
    const first = await engine.ask(questions[0]!, { cache: false });
    const { rss: resident, heapUsed: heap, arrayBuffers: arrays } = process.memoryUsage();
    for (const question of questions.slice(0, 200)) await engine.ask(question, { cache: false });

    const retrieval: number[] = [];
    const answer: number[] = [];
    const cpu = process.cpuUsage();
    const began = performance.now();
    for (const question of questions) {
      const { stages, totalMs } = await engine.ask(question, { cache: false });
      retrieval.push(stages.embed + stages.retrieve);
      answer.push(totalMs);
    }
    const { user, system } = process.cpuUsage(cpu);
    return {
      mode,
      loadSeconds,
      firstMs: first.totalMs,
      memory: { resident, heap, arrays },
      questions: questions.length,
      retrieval: quantilesOf(retrieval),
      answer: quantilesOf(answer),
      cores: (user + system) / 1000 / (performance.now() - began),
    };
  } finally {
    await engine.close();
  }
}

function quantilesOf(times: readonly number[]): Quantiles {
  const sorted = sortSamples(times);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((p) => quantile(sorted, p)) as [number, number, number];
  return { p50, p95, p99, p95Interval: orderStatisticInterval(sorted, 0.95) };
}
