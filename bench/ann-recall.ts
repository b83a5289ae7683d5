import { join } from 'node:path';
import { createExactIndex } from '../src/engine/indexing/exact-index.ts';
import { createHnswIndex } from '../src/engine/indexing/hnsw-index.ts';
import { engineSchema } from '../src/engine/options.ts';
import type { VectorIndex } from '../src/engine/ports.ts';
import { mean } from '../src/statistics/quantiles.ts';
import { meanRecall, truthsOf } from './ann/recall.ts';
import { readVectors } from './ann/vector-files.ts';
import { type BenchContext, type BenchProgram, countOf, onlyPositional } from './harness/program.ts';
import { atLeast, fixed, type Report } from './harness/report.ts';
import { inTemporaryFolder } from './harness/temporary-folder.ts';

/** What approximate search gives up against exact search, and what it wins, by the width of the search. */
export const annRecall: BenchProgram = {
  usage: 'SIFT_FOLDER [--graphs N]',
  options: { graphs: '5' },
  async run(args, context) {
    const set = readSet(onlyPositional(args, 'SIFT_FOLDER'));
    return report(await measureRecall(set, { graphs: countOf(args, 'graphs'), cpuSeconds: 1 }, context));
  },
};

const K = 10;
const { m, efConstruction, ef: DEFAULT_EF } = engineSchema.parse({}).index;
const WIDTHS = [10, 20, 40, 60, 80, DEFAULT_EF, 150, 200, 300, 400];

export interface VectorSet {
  readonly base: readonly Float32Array[];
  readonly queries: readonly Float32Array[];
}

export interface Recall {
  readonly vectors: number;
  readonly queries: number;
  readonly dimensions: number;
  /** Seconds to build each graph. */
  readonly buildSeconds: readonly number[];
  readonly exact: { readonly recall: number; readonly perSecond: number };
  readonly widths: readonly WidthRecall[];
}

export interface WidthRecall {
  readonly ef: number;
  /** By graph. */
  readonly recalls: readonly number[];
  /** Queries per second of one core, on the first graph. */
  readonly perSecond: number;
}

function readSet(folder: string): VectorSet {
  return {
    base: readVectors(join(folder, 'siftsmall_base.fvecs')),
    queries: readVectors(join(folder, 'siftsmall_query.fvecs')),
  };
}

/** Builds so many graphs, each with a seed of its own, and searches each with every width. */
export async function measureRecall(
  { base, queries }: VectorSet,
  { graphs, cpuSeconds }: { graphs: number; cpuSeconds: number },
  { seed, progress }: Pick<BenchContext, 'seed' | 'progress'>,
): Promise<Recall> {
  const dimensions = base[0]!.length;
  const entries = base.map((vector, index) => ({ key: index + 1, vector }));
  const exact = createExactIndex(dimensions);
  await exact.add(entries);
  const truths = await truthsOf(exact, queries, K);
  const recall = await meanRecall(exact, { queries, truths, k: K });
  const perSecond = await rateOf(exact, queries, cpuSeconds);
  const recalls = new Map<number, number[]>(WIDTHS.map((ef) => [ef, []]));
  const rates = new Map<number, number>();
  const buildSeconds: number[] = [];
  for (let graph = 0; graph < graphs; graph += 1) {
    progress(`graph ${graph + 1} of ${graphs}`);
    await inTemporaryFolder(async (folder) => {
      const settings = { dimensions, m, efConstruction, seed: seed + graph };
      const path = join(folder, 'vectors');
      const built = await createHnswIndex({ ...settings, ef: DEFAULT_EF });
      const start = performance.now();
      await built.add(entries);
      buildSeconds.push((performance.now() - start) / 1000);
      await built.save(path);
      for (const ef of WIDTHS) {
        const index = await createHnswIndex({ ...settings, ef });
        await index.load(path);
        recalls.get(ef)!.push(await meanRecall(index, { queries, truths, k: K }));
        if (graph === 0) rates.set(ef, await rateOf(index, queries, cpuSeconds));
        await index.close();
      }
      await built.close();
    });
  }
  await exact.close();
  return {
    vectors: base.length,
    queries: queries.length,
    dimensions,
    buildSeconds,
    exact: { recall, perSecond },
    widths: WIDTHS.map((ef) => ({ ef, recalls: recalls.get(ef)!, perSecond: rates.get(ef)! })),
  };
}

/** Queries per second of CPU time, over so many seconds: what else runs on the machine then counts less. */
async function rateOf(index: VectorIndex, queries: readonly Float32Array[], least: number): Promise<number> {
  for (const query of queries) await index.search(query, K);
  const start = process.cpuUsage();
  let asked = 0;
  for (;;) {
    for (const query of queries) await index.search(query, K);
    asked += queries.length;
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6;
    if (seconds >= least) return asked / seconds;
  }
}

function report({ vectors, queries, dimensions, buildSeconds, exact, widths }: Recall): Report {
  const lowest = Math.min(...widths.find(({ ef }) => ef === DEFAULT_EF)!.recalls);
  const count = buildSeconds.length;
  return {
    title: 'Approximate against exact vector search',
    about: `Recall@${K} by distance threshold: the share of the ${K} found that are as near as the ${K}th nearest of exact search (cosine similarity, in double precision). Each of ${count} graphs is built with a seed of its own. Queries per second are of one core, one after the other, by CPU time.`,
    facts: [
      ['vectors', `${fixed(vectors, 0)} of ${dimensions} dimensions, ${fixed(queries, 0)} queries`],
      ['graph', `m ${m}, efConstruction ${efConstruction}, built in ${fixed(mean(buildSeconds), 1)} s`],
    ],
    tables: [
      {
        caption: `Recall@${K} by ef`,
        columns: ['search', 'recall, mean', 'recall, worst graph', 'queries/s a core'],
        rows: [
          ...widths.map(({ ef, recalls, perSecond }) => [
            ef === DEFAULT_EF ? `**hnsw, ef ${ef} (default)**` : `hnsw, ef ${ef}`,
            fixed(mean(recalls), 4),
            fixed(Math.min(...recalls), 4),
            fixed(perSecond, 0),
          ]),
          ['exact', fixed(exact.recall, 4), fixed(exact.recall, 4), fixed(exact.perSecond, 0)],
        ],
      },
    ],
    bounds: [
      atLeast({ what: `recall@${K} at the default ef, worst graph`, found: lowest, limit: 0.99, digits: 4 }),
    ],
  };
}
