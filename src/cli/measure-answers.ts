import { readFile } from 'node:fs/promises';
import { type FileAnswer, type FileReturn, parseAnswers } from '../datasets/answer-files.ts';
import { joinAnswers, joinOwnReferences, nameOf } from '../datasets/answer-join.ts';
import type { CorpusDocument, GoldenQuestion } from '../datasets/golden.ts';
import { type AnsweredQuestion, type AnswerScores, scoreAnswers } from '../experiments/answer-scores.ts';
import { type DocumentFinder, documentFinder } from '../experiments/passage-documents.ts';
import { DEFAULT_K } from '../judging/right.ts';
import { EXIT, GroundspeedError, messageOf } from '../kernel/errors.ts';
import { DEFAULT_MEASURES, parseMeasures } from '../measures/registry.ts';
import type { MeasureRecord, SliceRecord } from '../records/schema.ts';
import { counted, MISSING } from '../reporting/format.ts';
import { oneLine, visible } from '../reporting/plain.ts';
import { DEFAULT_SEED, type DisplayFlags } from './flags.ts';
import { readDataset } from './golden-set.ts';
import { type Progress, progressOf } from './progress.ts';
import { alignedRows } from './table.ts';
import { print, type World } from './world.ts';

export interface MeasureAnswersFlags extends DisplayFlags {
  readonly answers: string;
  readonly dataset?: string;
  readonly split?: string;
  readonly measures?: string;
  readonly perQuestion?: boolean;
  readonly slices?: boolean;
}

/** What is scored: golden questions, what a file says came back for each, and where that is to be looked up. */
interface Material {
  readonly answered: readonly AnsweredQuestion[];
  readonly documents: readonly CorpusDocument[] | undefined;
  readonly unanswered: number;
  readonly unknown: number;
}

/** Measures of a file of answers: all that its fields allow, or those that are named. */
export async function measureAnswers(world: World, flags: MeasureAnswersFlags): Promise<number> {
  const measures = parseMeasures(flags.measures?.split(',') ?? DEFAULT_MEASURES);
  const material = await readMaterial(flags, progressOf(world, flags));
  const scores = scoreAnswers({ ...material, measures, k: DEFAULT_K, seed: DEFAULT_SEED });
  // Unless it was asked for, what the answers do not show is no line of its own.
  const shown = flags.measures === undefined ? scores.measures.filter(({ n }) => n > 0) : scores.measures;
  const names = shown.map(({ name }) => name);
  const view = { scores, shown, names, material, flags };
  await print(world.stdout, flags.json ? asJson(view) : asTable(view));
  return EXIT.done;
}

async function readMaterial(flags: MeasureAnswersFlags, progress: Progress): Promise<Material> {
  const { answers: file, dataset, split } = flags;
  if (dataset === undefined && split !== undefined) {
    throw new GroundspeedError('usage.argument', '--split is of a golden set', {
      where: '--split',
      hint: 'Name the golden set with --dataset.',
    });
  }
  const entries = parseAnswers(await readAnswers(file), file);
  if (dataset === undefined) {
    const { questions, answers, unknown } = joinOwnReferences(entries, file);
    tellUnknown(unknown, 'without a word of what is right', { file, progress });
    return material(questions, answers, { unknown, documents: undefined, progress, file });
  }
  const golden = await readDataset({ dataset, split }, progress);
  const { answers, unknown } = joinAnswers(golden.questions, entries, file);
  tellUnknown(unknown, `to no question of ${dataset}`, { file, progress });
  return material(golden.questions, answers, { unknown, documents: golden.corpus, progress, file });
}

interface Surroundings {
  readonly unknown: readonly FileAnswer[];
  readonly documents: readonly CorpusDocument[] | undefined;
  readonly progress: Progress;
  readonly file: string;
}

function material(
  questions: readonly GoldenQuestion[],
  answers: readonly (FileAnswer | undefined)[],
  { unknown, documents, progress, file }: Surroundings,
): Material {
  const unanswered = answers.filter((answer) => answer?.returned === undefined).length;
  if (unanswered > 0) {
    const count = unanswered === 1 ? 'it counts' : 'they count';
    progress.warn(
      `${file} has no answer to ${unanswered} of the ${counted(questions.length, 'question')}: ${count} as 0`,
    );
  }
  const finder = documents && documentFinder(documents);
  const returns = answers.map((answer) => answer?.returned && identified(answer.returned, finder));
  if (finder !== undefined && finder.skipped > 0) {
    progress.warn(
      `${finder.skipped} passages of ${file} were not looked for in so large a corpus: give passages their document ids`,
    );
  }
  const passages = returns.flatMap((returned) => returned?.passages ?? []);
  const anonymous = passages.length > 0 && passages.every(({ documentId }) => documentId === '');
  if (anonymous) {
    progress.warn(
      `${file} does not say of which documents its passages are: measures of documents are left out, unless it has rankings`,
    );
  }
  const known = documents && new Set(documents.map(({ id }) => id));
  const isStrange =
    known !== undefined && !anonymous && passages.every(({ documentId }) => !known.has(documentId));
  if (isStrange && passages.length > 0) {
    progress.warn(
      `None of the documents that ${file} names is in the golden set: is ${JSON.stringify(oneLine(passages.find(({ documentId }) => documentId !== '')!.documentId))} one of its ids?`,
    );
  }
  return {
    answered: questions.map((question, index) => {
      const returned = returns[index];
      // Without ids nothing can be said of documents; a zero would be a lie.
      const blind = anonymous && returned?.ranking === undefined;
      return { question: blind ? { ...question, relevant: new Map() } : question, returned };
    }),
    documents,
    unanswered,
    unknown: unknown.length,
  };
}

