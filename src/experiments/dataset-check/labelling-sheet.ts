import type { CheckedSet } from '../../datasets/checks/check.ts';
import { findHoles, type Hole } from '../../datasets/checks/judged-holes.ts';
import type { SheetRow } from '../../datasets/labels/sheet.ts';
import { type Random, shuffle } from '../../kernel/random.ts';
import { type CorpusSearch, contentTerms } from './corpus-search.ts';

/** What fits on a screen beside the question. */
const LONGEST_SNIPPET = 600;

export interface LabellingSheet {
  readonly rows: readonly SheetRow[];
  /** Which letter of the column `ranks` stands for which run. */
  readonly runs: readonly { readonly letter: string; readonly run: string }[];
}

/**
 * The unjudged documents of a pool, for somebody to grade. The rows are shuffled, and the runs are letters dealt at
 * random, so that whoever grades cannot tell which system found what.
 */
export function makeSheet(set: CheckedSet, search: CorpusSearch | undefined, random: Random): LabellingSheet {
  const order = shuffle(
    (set.pool ?? []).map(({ name }) => name),
    random.fork('runs'),
  );
  const runs = order.map((run, at) => ({ letter: letterOf(at), run }));
  const letters = new Map(runs.map(({ run, letter }) => [run, letter]));
  const rows = findHoles(set).map((hole) => rowOf(hole, set, search, letters));
  return { rows: shuffle(rows, random.fork('rows')), runs };
}

function rowOf(
  { question: { question }, document: id, ranks }: Hole,
  { documents }: CheckedSet,
  search: CorpusSearch | undefined,
  letters: ReadonlyMap<string, string>,
): SheetRow {
  const document = documents?.get(id);
  const window =
    document && search?.best(document, contentTerms(`${question.question} ${question.answers.join(' ')}`));
  return {
    question: question.id,
    text: question.question,
    answers: question.answers,
    document: id,
    title: document?.title ?? '',
    snippet: window === undefined ? '' : snippetOf(document?.text.slice(window.start, window.end) ?? ''),
    grade: undefined,
    ranks: Object.fromEntries(
      [...ranks]
        .map(([run, rank]) => [letters.get(run) ?? run, rank] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

/** On one line, cut between characters. */
function snippetOf(text: string): string {
  const letters = Array.from(text.replaceAll(/\s+/g, ' ').trim());
  return letters.length > LONGEST_SNIPPET
    ? `${letters.slice(0, LONGEST_SNIPPET - 1).join('')}…`
    : letters.join('');
}

/** A to Z, then AA, AB. */
function letterOf(at: number): string {
  const last = String.fromCharCode(65 + (at % 26));
  return at < 26 ? last : letterOf(Math.floor(at / 26) - 1) + last;
}
