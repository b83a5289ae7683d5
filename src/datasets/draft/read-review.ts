import { GroundspeedError } from '../../kernel/errors.ts';
import { nearest } from '../../text/nearest.ts';
import { csvRows } from '../csv-rows.ts';
import { unguarded } from '../export/cells.ts';
import type { EvidenceQuote } from '../golden.ts';
import { decodeLines, decodeText, excerpt, parseJsonLine } from '../lines.ts';
import { aliasesOf, columnName, DECISIONS, type Decision } from './review-sheet.ts';

/** A row of a review file that somebody may have filled in. */
export interface ReviewRow {
  /** File and line. */
  readonly where: string;
  readonly id: string;
  /** Undefined where nothing is decided. */
  readonly keep: Decision | undefined;
  readonly question: string;
  readonly answers: readonly string[];
  readonly derived: boolean;
  readonly kind: string | undefined;
  readonly difficulty: string | undefined;
  readonly evidence: readonly EvidenceQuote[];
}

/** Columns without which a row cannot be read. */
const NEEDED = ['id', 'keep', 'question', 'answers', 'kind', 'document', 'quote'] as const;

/** A row's cells by name, and where it stands. */
interface RawRow {
  readonly where: string;
  readonly cell: (name: string) => unknown;
}

/**
 * Reads a review file back: CSV (commas, semicolons or tabs) or JSONL, by its name. Throws `dataset.labels` with every
 * row at fault by file, line and field, and `dataset.line` for what is no UTF-8 or no JSON.
 */
export function readReview(bytes: Uint8Array, file: string): ReviewRow[] {
  const problems: string[] = [];
  const isJson = /\.(?:jsonl|ndjson)$/i.test(file);
  const raw = isJson ? jsonRows(bytes, file) : reviewRows(decodeText(bytes, file), file);
  const rows = raw.map((row) => (isJson ? jsonRow(row, problems) : csvRow(row, problems)));
  const lines = new Map<string, string>();
  for (const { id, where } of rows) {
    const first = lines.get(id);
    if (id === '') problems.push(`${where}: \`id\` is empty; give the row its id again, or remove it`);
    else if (first !== undefined)
      problems.push(`${where}: \`id\` ${excerpt(id)} stands at ${first} already; give it another`);
    else lines.set(id, where);
  }
  if (problems.length > 0) throw reviewError(file, problems);
  return rows;
}

/** All that is wrong with a review, a line each. */
export function reviewError(file: string, problems: readonly string[]): GroundspeedError {
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  return new GroundspeedError('dataset.labels', `The review cannot be taken over: ${problems[0]}${more}.`, {
    where: file,
    problems,
    hint: 'Mend those rows, or write drop under `keep`. Nothing has been written.',
  });
}

function csvRow({ where, cell }: RawRow, problems: string[]): ReviewRow {
  const text = (name: string): string => unguarded(String(cell(name) ?? '')).trim();
  const evidence: EvidenceQuote[] = [];
  for (let at = 0; cell(columnName('document', at)) !== undefined; at += 1) {
    const document = text(columnName('document', at));
    const quote = text(columnName('quote', at));
    if (document !== '' || quote !== '') evidence.push({ document, quote });
  }
  return {
    where,
    id: text('id'),
    keep: decisionOf(text('keep'), where, problems),
    question: text('question'),
    answers: aliasesOf(text('answers')),
    derived: truthOf(text('derived'), where, problems),
    kind: text('kind') || undefined,
    difficulty: text('difficulty') || undefined,
    evidence,
  };
}

function jsonRow({ where, cell }: RawRow, problems: string[]): ReviewRow {
  const text = (name: string): string => {
    const value = cell(name) ?? '';
    if (typeof value === 'string') return value.trim();
    problems.push(`${where}: \`${name}\` must be a text, not ${excerpt(JSON.stringify(value))}`);
    return '';
  };
  const derived = cell('derived') ?? false;
  return {
    where,
    id: text('id'),
    keep: decisionOf(text('keep'), where, problems),
    question: text('question'),
    answers: answersOf(cell('answers'), where, problems),
    derived: typeof derived === 'boolean' ? derived : truthOf(String(derived), where, problems),
    kind: text('kind') || undefined,
    difficulty: text('difficulty') || undefined,
    evidence: evidenceOf(cell('evidence'), where, problems),
  };
}

function answersOf(value: unknown, where: string, problems: string[]): string[] {
  const list: unknown[] = Array.isArray(value) ? value : value == null || value === '' ? [] : [value];
  const texts = list.filter((answer) => typeof answer === 'string');
  if (texts.length < list.length) problems.push(`${where}: \`answers\` must be a list of texts`);
  return texts.map((answer) => answer.trim()).filter((answer) => answer !== '');
}

function evidenceOf(value: unknown, where: string, problems: string[]): EvidenceQuote[] {
  const list: unknown[] = Array.isArray(value) ? value : value == null ? [] : [value];
  const quotes = list.flatMap((item) => {
    const { document, quote } = (item ?? {}) as Record<string, unknown>;
    return typeof document === 'string' && typeof quote === 'string' ? [{ document, quote }] : [];
  });
  if (quotes.length < list.length) {
    problems.push(`${where}: \`evidence\` must be a list of objects with the texts "document" and "quote"`);
  }
  return quotes;
}

function decisionOf(cell: string, where: string, problems: string[]): Decision | undefined {
  const word = cell.toLowerCase();
  if (word === '') return undefined;
  const decision = DECISIONS.find((known) => known === word);
  if (decision === undefined) {
    const meant = nearest(word, DECISIONS);
    problems.push(
      `${where}: \`keep\` is ${excerpt(cell)}; write accept, edit or drop, or leave it empty${meant ? ` (did you mean ${meant}?)` : ''}`,
    );
  }
  return decision;
}

function truthOf(cell: string, where: string, problems: string[]): boolean {
  if (/^(?:|no|n|false|0|falsch|faux)$/i.test(cell)) return false;
  if (/^(?:yes|y|true|1|x|wahr|vrai)$/i.test(cell)) return true;
  problems.push(`${where}: \`derived\` is ${excerpt(cell)}; write yes, or leave it empty`);
  return false;
}

function jsonRows(bytes: Uint8Array, file: string): RawRow[] {
  return Array.from(decodeLines(bytes, file), (line) => {
    const fields = parseJsonLine(line, file);
    return {
      where: `${file}:${line.number}`,
      cell: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined),
    };
  });
}

function reviewRows(text: string, file: string): RawRow[] {
  const [header, ...rows] = csvRows(text, file, {
    fault: ({ where, problem }) => reviewError(file, [`${where}: ${problem}; save the sheet as CSV again`]),
    anyDelimiter: true,
  });
  const names = (header?.cells ?? []).map((name) => name.trim().toLowerCase());
  const missing = NEEDED.filter((name) => !names.includes(name));
  const twice = names.find((name, at) => name !== '' && names.indexOf(name) !== at);
  if (missing.length > 0) {
    throw reviewError(file, [
      `${file}:1: the header lacks ${missing.map((name) => `\`${name}\``).join(', ')}; keep the first row as it was written`,
    ]);
  }
  if (twice !== undefined)
    throw reviewError(file, [`${file}:1: the header names \`${twice}\` twice; remove one of the two`]);
  return rows.map(({ cells, line }) => ({
    where: `${file}:${line}`,
    cell: (name) => cells[names.indexOf(name)],
  }));
}
