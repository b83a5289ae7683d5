import { GroundspeedError } from '../../kernel/errors.ts';
import { type Loss, Losses, type Tally } from '../loss.ts';
import { MANIFEST_FILE } from '../manifest-check.ts';
import { unknownSplit } from '../splits.ts';
import type { WrittenSet } from '../written-set.ts';
import { misused } from './columns.ts';
import { detect } from './detect.ts';
import type { DraftDocument, DraftQuestion, Imported, ImportOptions } from './importer.ts';
import { manifestWords } from './manifest-words.ts';
import { AUTO, importerNamed } from './registry.ts';
import type { NamedFile, Source } from './source.ts';

export interface ImportResult {
  readonly format: string;
  /** Why `auto` took that format; undefined where the format was named. */
  readonly detected: string | undefined;
  readonly set: WrittenSet;
  /** What the source holds, and what of it is in the set: the difference is in the losses. */
  readonly read: Tally;
  readonly taken: Tally;
  readonly losses: readonly Loss[];
}

export interface ImportSettings extends ImportOptions {
  /** Of the set, where the source does not name itself. */
  readonly name: string;
}

const MAPPED = new Set([
  'csv',
  'jsonl',
  'ragas',
  'deepeval',
  'autorag',
  'ragchecker',
  'langfuse',
  'promptfoo',
]);

/**
 * Reads a source in a format (or `auto`) as a golden set of all its splits. Whatever it holds is in the set or in the
 * losses; the counts are checked against each other. Throws `dataset.import`, `dataset.line`, `dataset.duplicate`,
 * `dataset.empty`, `dataset.missing` and `usage.argument`.
 */
export async function importGoldenSet(
  format: string,
  source: Source,
  { name, ...options }: ImportSettings,
): Promise<ImportResult> {
  const { importer, because } =
    format.toLowerCase() === AUTO
      ? await detect(source)
      : { importer: importerNamed(format), because: undefined };
  if (options.columns.size > 0 && !MAPPED.has(importer.name)) {
    throw misused(
      `${importer.name} takes no column mapping`,
      `Leave --map out; ${[...MAPPED].join(', ')} take it.`,
    );
  }
  const losses = new Losses();
  const watched = new WatchedSource(source);
  const imported = await importer.read({ source: watched, options, losses });
  const words = await manifestWords(source);
  watched.reportUnread(losses);
  refuseTwins('question', imported.questions, ({ question }) => question.id);
  refuseTwins('document', imported.documents ?? [], ({ document }) => document.id);
  const questions = ofSplit(withText(imported.questions, losses), imported, {
    options,
    losses,
    path: source.path,
  });
  refuseEmpty(imported, questions, source.path);
  const set: WrittenSet = {
    name: words.name ?? name,
    version: words.version,
    licence: words.licence,
    description: words.description ?? imported.description,
    questions: questions.map(({ question }) => question),
    corpus: imported.documents?.map(({ document }) => document),
  };
  const taken = tallyOf(set);
  refuseSmaller(imported.read, taken, losses);
  return {
    format: importer.name,
    detected: because,
    set,
    read: imported.read,
    taken,
    losses: losses.list(),
  };
}

/** Files of a source that hold what an earlier import or export has said of itself. */
const ACCOUNTS = new Set([MANIFEST_FILE, 'import.json', 'export.json']);

/** A source that remembers what was read of it: a file that nobody read is lost, and is said to be. */
class WatchedSource implements Source {
  readonly #source: Source;
  readonly #read = new Set<string>(ACCOUNTS);

  constructor(source: Source) {
    this.#source = source;
  }

  get path(): string {
    return this.#source.path;
  }

  get names(): readonly string[] {
    return this.#source.names;
  }

  read(name: string): Promise<NamedFile> {
    this.#read.add(name);
    return this.#source.read(name);
  }

