import type { GoldenSet } from '../src/datasets/golden.ts';
import { readGoldenSet } from '../src/datasets/read.ts';
import type { SourceItem } from '../src/engine/documents/source.ts';
import { type Engine, type IngestResult, openEngine } from '../src/engine/engine.ts';
import { engineSchema } from '../src/engine/options.ts';
import { GroundspeedError } from '../src/kernel/errors.ts';
import type { QuestionCase } from '../src/measures/case.ts';
import { scoreQuestions } from '../src/measures/golden-scores.ts';
import { parseMeasures } from '../src/measures/registry.ts';
import { mean } from '../src/statistics/quantiles.ts';
import { systemClock } from '../src/system/clock.ts';
import { type BenchContext, type BenchProgram, somePositionals } from './harness/program.ts';
import { atLeast, type Bound, fixed, type Report } from './harness/report.ts';
import { inTemporaryFolder } from './harness/temporary-folder.ts';

/** How well the engine's defaults retrieve, beside either half alone and the other fusion. */
export const quality: BenchProgram = {
  usage: 'COLLECTION…',
  options: {},
  async run(args, context) {
    const collections: CollectionQuality[] = [];
    for (const path of somePositionals(args, 'COLLECTION')) {
      collections.push(await measureCollection(await readGoldenSet(path), context));
    }
    return report(collections);
  },
};

const MEASURES = ['ndcg@10', 'recall@100', 'map'] as const;
type MeasureName = (typeof MEASURES)[number];

/** Settings differ in `retrieval` only, so that one index serves all. */
const MODES = [
  { name: 'keyword alone', retrieval: { mode: 'keyword' } },
  { name: 'vector alone', retrieval: { mode: 'vector' } },
  { name: 'hybrid (default)', retrieval: {} },
  { name: 'hybrid, RRF', retrieval: { fusion: 'rrf' } },
] as const;
type ModeName = (typeof MODES)[number]['name'];

export interface CollectionQuality {
  readonly name: string;
  readonly documents: number;
  readonly chunks: number;
  readonly ingest: Pick<IngestResult, 'durationMs' | 'phases'>;
  readonly modes: Readonly<Record<ModeName, ModeQuality>>;
}

export interface ModeQuality {
  /** Questions with a relevant document: those that the means are over. */
  readonly questions: number;
  readonly means: Readonly<Record<MeasureName, number>>;
}

/** Indexes the collection with default settings, and asks all its questions in every mode, past the caches. */
export async function measureCollection(
  golden: GoldenSet,
  { seed, progress }: Pick<BenchContext, 'seed' | 'progress'>,
): Promise<CollectionQuality> {
  return inTemporaryFolder(async (folder) => {
    const open = (retrieval: object) =>
      openEngine({ options: engineSchema.parse({ retrieval }), folder, clock: systemClock, seed });
    progress(`${golden.name}: indexing`);
    const built = await open({});
    const ingest = await built.ingest(itemsOf(golden));
    const { documents, chunks } = built.info();
    await built.close();

    const modes: Partial<Record<ModeName, ModeQuality>> = {};
    for (const { name, retrieval } of MODES) {
      progress(`${golden.name}: ${name}`);
      const engine = await open(retrieval);
      try {
        modes[name] = await measureMode(golden, engine);
      } finally {
        await engine.close();
      }
    }
    return { name: golden.name, documents, chunks, ingest, modes: modes as Record<ModeName, ModeQuality> };
  });
}

export function itemsOf({ name, corpus }: GoldenSet): SourceItem[] {
  if (corpus === undefined) {
    throw new GroundspeedError('dataset.missing', `${name} has no corpus`, { where: name });
  }
  return corpus.map((document) => ({ document }));
}

async function measureMode({ questions }: GoldenSet, engine: Pick<Engine, 'ask'>): Promise<ModeQuality> {
  const cases: QuestionCase[] = [];
  for (const question of questions) {
    // Only its ranking is measured: thousands of answers with their passages are not worth the memory.
    const { ranking } = await engine.ask(question.question, { cache: false });
    cases.push({ question, returned: { ...NOTHING, ranking }, documentText: () => undefined });
  }
  const scores = scoreQuestions(parseMeasures(MEASURES), cases);
  const scored = scores.filter((score) => score['ndcg@10'] !== null);
  const meanOf = (name: MeasureName): number => mean(scored.map((score) => score[name]!));
  return {
    questions: scored.length,
    means: { 'ndcg@10': meanOf('ndcg@10'), 'recall@100': meanOf('recall@100'), map: meanOf('map') },
  };
}

const NOTHING = {
  answer: undefined,
  abstained: false,
  lastResort: false,
  passages: undefined,
  contextSize: undefined,
  citations: undefined,
} as const;

function report(collections: readonly CollectionQuality[]): Report {
  return {
    title: 'Retrieval quality',
    about:
      'Each collection is indexed with default settings, and each of its judged questions is asked once, past the caches. Means are over questions with a relevant document; rankings are of documents, by their best passage, 100 at most.',
    tables: [
      {
        caption: 'Rankings',
        columns: ['collection', 'retrieval', 'nDCG@10', 'R@100', 'MAP', 'questions'],
        words: 2,
        rows: collections.flatMap(({ name, modes }) =>
          MODES.map((mode) => {
            const { means, questions } = modes[mode.name];
            return [
              name,
              mode.name,
              ...MEASURES.map((measure) => fixed(means[measure], 4)),
              fixed(questions, 0),
            ];
          }),
        ),
      },
      {
        caption: 'Indexes',
        columns: ['collection', 'documents', 'chunks', 'ingest (s)', 'of which fitting (s)'],
        rows: collections.map(({ name, documents, chunks, ingest: { durationMs, phases } }) => [
          name,
          fixed(documents, 0),
          fixed(chunks, 0),
          fixed(durationMs / 1000, 1),
          fixed(phases.fit / 1000, 1),
        ]),
      },
    ],
    bounds: collections.flatMap(boundsOf),
  };
}

const PROMISED: Readonly<Record<string, Partial<Record<MeasureName, number>>>> = {
  cranfield: { 'ndcg@10': 0.44 },
  scifact: { 'ndcg@10': 0.69, 'recall@100': 0.93 },
};

function boundsOf({ name, modes }: CollectionQuality): Bound[] {
  const promised = PROMISED[name];
  if (promised === undefined) return [];
  const { means } = modes['hybrid (default)'];
  const least = (what: string, found: number, limit: number): Bound =>
    atLeast({ what: `${name}: ${what}`, found, limit, digits: 4 });
  return [
    ...Object.entries(promised).map(([measure, limit]) =>
      least(measure, means[measure as MeasureName], limit),
    ),
    least('ndcg@10, beside keyword alone', means['ndcg@10'], modes['keyword alone'].means['ndcg@10']),
  ];
}
