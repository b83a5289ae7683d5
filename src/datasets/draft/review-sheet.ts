import { csvText, writable } from '../export/cells.ts';
import type { Draft } from './draft.ts';

/** A draft with the id that it keeps when it becomes a golden question. */
export interface NumberedDraft extends Draft {
  readonly id: string;
}

/** What a reviewer writes under `keep`. */
export const DECISIONS = ['accept', 'edit', 'drop'] as const;
export type Decision = (typeof DECISIONS)[number];

export const SHEET_HEAD = ['id', 'keep', 'question', 'answers', 'derived', 'kind', 'difficulty'] as const;
const EVIDENCE_COLUMNS = ['document', 'quote'] as const;
const DOUBTS_COLUMN = 'doubts';

/** Between the aliases of an answer in one cell. */
const ALIAS_SIGN = ' | ';

export function numbered(drafts: readonly Draft[]): NumberedDraft[] {
  const digits = Math.max(3, String(drafts.length).length);
  return drafts.map((draft, index) => ({ ...draft, id: `g${String(index + 1).padStart(digits, '0')}` }));
}

/**
 * The review file as a spreadsheet opens it: RFC 4180, with a byte order mark (without one, Excel takes UTF-8 for
 * something else and spoils every quote), formulas disarmed. `keep` is empty, to be filled in.
 */
export function reviewCsv(drafts: readonly NumberedDraft[]): string {
  const quotes = Math.max(1, ...drafts.map(({ evidence }) => evidence.length));
  const evidenceColumns = Array.from({ length: quotes }, (_, at) =>
    EVIDENCE_COLUMNS.map((name) => columnName(name, at)),
  ).flat();
  const rows = drafts.map((draft) => [
    draft.id,
    '',
    draft.question,
    aliasCell(draft.answers),
    draft.derived ? 'yes' : '',
    draft.kind,
    draft.difficulty ?? '',
    ...Array.from({ length: quotes }, (_, at) => {
      const one = draft.evidence[at];
      return [one?.document ?? '', one?.quote ?? ''];
    }).flat(),
    draft.doubts.join(' '),
  ]);
  const header = [...SHEET_HEAD, ...evidenceColumns, DOUBTS_COLUMN];
  return `\ufeff${csvText([header, ...rows.map((cells) => cells.map(writable))])}`;
}

/** The same, a JSON object a line. */
export function reviewJsonl(drafts: readonly NumberedDraft[]): string {
  return drafts
    .map(({ id, question, answers, derived, kind, difficulty, answerable, evidence, doubts }) =>
      JSON.stringify({
        id,
        keep: '',
        question,
        answers,
        derived,
        kind,
        difficulty: difficulty ?? null,
        answerable,
        evidence,
        doubts,
      }),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** `document`, `quote`, then `document_2`, `quote_2` and so on. */
export function columnName(name: (typeof EVIDENCE_COLUMNS)[number], at: number): string {
  return at === 0 ? name : `${name}_${at + 1}`;
}

function aliasCell(answers: readonly string[]): string {
  return answers.map((answer) => answer.replaceAll('\\', '\\\\').replaceAll('|', '\\|')).join(ALIAS_SIGN);
}

/** The answers of a cell: aliases with bars between them, a bar of an answer's own behind a backslash. */
export function aliasesOf(cell: string): string[] {
  const answers = [''];
  for (const [piece] of cell.matchAll(/\\[\\|]|[^\\|]+|[\\|]/g)) {
    if (piece === '|') answers.push('');
    else answers.push(`${answers.pop() ?? ''}${/^\\[\\|]$/.test(piece) ? piece.slice(1) : piece}`);
  }
  return answers.map((answer) => answer.trim()).filter((answer) => answer !== '');
}
