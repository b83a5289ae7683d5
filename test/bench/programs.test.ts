import { describe, expect, it } from 'vitest';
import { measureRecall } from '../../bench/ann-recall.ts';
import { measureOverhead } from '../../bench/engine-overhead.ts';
import { inTemporaryFolder } from '../../bench/harness/temporary-folder.ts';
import { measureIngest } from '../../bench/ingest.ts';
import { itemsOf, measureCollection } from '../../bench/quality.ts';
import { measureMode } from '../../bench/retrieval/measure.ts';
import { timeProcesses } from '../../bench/startup.ts';
import { scoreWith } from '../../bench/stop-words.ts';
import { type GoldenSet, goldenQuestion } from '../../src/datasets/golden.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { systemClock } from '../../src/system/clock.ts';

/** Twelve notices of three words of their own each, and a question for each. */
const notice = (number: number) =>
  `Harbour notice alpha${number} beta${number} gamma${number} for the island ferry.`;
const golden: GoldenSet = {
  name: 'tiny',
  format: 'beir',
  version: undefined,
  licence: undefined,
  split: 'test',
  questions: Array.from({ length: 12 }, (_, number) =>
    goldenQuestion({
      id: `q${number}`,
      question: `What is said about beta${number} and gamma${number}?`,
      relevant: new Map([[`d${number}`, 1]]),
      split: 'test',
    }),
  ),
  corpus: Array.from({ length: 12 }, (_, number) => ({
    id: `d${number}`,
    title: '',
    text: notice(number),
    metadata: {},
  })),
  warnings: [],
  questionsHash: '',
  corpusHash: '',
};
const context = { seed: 1, root: '.', progress: () => undefined };

describe('the programs, in small', () => {
  it('quality asks one index in every mode', async () => {
    const { documents, modes } = await measureCollection(golden, context);
    expect(documents).toBe(12);
    expect(Object.keys(modes)).toEqual(['keyword alone', 'vector alone', 'hybrid (default)', 'hybrid, RRF']);
    for (const { questions } of Object.values(modes)) expect(questions).toBe(12);
    expect(modes['keyword alone'].means).toEqual({ 'ndcg@10': 1, 'recall@100': 1, map: 1 });
  });

  it('stop words are told apart by what they do to a ranking', async () => {
    expect(await scoreWith(golden, new Set(), context)).toBe(1);
    const blind = new Set(golden.questions.flatMap((_, number) => [`beta${number}`, `gamma${number}`]));
    expect(await scoreWith(golden, blind, context)).toBeLessThan(1);
  });

  it('ingest tells its phases, its memory and its size', async () => {
    const { result, info, peakBytes, diskBytes } = await measureIngest(golden, context);
    expect(result).toMatchObject({ indexed: 12, failed: [] });
    expect(info.chunks).toBe(12);
    expect(peakBytes).toBeGreaterThan(1e7);
    expect(diskBytes).toBeGreaterThan(1e4);
  });

  it('retrieval is timed question by question, beside the whole answer', async () => {
    await inTemporaryFolder(async (folder) => {
      const engine = await openEngine({
        options: engineSchema.parse({}),
        folder,
        clock: systemClock,
        seed: 1,
      });
      await engine.ingest(itemsOf(golden));
      await engine.close();
      const questions = golden.questions.map(({ question }) => question);
      const figures = await measureMode('hybrid', { folder, questions });
      expect(figures.questions).toBe(12);
      expect(figures.retrieval.p50).toBeLessThan(figures.answer.p99);
      expect(figures.retrieval.p95Interval).toBeNull();
      expect(figures.memory.resident).toBeGreaterThan(figures.memory.heap);
    });
  });

  it('recall is that of every graph, for every width', async () => {
    const random = seededRandom('vectors');
    const vectors = (count: number) =>
      Array.from({ length: count }, () => Float32Array.from({ length: 8 }, () => normal(random)));
    const set = { base: vectors(300), queries: vectors(5) };
    const { widths, exact } = await measureRecall(set, { graphs: 2, cpuSeconds: 0.01 }, context);
    expect(exact.recall).toBe(1);
    for (const { recalls, perSecond } of widths) {
      expect(recalls).toHaveLength(2);
      expect(perSecond).toBeGreaterThan(0);
    }
    expect(widths.at(-1)!.recalls).toEqual([1, 1]);
  });

  it('overhead is taken of every task in every round', async () => {
    const overhead = await measureOverhead({ rounds: 2, milliseconds: 5 }, context);
    expect(overhead.size).toBe(5);
    for (const rounds of overhead.values()) {
      expect(rounds).toHaveLength(2);
      for (const { mean, median } of rounds) expect(Math.min(mean, median)).toBeGreaterThan(0);
    }
  });

  it('processes take turns, and one that fails ends the measurement', () => {
    const floor = { name: 'nothing', argv: ['-e', '0'] };
    const [first, second] = timeProcesses([floor, { ...floor, name: 'again' }], 2);
    expect([first!.name, second!.name]).toEqual(['nothing', 'again']);
    expect([...first!.times, ...second!.times].every((time) => time > 0)).toBe(true);
    expect(() => timeProcesses([{ name: 'broken', argv: ['-e', 'process.exit(3)'] }], 1)).toThrow(
      /ended with 3/,
    );
  });
});
