import { GroundspeedError } from '../kernel/errors.ts';
import { CSV_HINT, csvRows } from './csv-rows.ts';
import { unguarded } from './export/cells.ts';
import { corruptLine, decodeText } from './lines.ts';
import { gradeOne, type LocatedQuestion, splitSources } from './questions.ts';

const COLUMNS = [
  'question',
  'answer',
  'source',
  'id',
  'kind',
  'split',
  'difficulty',
  'tags',
  'answerable',
] as const;
type Column = (typeof COLUMNS)[number];

/**
 * Reads a spreadsheet of golden questions: a header with `question` and `answer` or `source` (both, as a rule), in any
 * order and case, and where they are of use `id`, `kind`, `split`, `difficulty`, `tags`, `answerable`. `source` is a document
 * id or URL; it and `tags` may be several, separated by semicolons. Throws `dataset.format` over the header, `dataset.line` over a row.
 */
export function parseTable(bytes: Uint8Array, file: string): LocatedQuestion[] {
  const [header, ...rows] = csvRows(decodeText(bytes, file), file, {
    fault: ({ where, problem, cause }) => corruptLine(where, problem, { cause, hint: CSV_HINT }),
  });
  if (header === undefined) return [];
  const columns = columnsOf(header.cells, file);
  return rows.map(({ cells, line }, index) => {
    const cell = (column: Column): string => unguarded(cells[columns.get(column) ?? -1]?.trim() ?? '');
    const optional = (column: Column): string | undefined => cell(column) || undefined;
    const where = `${file}:${line}`;
    const answer = optional('answer');
    const kind = optional('kind');
    const question = {
      id: optional('id') ?? `q${index + 1}`,
      question: cell('question'),
      answers: answer === undefined ? [] : [answer],
      forbidden: [],
      evidence: [],
      relevant: gradeOne(splitSources(cell('source'))),
      answerable: answerableOf(cell('answerable'), kind !== 'unanswerable', where),
      kind,
      difficulty: optional('difficulty'),
      split: optional('split'),
      derived: false,
      tags: splitSources(cell('tags')),
      must: false,
    };
    return { question, where };
  });
}

function columnsOf(header: readonly string[], file: string): ReadonlyMap<string, number> {
  const names = header.map((name) => name.trim().toLowerCase());
  const columns = new Map(names.map((name, index) => [name, index]));
  const twice = COLUMNS.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
  const usable = columns.has('question') && (columns.has('answer') || columns.has('source'));
  if (usable && twice === undefined) return columns;
  const problem =
    twice === undefined ? 'has no column `question` with `answer` or `source`' : `names \`${twice}\` twice`;
  throw new GroundspeedError('dataset.format', `The header of ${file} ${problem}.`, {
    where: `${file}:1`,
    hint: `It reads ${JSON.stringify(header.join(','))}; it must hold question,answer,source, separated by commas. Optional: id, kind, split, difficulty, tags, answerable.`,
  });
}

function answerableOf(cell: string, otherwise: boolean, where: string): boolean {
  if (cell === '') return otherwise;
  if (/^(true|yes|1)$/i.test(cell)) return true;
  if (/^(false|no|0)$/i.test(cell)) return false;
  throw corruptLine(where, `has neither true nor false under \`answerable\`: ${JSON.stringify(cell)}`);
}
