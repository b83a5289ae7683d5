import { GroundspeedError } from '../../kernel/errors.ts';
import { CSV_HINT, type CsvFault, csvRows } from '../csv-rows.ts';
import { decodeLines, decodeText, excerpt, parseJsonLine } from '../lines.ts';

/** One line of a labelling sheet: a question and a document that somebody is to grade for it. */
export interface SheetRow {
  readonly question: string;
  readonly text: string;
  readonly answers: readonly string[];
  readonly document: string;
  readonly title: string;
  /** The passage of the document that speaks most of the question. */
  readonly snippet: string;
  readonly grade: number | undefined;
  /** The document's rank by the letter of the run that ranked it. */
  readonly ranks: Readonly<Record<string, number>>;
}

/** In the order of the sheet: what is to be filled in stands beside what is to be read, the ranks come last. */
export const SHEET_COLUMNS = [
  'question_id',
  'question',
  'answers',
  'document_id',
  'title',
  'snippet',
  'grade',
  'ranks',
] as const;

/** The fields of a row, by column. Answers and ranks are lists in JSONL, and one text each in a CSV. */
export function sheetFields(row: SheetRow): Record<(typeof SHEET_COLUMNS)[number], unknown> {
  return {
    question_id: row.question,
    question: row.text,
    answers: row.answers,
    document_id: row.document,
    title: row.title,
    snippet: row.snippet,
    grade: row.grade ?? null,
    ranks: row.ranks,
  };
}

/** A grade that somebody filled in. */
export interface Label {
  readonly question: string;
  readonly document: string;
  /** 0 is looked at and not relevant; 1 and above is relevant. */
  readonly grade: number;
  /** File and line. */
  readonly where: string;
}

export interface ReadSheet {
  readonly labels: readonly Label[];
  readonly rows: number;
  /** Rows without a grade. */
  readonly blank: number;
}

/** What reading needs of a sheet; other columns may be missing, moved or added. */
const NEEDED = ['question_id', 'document_id', 'grade'] as const;
type Needed = (typeof NEEDED)[number];

interface RawRow {
  readonly where: string;
  readonly cells: Readonly<Record<Needed, unknown>>;
}

/**
 * Reads a sheet back, CSV (commas, semicolons or tabs, as a spreadsheet may save it) or JSONL by the file's name. Blank
 * grades are counted and left alone. Throws `dataset.labels` with every row at fault by file, line and field, and
 * `dataset.line` for a file that is no UTF-8 or no JSON.
 */
export function readSheet(bytes: Uint8Array, file: string): ReadSheet {
  const rows = /\.jsonl$/i.test(file) ? jsonRows(bytes, file) : sheetRows(decodeText(bytes, file), file);
  const labels: Label[] = [];
  const problems: string[] = [];
  let blank = 0;
  for (const { where, cells } of rows) {
    const grade = gradeOf(cells.grade);
    if (grade === undefined) {
      blank += 1;
      continue;
    }
    const ids = (['question_id', 'document_id'] as const).map((name) => idOf(cells[name]));
    const [question, document] = ids;
    if (question === undefined) problems.push(`${where}: \`question_id\` is missing`);
    if (document === undefined) problems.push(`${where}: \`document_id\` is missing`);
    if (grade === null) {
      problems.push(`${where}: \`grade\` must be a whole number from 0, not ${excerpt(String(cells.grade))}`);
    } else if (question !== undefined && document !== undefined) {
      labels.push({ question, document, grade, where });
    }
  }
  if (problems.length > 0) throw sheetError(file, problems);
  return { labels, rows: rows.length, blank };
}

/** All that is wrong with a sheet, a line each. */
export function sheetError(file: string, problems: readonly string[]): GroundspeedError {
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more like it)`;
  return new GroundspeedError('dataset.labels', `The labels cannot be taken in: ${problems[0]}${more}.`, {
    where: file,
    hint: 'Mend those rows, or leave their grades blank. Nothing has been changed.',
    problems,
  });
}

/** Undefined for a blank, null for what is no grade. Some spreadsheets write 1 as 1.0 or 1,0. */
function gradeOf(cell: unknown): number | null | undefined {
  if (cell === undefined || cell === null) return undefined;
  if (typeof cell === 'number') return Number.isSafeInteger(cell) && cell >= 0 ? cell : null;
  if (typeof cell !== 'string') return null;
  const text = cell.trim();
  if (text === '') return undefined;
  const grade = /^(\d{1,9})(?:[.,]0*)?$/.exec(text);
  return grade === null ? null : Number(grade[1]);
}

function idOf(cell: unknown): string | undefined {
  const text = typeof cell === 'number' ? String(cell) : cell;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

function jsonRows(bytes: Uint8Array, file: string): RawRow[] {
  return Array.from(decodeLines(bytes, file), (line) => {
    const fields = parseJsonLine(line, file);
    const cell = (name: Needed): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);
    return {
      where: `${file}:${line.number}`,
      cells: { question_id: cell('question_id'), document_id: cell('document_id'), grade: cell('grade') },
    };
  });
}

function sheetRows(text: string, file: string): RawRow[] {
  const [header, ...rows] = csvRows(text, file, { fault: notCsv, anyDelimiter: true });
  const names = (header?.cells ?? []).map((name) => name.trim().toLowerCase());
  const missing = NEEDED.filter((name) => !names.includes(name));
  const twice = NEEDED.filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (missing.length > 0 || twice.length > 0) {
    const problem =
      missing.length > 0
        ? `the header lacks ${missing.map((name) => `\`${name}\``).join(', ')}`
        : `the header names \`${twice[0]}\` twice`;
    throw sheetError(file, [`${file}:1: ${problem}`]);
  }
  return rows.map(({ cells, line }) => {
    const cell = (name: Needed): string | undefined => cells[names.indexOf(name)];
    return {
      where: `${file}:${line}`,
      cells: { question_id: cell('question_id'), document_id: cell('document_id'), grade: cell('grade') },
    };
  });
}

const notCsv = ({ where, problem, cause }: CsvFault): GroundspeedError =>
  new GroundspeedError('dataset.labels', `${where} ${problem}.`, {
    where,
    cause,
    hint: `${CSV_HINT} Save the sheet as CSV again; nothing has been changed.`,
  });