/** Passages that come without an id get that of the document in which their text stands. */
function identified(returned: FileReturn, finder: DocumentFinder | undefined): FileReturn {
  if (finder === undefined || returned.passages === undefined) return returned;
  return {
    ...returned,
    passages: returned.passages.map((passage) => {
      if (passage.documentId !== '' || passage.text === undefined) return passage;
      return { ...passage, documentId: finder.find(passage.text) ?? '' };
    }),
  };
}

function tellUnknown(
  unknown: readonly FileAnswer[],
  what: string,
  { file, progress }: { readonly file: string; readonly progress: Progress },
): void {
  if (unknown.length === 0) return;
  const examples = unknown.slice(0, 3).map((answer) => oneLine(nameOf(answer)).slice(0, 80));
  const more = unknown.length > examples.length ? ', …' : '';
  progress.warn(
    `${file} has ${counted(unknown.length, 'answer')} ${what}, left out: ${examples.join(', ')}${more}`,
  );
}

async function readAnswers(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    throw new GroundspeedError('dataset.missing', `Cannot read ${file}: ${messageOf(cause)}`, {
      where: file,
      hint: 'Name a file of answers, JSON lines or one JSON array, with --answers.',
      cause,
    });
  });
}

interface View {
  readonly scores: AnswerScores;
  /** The means that are printed, and their names. */
  readonly shown: readonly MeasureRecord[];
  readonly names: readonly string[];
  readonly material: Material;
  readonly flags: MeasureAnswersFlags;
}

function asJson({ scores, shown, names, material: { answered, unanswered, unknown }, flags }: View): string {
  const slices = scores.slices.map((slice) => ({ ...slice, measures: only(slice.measures, names) }));
  const perQuestion = Object.fromEntries(
    answered.map(({ question }, index) => {
      const { right, scores: own } = scores.questions[index]!;
      return [question.id, { right, ...Object.fromEntries(names.map((name) => [name, own[name] ?? null])) }];
    }),
  );
  const content = {
    questions: { n: answered.length, unanswered, unknown, unscored: scores.unscored },
    right: scores.right,
    measures: shown,
    ...(flags.slices && { slices }),
    ...(flags.perQuestion && { perQuestion }),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const only = (records: readonly MeasureRecord[], names: readonly string[]): MeasureRecord[] =>
  records.filter(({ name }) => names.includes(name));

/** As trec_eval prints: the mean over all questions is that of `all`. */
function asTable({ scores, shown, names, material: { answered }, flags }: View): string {
  const perQuestion = answered.flatMap(({ question }, index) => {
    const { right, scores: own } = scores.questions[index]!;
    const id = visible(question.id);
    return [['right', id, right], ...names.map((name) => [name, id, figure(own[name])])];
  });
  const all = [
    ['right', ...interval(scores.right)],
    ...shown.map((record) => [record.name, ...interval(record)]),
  ];
  const blocks = [
    flags.perQuestion ? [...perQuestion, ...all.map(([name, ...rest]) => [name!, 'all', ...rest])] : all,
  ];
  if (flags.slices) {
    for (const { by, value, n, right, measures } of scores.slices) {
      blocks.push([
        [`${by} ${oneLine(value)}`, `n ${n}`],
        ['right', ...interval(right)],
        ...only(measures, names).map((record) => [record.name, ...interval(record)]),
      ]);
    }
  }
  return `${blocks.map((rows) => alignedRows(rows).join('\n')).join('\n\n')}\n`;
}

function interval({ mean, ci95, n }: SliceRecord['right']): string[] {
  const bounds = ci95 === null ? '' : `[${figure(ci95[0])}, ${figure(ci95[1])}]`;
  return [figure(mean), bounds, `n ${n}`];
}

const figure = (value: number | null | undefined): string => value?.toFixed(4) ?? MISSING;
