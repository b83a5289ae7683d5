import { GroundspeedError } from '../../kernel/errors.ts';
import type { GoldenQuestion } from '../golden.ts';
import type { Losses } from '../loss.ts';
import { evidenceField } from '../written-set.ts';
import { csvText, guarded, unguarded, writable } from './cells.ts';
import { placeOf } from './exporter.ts';

/** A column of a spreadsheet of golden questions, and what stands in it. */
export interface Column {
  readonly name: string;
  readonly cell: (question: GoldenQuestion) => string;
}

const orEmpty = (value: string | undefined): string => value ?? '';
const list = (texts: readonly string[]): string => (texts.length === 0 ? '' : JSON.stringify(texts));

/** What a spreadsheet has no cell of its own for, as JSON: nothing is lost, and a person can still read it. */
export const JSON_COLUMNS: readonly Column[] = [
  { name: 'answers', cell: ({ answers }) => list(answers) },
  { name: 'forbidden', cell: ({ forbidden }) => list(forbidden) },
  {
    name: 'evidence',
    cell: (question) => (question.evidence.length === 0 ? '' : JSON.stringify(evidenceField(question))),
  },
  {
    name: 'relevant',
    cell: ({ relevant, evidence }) =>
      relevant.size === 0 && evidence.length === 0 ? '' : JSON.stringify(Object.fromEntries(relevant)),
  },
  { name: 'tags', cell: ({ tags }) => (tags.every(isPlainWord) ? tags.join('; ') : list(tags)) },
];

/** Whether a word can stand in a cell among others, separated by semicolons. */
export const isPlainWord = (word: string): boolean =>
  word.trim() === word && !/[;[\]]/.test(word) && writable(word) === word;

export const WORD_COLUMNS: readonly Column[] = [
  { name: 'kind', cell: ({ kind }) => orEmpty(kind) },
  { name: 'difficulty', cell: ({ difficulty }) => orEmpty(difficulty) },
  { name: 'split', cell: ({ split }) => orEmpty(split) },
  { name: 'answerable', cell: ({ answerable }) => String(answerable) },
  { name: 'derived', cell: ({ derived }) => (derived ? 'true' : '') },
  { name: 'must', cell: ({ must }) => (must ? 'true' : '') },
];

/**
 * Rows under a header. Cells lose outer white space when they are read, and no text file holds a NUL: where that changes
 * one that is not JSON, it is a loss; where it makes two ids one, `dataset.duplicate`.
 */
export function tableText(
  questions: readonly GoldenQuestion[],
  columns: readonly Column[],
  losses: Losses,
): string {
  const ids = new Map<string, string>();
  const rows = questions.map((question) => {
    refuseTwin(question, ids);
    for (const field of ['id', 'question', 'kind', 'difficulty', 'split'] as const) {
      const text = question[field] ?? '';
      if (asRead(text) !== text) loseCharacters(question, field, losses);
    }
    return columns.map(({ cell }) => writable(cell(question)));
  });
  return csvText([columns.map(({ name }) => name), ...rows]);
}

/** A text as it comes back from a cell. */
const asRead = (text: string): string => unguarded(guarded(writable(text)).trim());

function loseCharacters(
  question: GoldenQuestion,
  field: 'id' | 'question' | 'kind' | 'difficulty' | 'split',
  losses: Losses,
): void {
  losses.add({
    kind: 'white-space',
    of: 'detail',
    what: `outer white space, NUL or half characters of \`${field}\`, which a cell does not keep`,
    where: placeOf(question),
    found: question[field] ?? '',
  });
}

function refuseTwin({ id }: GoldenQuestion, ids: Map<string, string>): void {
  const read = asRead(id);
  const twin = ids.get(read);
  if (twin !== undefined || read === '') {
    const message =
      twin === undefined
        ? `The id ${JSON.stringify(id)} is empty in a cell.`
        : `The ids ${JSON.stringify(twin)} and ${JSON.stringify(id)} are the same in a cell.`;
    throw new GroundspeedError('dataset.duplicate', message, {
      where: placeOf({ id }),
      hint: 'Give each question an id that differs in more than outer white space.',
    });
  }
  ids.set(read, id);
}
