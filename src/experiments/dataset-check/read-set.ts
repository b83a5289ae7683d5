import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { assemble } from '../../datasets/assemble.ts';
import { joinQrels, parseQrels } from '../../datasets/beir.ts';
import type { CheckedQuestion, CheckedSet } from '../../datasets/checks/check.ts';
import { factsOfFiles, isFolder, readBytes } from '../../datasets/files.ts';
import type { DatasetWarning, GoldenSet } from '../../datasets/golden.ts';
import { checkManifest, countSet, type Manifest, parseManifest } from '../../datasets/manifest-check.ts';
import type { LocatedQuestion } from '../../datasets/questions.ts';
import { countSplits, openSet, readCorpus, readQuestions, type SetFiles } from '../../datasets/read.ts';
import { DEFAULT_SPLIT, unknownSplit } from '../../datasets/splits.ts';
import { GroundspeedError } from '../../kernel/errors.ts';

/** A golden set of all splits, or of one: what a check looks at, but for what it is compared with. */
export interface WholeSet extends Omit<CheckedSet, 'baseline' | 'pool' | 'depth'> {
  readonly files: SetFiles;
  readonly format: GoldenSet['format'];
  readonly said: Manifest;
  /** Hash over the questions, and over the corpus, as `readGoldenSet` gives them. */
  readonly questionsHash: string;
  readonly corpusHash: string | undefined;
}

/**
 * Reads a golden set with all its splits, each question once. In BEIR folders the grades are those of every judgement
 * file; where two judge the same pair, those of `test` count, else of the first by name. What `readGoldenSet` calls
 * warnings comes back sorted by who tells it. Throws `dataset.missing`, `dataset.format`, `dataset.line`,
 * `dataset.duplicate` and `dataset.empty`.
 */
export async function readWholeSet(path: string, split?: string): Promise<WholeSet> {
  try {
    return await readAll(path, split);
  } catch (thrown) {
    throw await locatedIn(path, thrown);
  }
}

async function readAll(path: string, split: string | undefined): Promise<WholeSet> {
  const files = await openSet(path);
  const corpus = await readCorpus(files);
  const all = await readQuestions(files);
  const judged = files.layout.format === 'beir' ? await joinAll(files, all) : ownSplits(all);
  const { said, manifest } = await manifestOf(files, { questions: all, corpus });
  const chosen = split === undefined ? judged.questions : inSplit(judged.questions, split, files);
  const set = assemble(
    {
      name: said.name ?? basename(files.path, extname(files.path)),
      format: files.layout.format,
      manifest: said,
      split,
      questions: chosen,
      corpus,
      warnings: [],
    },
    { strict: false },
  );
  const located = new Map(chosen.map((one) => [one.question.id, one]));
  return {
    files,
    name: set.name,
    format: set.format,
    said,
    questions: set.questions.map((question) => ({ ...located.get(question.id)!, question })),
    documents: set.corpus && new Map(set.corpus.map((document) => [document.id, document])),
    manifest,
    oddities: set.warnings.filter(({ code }) => !TOLD_BETTER.has(code)),
    strays: judged.strays,
    questionsHash: set.questionsHash,
    corpusHash: set.corpusHash,
  };
}

/** A set's files are named as they are within it; whoever checks it wants to open them. */
export async function locatedIn(path: string, thrown: unknown): Promise<unknown> {
  if (!(thrown instanceof GroundspeedError) || isAbsolute(thrown.where ?? '') || thrown.where === path)
    return thrown;
  const { code, message, where = '', hint, problems, cause } = thrown;
  const folder = (await isFolder(path).catch(() => false)) ? path : dirname(path);
  return new GroundspeedError(code, message, {
    where: join(folder, where),
    problems,
    cause,
    ...(hint !== undefined && { hint }),
  });
}

/** These have a check of their own, which also says what may have been meant. */
const TOLD_BETTER: ReadonlySet<DatasetWarning['code']> = new Set(['unknown-document', 'unknown-quote']);

interface Judged {
  readonly questions: readonly CheckedQuestion[];
  readonly strays: readonly DatasetWarning[];
}

function ownSplits(all: readonly LocatedQuestion[]): Judged {
  const questions = all.map((one) => ({
    ...one,
    splits: one.question.split === undefined ? [] : [one.question.split],
  }));
  return { questions, strays: [] };
}

async function joinAll({ folder, layout }: SetFiles, all: readonly LocatedQuestion[]): Promise<Judged> {
  const order = layout.qrels.toSorted((a, b) => Number(b === DEFAULT_SPLIT) - Number(a === DEFAULT_SPLIT));
  const splits = new Map<string, string[]>();
  const grades = new Map<string, Map<string, number>>();
  const strays: DatasetWarning[] = [];
  for (const split of order) {
    const file = `qrels/${split}.tsv`;
    const joined = joinQrels(all, parseQrels(await readBytes(folder, file), file), split);
    strays.push(...joined.warnings);
    for (const { question } of joined.questions) {
      const known = grades.get(question.id) ?? new Map<string, number>();
      for (const [document, grade] of question.relevant) {
        if (!known.has(document)) known.set(document, grade);
      }
      grades.set(question.id, known);
      splits.set(question.id, [...(splits.get(question.id) ?? []), split]);
    }
  }
  const questions = all.map(({ question, where }) => {
    const own = splits.get(question.id) ?? [];
    return {
      question: { ...question, split: own[0], relevant: grades.get(question.id) ?? question.relevant },
      where,
      splits: own,
    };
  });
  return { questions, strays };
}

/** As in `selectSplit`: a question without a split belongs to all, but in BEIR, where judgements make the split. */
function inSplit(
  questions: readonly CheckedQuestion[],
  split: string,
  { layout }: SetFiles,
): readonly CheckedQuestion[] {
  const known = new Set(questions.flatMap(({ splits }) => splits));
  if (!known.has(split)) throw unknownSplit(split, [...known], layout.questions);
  const loose = layout.format !== 'beir';
  return questions.filter(({ splits }) => splits.includes(split) || (loose && splits.length === 0));
}

async function manifestOf(
  files: SetFiles,
  content: Parameters<typeof countSet>[0],
): Promise<{ said: Manifest; manifest: readonly DatasetWarning[] | undefined }> {
  const { folder, layout } = files;
  if (layout.manifest === undefined) return { said: {}, manifest: undefined };
  const { manifest: said, warnings } = parseManifest(await readBytes(folder, layout.manifest));
  const facts = {
    counts: countSet(content),
    splits: said.splits === undefined ? {} : await countSplits(files, content.questions),
    files: await factsOfFiles(folder, Object.keys(said.files ?? {})),
  };
  return { said, manifest: [...warnings, ...checkManifest(said, facts)] };
}
