import { namesIn, readBytes } from '../../datasets/files.ts';
import type { CorpusDocument } from '../../datasets/golden.ts';
import { decodeLines } from '../../datasets/lines.ts';
import { MANIFEST_FILE, type Manifest } from '../../datasets/manifest-check.ts';
import { type SampleBy, type Stratum, sampleQuestions } from '../../datasets/sample.ts';
import { writeFolder } from '../../datasets/write.ts';
import { questionLines } from '../../datasets/written-set.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { seededRandom } from '../../kernel/random.ts';
import { readWholeSet, type WholeSet } from './read-set.ts';

export interface SampleOptions {
  readonly size: number;
  readonly by: SampleBy;
  readonly seed: number;
  readonly output: string;
  /** Keeps all documents, not only those that the sampled questions name. */
  readonly keepCorpus: boolean;
}

export interface SampleResult {
  readonly set: string;
  readonly folder: string;
  readonly by: SampleBy;
  readonly seed: number;
  readonly questions: { readonly of: number; readonly taken: number };
  /** Undefined where the set brings no corpus. */
  readonly documents: { readonly of: number; readonly taken: number } | undefined;
  readonly strata: readonly Stratum[];
}

type Chosen = WholeSet['questions'];

/**
 * Writes a stratified sample of a golden set as a set of its own, in the format of the first (a spreadsheet becomes one
 * of groundspeed's own), its lines as they were. The manifest says what it was drawn from, and how. Throws `usage.argument`, `dataset.exists`, and what reading
 * the set throws.
 */
export async function sampleSet(path: string, options: SampleOptions): Promise<SampleResult> {
  const set = await readWholeSet(path);
  const random = seededRandom(options.seed).fork('sample');
  const { questions, strata } = sampleQuestions(set.questions, {
    size: options.size,
    by: options.by,
    random,
  });
  const documents = set.documents && keptDocuments(set.documents, questions, options.keepCorpus);
  const files = {
    ...(documents !== undefined && { 'corpus.jsonl': await corpusOf(set, documents) }),
    ...(await questionsOf(set, questions)),
    ...(await papersOf(set)),
  };
  await writeFolder(options.output, files, {
    last: (facts) => ({
      [MANIFEST_FILE]: `${JSON.stringify(manifestOf({ set, questions, documents, options }, facts), null, 2)}\n`,
    }),
  });
  return {
    set: set.name,
    folder: options.output,
    by: options.by,
    seed: options.seed,
    questions: { of: set.questions.length, taken: questions.length },
    documents: documents && set.documents ? { of: set.documents.size, taken: documents.size } : undefined,
    strata,
  };
}

function keptDocuments(
  documents: ReadonlyMap<string, CorpusDocument>,
  questions: Chosen,
  all: boolean,
): ReadonlySet<string> {
  if (all) return new Set(documents.keys());
  const named = questions.flatMap(({ question }) => [
    ...question.relevant.keys(),
    ...question.evidence.flat().map(({ document }) => document),
  ]);
  const kept = new Set(named.filter((id) => documents.has(id)));
  if (kept.size > 0) return kept;
  throw new GroundspeedError('usage.argument', 'The sampled questions name no document to keep', {
    where: '--keep-corpus',
    hint: 'Give --keep-corpus for all documents, or take a larger sample.',
  });
}

/** The lines of the documents that are kept. `documents` is in the order of the file, a line that is not blank each. */
async function corpusOf({ files, documents }: WholeSet, kept: ReadonlySet<string>): Promise<string[]> {
  const name = files.layout.corpus!;
  const ids = [...(documents?.keys() ?? [])];
  const lines: string[] = [];
  let at = 0;
  for (const { text } of decodeLines(await readBytes(files.folder, name), name)) {
    if (kept.has(ids[at]!)) lines.push(`${text}\n`);
    at += 1;
  }
  return lines;
}

async function questionsOf(
  { files, format }: WholeSet,
  chosen: Chosen,
): Promise<Record<string, Iterable<string>>> {
  const { folder, layout } = files;
  if (format !== 'groundspeed' && format !== 'beir') {
    return { 'questions.jsonl': questionLines(chosen.map(({ question }) => question)) };
  }
  const numbers = new Set(chosen.map(({ where }) => Number(where.slice(where.lastIndexOf(':') + 1))));
  const bytes = await readBytes(folder, layout.questions);
  const lines = Array.from(decodeLines(bytes, layout.questions))
    .filter(({ number }) => numbers.has(number))
    .map(({ text }) => `${text}\n`);
  if (format === 'groundspeed') return { [layout.questions]: lines };
  const ids = new Set(chosen.map(({ question }) => question.id));
  const judgements: Record<string, Iterable<string>> = {};
  for (const split of layout.qrels) {
    const kept = await judgementsOf(folder, `qrels/${split}.tsv`, ids);
    if (kept.length > 0) judgements[`qrels/${split}.tsv`] = ['query-id\tcorpus-id\tscore\n', ...kept];
  }
  return { [layout.questions]: lines, ...judgements };
}

async function judgementsOf(folder: string, file: string, ids: ReadonlySet<string>): Promise<string[]> {
  return (
    Array.from(decodeLines(await readBytes(folder, file), file))
      .filter(({ text }) => ids.has(text.split('\t', 1)[0]!.trim()))
      // A question may bear the name of the header's first column.
      .filter(({ text }) => !/\t\s*(?:score|grade|rel\w*)\s*$/i.test(text))
      .map(({ text }) => `${text}\n`)
  );
}

/** Licence and provenance hold for a part as they do for the whole. */
async function papersOf({ files }: WholeSet): Promise<Record<string, string>> {
  const papers: Record<string, string> = {};
  for (const name of files.path === files.folder ? await namesIn(files.folder) : []) {
    if (!/^(?:licen[cs]e|notice|provenance)(?:\.(?:md|txt))?$/i.test(name)) continue;
    papers[name] = (await readBytes(files.folder, name)).toString('utf8');
  }
  return papers;
}

interface Drawn {
  readonly set: WholeSet;
  readonly questions: Chosen;
  readonly documents: ReadonlySet<string> | undefined;
  readonly options: SampleOptions;
}

/** As any manifest, and where the sample comes from. */
function manifestOf({ set, questions, documents, options }: Drawn, files: NonNullable<Manifest['files']>) {
  const { said, name, questionsHash, corpusHash } = set;
  const splits = new Map<string, number>();
  for (const split of questions.flatMap((one) => one.splits)) splits.set(split, (splits.get(split) ?? 0) + 1);
  return {
    name: `${name}-sample-${questions.length}`,
    version: said.version ?? '1',
    ...(said.licence !== undefined && { licence: said.licence }),
    description: `${questions.length} of the ${set.questions.length} questions of ${name}, stratified by ${options.by}, seed ${options.seed}.`,
    counts: {
      ...(documents !== undefined && { documents: documents.size }),
      questions: questions.length,
      answerable: questions.filter(({ question }) => question.answerable).length,
    },
    splits: Object.fromEntries(splits),
    sample: {
      of: { name, version: said.version ?? null, questionsHash, corpusHash: corpusHash ?? null },
      size: options.size,
      by: options.by,
      seed: options.seed,
      wholeCorpus: documents !== undefined && documents.size === set.documents?.size,
    },
    files,
  };
}
