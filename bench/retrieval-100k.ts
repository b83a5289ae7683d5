import { fork } from 'node:child_process';
import { openSet, readCorpus, readQuestions } from '../src/datasets/read.ts';
import type { SourceItem } from '../src/engine/documents/source.ts';
import { type IngestResult, openEngine } from '../src/engine/engine.ts';
import { engineSchema } from '../src/engine/options.ts';
import { GroundspeedError } from '../src/kernel/errors.ts';
import { systemClock } from '../src/system/clock.ts';
import { samplePassages, sentencesOf } from './corpora/sentences.ts';
import { type BenchContext, type BenchProgram, countOf, onlyPositional } from './harness/program.ts';
import { atMost, type Bound, fixed, megabytes, type Report } from './harness/report.ts';
import { inTemporaryFolder } from './harness/temporary-folder.ts';
import {
  type ModeFigures,
  type Quantiles,
  RETRIEVAL_MODES,
  type RetrievalOrder,
} from './retrieval/measure.ts';

/** Retrieval over many passages, one question at a time: latency, loading, memory. */
export const retrieval100k: BenchProgram = {
  usage: 'COLLECTION [--passages N] [--index FOLDER]',
  options: { passages: '100000', index: undefined },
  async run(args, context) {
    const collection = await readSource(onlyPositional(args, 'COLLECTION'));
    const count = countOf(args, 'passages');
    const measured = (folder: string) => measure(collection, { count, folder }, context);
    const { index } = args.values;
    return report(await (index === undefined ? inTemporaryFolder(measured) : measured(index)));
  },
};

/** What passages are made of, and what is asked of them. */
interface Source {
  readonly sentences: readonly string[];
  readonly questions: readonly string[];
}

/** All questions of the collection, judged or not: three hundred would not carry p99. */
async function readSource(path: string): Promise<Source> {
  const files = await openSet(path);
  const corpus = await readCorpus(files);
  if (corpus === undefined) {
    throw new GroundspeedError('dataset.missing', `${path} has no corpus`, { where: path });
  }
  const questions = await readQuestions(files);
  return {
    sentences: sentencesOf(corpus.documents.map(({ text }) => text)),
    questions: questions.map(({ question }) => question.question),
  };
}

interface Measured {
  readonly passages: number;
  readonly sentences: number;
  /** Undefined for an index that was there before. */
  readonly ingest: IngestResult | undefined;
  readonly modes: readonly ModeFigures[];
}

async function measure(
  { sentences, questions }: Source,
  { count, folder }: { count: number; folder: string },
  { seed, progress }: BenchContext,
): Promise<Measured> {
  const engine = await openEngine({ options: engineSchema.parse({}), folder, clock: systemClock, seed });
  progress(`building the index of ${fixed(count, 0)} passages in ${folder}`);
  const documents = samplePassages(sentences, { count, seed });
  const ingest = await engine.ingest(itemsOf(documents), { removeMissing: true });
  const passages = engine.info().documents;
  await engine.close();

  const modes: ModeFigures[] = [];
  for (const mode of RETRIEVAL_MODES) {
    progress(`asking ${fixed(questions.length, 0)} questions, ${mode}`);
    modes.push(await inOwnProcess(mode, { folder, questions }));
  }
  const built = ingest.indexed === passages ? ingest : undefined;
  return { passages, sentences: sentences.length, ingest: built, modes };
}

function* itemsOf(documents: ReturnType<typeof samplePassages>): Generator<SourceItem> {
  for (const document of documents) yield { document };
}

function inOwnProcess(mode: ModeFigures['mode'], order: RetrievalOrder): Promise<ModeFigures> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./retrieval/process.js', import.meta.url));
    child.once('message', (figures) => resolve(figures as ModeFigures));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the measuring process ended with code ${code}`)));
    child.send({ mode, order });
  });
}

function report({ passages, sentences, ingest, modes }: Measured): Report {
  const [{ memory, questions }] = modes as readonly [ModeFigures];
  return {
    title: `Retrieval over ${fixed(passages, 0)} passages`,
    about: `Passages are five sentences each, drawn with the seed from ${fixed(sentences, 0)} sentences of a real collection, whose ${fixed(questions, 0)} questions are asked one after the other, past the caches, after 200 to warm up. Retrieval is from the question to the ranking, its embedding included. Each mode has a process of its own, which loads the index from its snapshots.`,
    facts: [
      ['index', builtIn(ingest)],
      [
        'memory, hybrid',
        `${megabytes(memory.resident)} resident, of which ${megabytes(memory.heap)} heap and ${megabytes(memory.arrays)} arrays`,
      ],
    ],
    tables: [
      {
        caption: 'Retrieval, in milliseconds',
        columns: ['mode', 'p50', 'p95', '95 % interval', 'p99', 'cores'],
        rows: modes.map(({ mode, retrieval, cores }) => [mode, ...cellsOf(retrieval), fixed(cores, 2)]),
      },
      {
        caption: 'The whole answer, in milliseconds',
        columns: ['mode', 'p50', 'p95', '95 % interval', 'p99', 'first question'],
        rows: modes.map(({ mode, answer, firstMs }) => [mode, ...cellsOf(answer), fixed(firstMs, 0)]),
      },
      {
        caption: 'Loading from snapshots',
        columns: ['mode', 'seconds', 'resident'],
        rows: modes.map(({ mode, loadSeconds, memory: { resident } }) => [
          mode,
          fixed(loadSeconds, 2),
          megabytes(resident),
        ]),
      },
    ],
    bounds: boundsOf(passages, modes),
  };
}

function builtIn(ingest: IngestResult | undefined): string {
  if (ingest === undefined) return 'was there before';
  const phases = Object.entries(ingest.phases).map(([name, ms]) => `${name} ${fixed(ms / 1000, 1)} s`);
  return `built in ${fixed(ingest.durationMs / 1000, 1)} s (${phases.join(', ')})`;
}

function cellsOf({ p50, p95, p99, p95Interval }: Quantiles): string[] {
  const interval = p95Interval === null ? '—' : p95Interval.map((value) => fixed(value, 2)).join(' to ');
  return [fixed(p50, 2), fixed(p95, 2), interval, fixed(p99, 2)];
}

/** Promised for a hundred thousand passages; fewer prove nothing. */
function boundsOf(passages: number, [hybrid]: readonly ModeFigures[]): Bound[] {
  if (passages < 100_000 || hybrid === undefined) return [];
  return [
    atMost({
      what: 'p95 of hybrid retrieval, one core',
      found: hybrid.retrieval.p95,
      limit: 10,
      unit: 'ms',
      digits: 2,
    }),
    atMost({ what: 'the index loads in', found: hybrid.loadSeconds, limit: 5, unit: 's', digits: 2 }),
  ];
}