  reportUnread(losses: Losses): void {
    for (const name of this.names) {
      if (this.#read.has(name)) continue;
      losses.add({ kind: 'file', of: 'detail', what: 'a file of the folder that was not read', where: name });
    }
  }
}

/** What a set holds. */
export function tallyOf({ questions, corpus }: Pick<WrittenSet, 'questions' | 'corpus'>): Tally {
  return {
    questions: questions.length,
    documents: corpus?.length ?? 0,
    judgements: questions.reduce((sum, { relevant }) => sum + relevant.size, 0),
  };
}

/** Refuses to go on with counts that do not add up: a set would have become smaller without a word. */
export function refuseSmaller(before: Tally, after: Tally, losses: Losses): void {
  const lost = losses.tally();
  for (const of of ['questions', 'documents', 'judgements'] as const) {
    if (before[of] === after[of] + lost[of]) continue;
    throw new GroundspeedError(
      'internal.bug',
      `Of ${before[of]} ${of}, ${after[of]} were taken over and ${lost[of]} reported as lost, which does not add up.`,
    );
  }
}

function refuseTwins<T extends DraftQuestion | DraftDocument>(
  kind: 'question' | 'document',
  drafts: readonly T[],
  idOf: (draft: T) => string,
): void {
  const seen = new Map<string, T>();
  for (const draft of drafts) {
    const id = idOf(draft);
    const first = seen.get(id);
    if (first !== undefined) {
      const where = draft.where();
      throw new GroundspeedError(
        'dataset.duplicate',
        `Two ${kind}s bear the id ${JSON.stringify(id)}: ${first.where()} and ${where}.`,
        { where, hint: `Give each ${kind} an id of its own, or remove one of the two.` },
      );
    }
    seen.set(id, draft);
  }
}

/** A question without text cannot be asked. */
function withText(drafts: readonly DraftQuestion[], losses: Losses): DraftQuestion[] {
  return drafts.filter((draft) => {
    if (draft.question.question.trim() !== '') return true;
    lose(draft, losses, { kind: 'empty-question', what: 'of questions without text' });
    return false;
  });
}

function lose(
  { question, where }: DraftQuestion,
  losses: Losses,
  { kind, what }: { kind: string; what: string },
): void {
  const found = question.question;
  losses.add({ kind, of: 'question', what: what.replace(/^of /, ''), where: () => where(), found });
  const note = { kind, of: 'judgement', what: `judgements ${what}`, where: () => where() } as const;
  losses.add(note, question.relevant.size);
}

interface SplitChoice {
  readonly options: ImportOptions;
  readonly losses: Losses;
  readonly path: string;
}

/** The questions of the split that was asked for; where the source knows no splits, all of them under its name. */
function ofSplit(
  drafts: DraftQuestion[],
  { ownSplits }: Imported,
  { options: { split }, losses, path }: SplitChoice,
): DraftQuestion[] {
  if (split === undefined) return drafts;
  if (!ownSplits) return drafts.map((draft) => ({ ...draft, question: { ...draft.question, split } }));
  const known = new Set(drafts.map(({ question }) => question.split).filter((one) => one !== undefined));
  if (known.size > 0 && !known.has(split)) throw unknownSplit(split, [...known], path);
  return drafts.filter((draft) => {
    if ((draft.question.split ?? split) === split) return true;
    lose(draft, losses, { kind: 'other-split', what: 'of other splits than the one that was asked for' });
    return false;
  });
}

function refuseEmpty({ read, documents }: Imported, questions: readonly DraftQuestion[], path: string): void {
  if (questions.length === 0) {
    const message =
      read.questions === 0
        ? `${path} holds no question.`
        : `None of the ${read.questions} questions of ${path} can be taken over.`;
    throw new GroundspeedError('dataset.empty', message, {
      where: path,
      hint: 'Look for an empty or truncated file, and for judgements of other questions than those in the set.',
    });
  }
  if (documents?.every(({ document: { title, text } }) => title.trim() === '' && text.trim() === '')) {
    throw new GroundspeedError(
      'dataset.empty',
      `The corpus of ${path} has no document with a title or text.`,
      {
        where: path,
        hint: 'Look for an empty or truncated corpus.',
      },
    );
  }
}
