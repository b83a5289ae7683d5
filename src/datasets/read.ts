import { basename, dirname, extname, join, resolve } from 'node:path';
import { GroundspeedError } from '../kernel/errors.ts';
import { assemble } from './assemble.ts';
import { joinQrels, parseQrels, parseQueries } from './beir.ts';
import { type ParsedCorpus, parseCorpus } from './corpus.ts';
import { exists, factsOfFiles, isFolder, namesIn, readBytes } from './files.ts';
import { type Layout, layoutOfFile, layoutOfFolder } from './formats.ts';
import type { DatasetWarning, GoldenSet } from './golden.ts';
import { refuseDuplicates } from './ids.ts';
import {
  checkManifest,
  countOwnSplits,
  countSet,
  type Manifest,
  parseManifest,
  type SetContent,
} from './manifest-check.ts';
import { type LocatedQuestion, parseQuestions } from './questions.ts';
import { DEFAULT_SPLIT, selectSplit, unknownSplit } from './splits.ts';
import { parseTable } from './table.ts';

export interface ReadOptions {
  /** `test` by default; see `selectSplit` for sets without splits. */
  readonly split?: string | undefined;
  /** Makes every warning an error. */
  readonly strict?: boolean | undefined;
}

/**
 * Reads a golden set: a folder in groundspeed's own format or BEIR's, or a CSV or JSONL file of questions (or a folder
 * that holds one). All that stands in its files is in the set, or in its warnings, or stops it with a
 * `GroundspeedError`: `dataset.missing`, `dataset.format`, `dataset.line`, `dataset.duplicate`, `dataset.empty` or
 * `dataset.warnings`.
 */
export async function readGoldenSet(path: string, options: ReadOptions = {}): Promise<GoldenSet> {
  const files = await openSet(path);
  const corpus = await readCorpus(files);
  const all = await readQuestions(files);
  const { manifest, warnings } = await readManifest(files, { questions: all, corpus });
  const chosen =
    files.layout.format === 'beir'
      ? await chooseJudged(files, all, options.split)
      : { ...selectSplit(all, options.split, files.layout.questions), warnings: [] };
  return assemble(
    {
      name: manifest.name ?? basename(files.path, extname(files.path)),
      format: files.layout.format,
      manifest,
      split: chosen.split,
      questions: chosen.questions,
      corpus,
      warnings: [...warnings, ...chosen.warnings],
    },
    { strict: options.strict ?? false },
  );
}

/** A path as it is, else the name of a golden set in the folder of those shipped: the path to read. */
export async function resolveDataset(
  nameOrPath: string,
  options: { readonly shippedFolder: string },
): Promise<string> {
  if (await exists(nameOrPath)) return resolve(nameOrPath);
  const shipped = (await exists(options.shippedFolder)) ? await namesIn(options.shippedFolder) : [];
  if (shipped.includes(nameOrPath)) return join(options.shippedFolder, nameOrPath);
  throw new GroundspeedError('dataset.missing', `There is no golden set ${JSON.stringify(nameOrPath)}.`, {
    where: nameOrPath,
    hint: `It is neither a path nor one of the sets that come with groundspeed: ${shipped.join(', ') || 'none'}.`,
  });
}

/** A golden set's files, before any is read. */
export interface SetFiles {
  readonly path: string;
  readonly folder: string;
  readonly layout: Layout;
}

export async function openSet(path: string): Promise<SetFiles> {
  const full = resolve(path);
  if (!(await isFolder(full))) {
    return { path: full, folder: dirname(full), layout: layoutOfFile(basename(full)) };
  }
  const names = await namesIn(full);
  const qrels = names.includes('qrels') ? await namesIn(join(full, 'qrels')) : [];
  return { path: full, folder: full, layout: layoutOfFolder({ path, names, qrels }) };
}

export async function readCorpus({ folder, layout }: SetFiles): Promise<ParsedCorpus | undefined> {
  return layout.corpus === undefined
    ? undefined
    : parseCorpus(await readBytes(folder, layout.corpus), layout.corpus);
}

/** The questions of all splits. */
export async function readQuestions({ folder, layout }: SetFiles): Promise<LocatedQuestion[]> {
  const bytes = await readBytes(folder, layout.questions);
  const questions = parseAs(layout, bytes);
  refuseDuplicates(questions);
  return questions;
}

function parseAs({ format, questions }: Layout, bytes: Uint8Array): LocatedQuestion[] {
  switch (format) {
    case 'beir':
      return parseQueries(bytes, questions);
    case 'csv':
      return parseTable(bytes, questions);
    case 'jsonl':
      return parseQuestions(bytes, questions, { ids: 'optional' });
    case 'groundspeed':
      return parseQuestions(bytes, questions, { ids: 'required' });
  }
}

async function chooseJudged(
  { folder, layout }: SetFiles,
  queries: readonly LocatedQuestion[],
  wanted: string | undefined,
): Promise<{ split: string | undefined; questions: readonly LocatedQuestion[]; warnings: DatasetWarning[] }> {
  const split = wanted ?? DEFAULT_SPLIT;
  if (layout.qrels.includes(split)) {
    const file = `qrels/${split}.tsv`;
    return { split, ...joinQrels(queries, parseQrels(await readBytes(folder, file), file), split) };
  }
  if (layout.qrels.length > 0) throw unknownSplit(split, layout.qrels, 'qrels');
  const answered = queries.some(({ question }) => question.answers.length > 0 || !question.answerable);
  if (answered) return { ...selectSplit(queries, wanted, layout.questions), warnings: [] };
  throw new GroundspeedError(
    'dataset.missing',
    'There are no relevance judgements, nor any golden answers.',
    {
      where: join(folder, 'qrels', `${split}.tsv`),
      hint: `A BEIR folder needs qrels/${split}.tsv (query-id, corpus-id, score), or queries with metadata.answers.`,
    },
  );
}

async function readManifest(
  files: SetFiles,
  content: SetContent,
): Promise<{ manifest: Manifest; warnings: DatasetWarning[] }> {
  const { folder, layout } = files;
  if (layout.manifest === undefined) return { manifest: {}, warnings: [] };
  const { manifest, warnings } = parseManifest(await readBytes(folder, layout.manifest));
  const names = Object.keys(manifest.files ?? {});
  const facts = {
    counts: countSet(content),
    splits: manifest.splits === undefined ? {} : await countSplits(files, content.questions),
    files: await factsOfFiles(folder, names),
  };
  return { manifest, warnings: [...warnings, ...checkManifest(manifest, facts)] };
}

/** Questions by split: by their own word, or in BEIR by each file of judgements. */
export async function countSplits(
  { folder, layout }: SetFiles,
  questions: readonly LocatedQuestion[],
): Promise<Record<string, number>> {
  if (layout.format !== 'beir') return countOwnSplits(questions);
  const counts: Record<string, number> = {};
  for (const split of layout.qrels) {
    const file = `qrels/${split}.tsv`;
    const qrels = parseQrels(await readBytes(folder, file), file);
    counts[split] = joinQrels(questions, qrels, split).questions.length;
  }
  return counts;
}
