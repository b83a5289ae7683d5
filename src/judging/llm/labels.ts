import { CSV_HINT, csvRows } from '../../datasets/csv-rows.ts';
import { Fields } from '../../datasets/fields.ts';
import { decodeLines, decodeText } from '../../datasets/lines.ts';
import { refusedAs } from '../../datasets/refused-as.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { JUDGEMENTS, type Judgement } from '../options.ts';

/** What a human said of one answer. */
export interface HumanLabel {
  /** Of the golden question. */
  readonly id: string;
  readonly judgement: Judgement;
  /** From 0 to 1. */
  readonly label: number;
  readonly where: string;
}

const COLUMNS = ['id', 'judgement', 'label'] as const;

const WORDS: ReadonlyMap<string, number> = new Map([
  ...['true', 'yes', 'right', 'supported', 'relevant'].map((word) => [word, 1] as const),
  ...['false', 'no', 'wrong', 'unsupported', 'irrelevant'].map((word) => [word, 0] as const),
]);

/**
 * Reads human labels: JSONL (one object a line), or CSV with a header; `id` of the question, `judgement`, and `label`, a
 * number from 0 to 1 or yes or no. Rows whose label is empty are left out: a sheet half filled in is still of use.
 * Throws `dataset.labels`, naming file, line and field.
 */
export function parseLabels(bytes: Uint8Array, file: string): HumanLabel[] {
  const labels: HumanLabel[] = [];
  const seen = new Map<string, string>();
  for (const fields of refusedAs('dataset.labels', () => rowsOf(bytes, file))) {
    const label = refusedAs('dataset.labels', () => labelOf(fields));
    if (label === undefined) continue;
    const key = JSON.stringify([label.id, label.judgement]);
    const first = seen.get(key);
    if (first !== undefined) {
      throw wrong(
        label.where,
        `${label.judgement} of question ${JSON.stringify(label.id)} is labelled twice: ${first} and ${label.where}`,
        'Keep one of the two lines; labels of several people have to be settled first.',
      );
    }
    seen.set(key, label.where);
    labels.push(label);
  }
  return labels;
}

function rowsOf(bytes: Uint8Array, file: string): Fields[] {
  if (!/\.csv$/i.test(file)) return [...decodeLines(bytes, file)].map((line) => Fields.ofLine(line, file));
  const [header, ...rows] = csvRows(decodeText(bytes, file), file, {
    fault: ({ where, problem }) => wrong(where, problem, CSV_HINT),
  });
  if (header === undefined) return [];
  const names = header.cells.map((name) => name.trim().toLowerCase());
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    throw wrong(
      `${file}:1`,
      `the header lacks ${missing.map((name) => `\`${name}\``).join(', ')}`,
      'A sheet of labels begins with id,judgement,label.',
    );
  }
  return rows.map(({ cells, line }) => {
    const named = names.map((name, index) => [name, cells[index]?.trim() || undefined]);
    return new Fields(Object.fromEntries(named), `${file}:${line}`);
  });
}

function labelOf(fields: Fields): HumanLabel | undefined {
  const value = fields.value('label');
  if (value === undefined || value === '') return undefined;
  const id = fields.id('id');
  const judgement = fields.text('judgement').trim().toLowerCase();
  if (!isJudgement(judgement)) throw fields.wrong('judgement', `must be one of ${JUDGEMENTS.join(', ')}`);
  return { id, judgement, label: scoreOf(value, fields), where: fields.where };
}

function scoreOf(value: unknown, fields: Fields): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  const known = typeof word === 'string' ? WORDS.get(word) : undefined;
  if (known !== undefined) return known;
  const number = typeof word === 'string' && /^\d*\.?\d+$/.test(word) ? Number(word) : word;
  if (typeof number === 'number' && number >= 0 && number <= 1) return number;
  throw fields.wrong('label', 'must be a number from 0 to 1 (scale grades to it), or yes or no');
}

const isJudgement = (name: string): name is Judgement => (JUDGEMENTS as readonly string[]).includes(name);

const wrong = (where: string, problem: string, hint: string): GroundspeedError =>
  new GroundspeedError('dataset.labels', `${where}: ${problem}.`, { where, hint });
