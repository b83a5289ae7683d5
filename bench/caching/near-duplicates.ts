import { readFile } from 'node:fs/promises';
import { Fields } from '../../src/datasets/fields.ts';
import { decodeLines } from '../../src/datasets/lines.ts';

/** How two questions of other meaning differ. */
export const DIFFERENCES = [
  'vessel',
  'year',
  'date',
  'number',
  'unit',
  'place',
  'person',
  'thing',
  'negation',
  'roles',
  'opposite',
  'tense',
] as const;
export type Difference = (typeof DIFFERENCES)[number];

/** Two questions that look alike, or that don't and mean the same. */
export interface QuestionPair {
  readonly id: string;
  readonly a: string;
  readonly b: string;
  /** Whether a right answer to one is right for the other. */
  readonly meaning: 'same' | 'other';
  /** Of pairs of other meaning. */
  readonly differs: Difference | undefined;
  readonly split: 'dev' | 'test';
}

/** Reads a file of pairs, one JSON object a line. Throws `dataset.line` for a line that is no pair, or one that was there before. */
export async function readPairs(path: string): Promise<QuestionPair[]> {
  return parsePairs(await readFile(path), path);
}

export function parsePairs(bytes: Uint8Array, file: string): QuestionPair[] {
  const ids = new Set<string>();
  const texts = new Set<string>();
  const pairs: QuestionPair[] = [];
  for (const line of decodeLines(bytes, file)) {
    const fields = Fields.ofLine(line, file);
    const pair = pairOf(fields);
    if (ids.has(pair.id)) throw fields.wrong('id', `is that of an earlier pair: ${JSON.stringify(pair.id)}`);
    ids.add(pair.id);
    const text = [pair.a, pair.b].sort().join('\n');
    if (texts.has(text)) throw fields.wrong('a', 'and b are an earlier pair again');
    texts.add(text);
    pairs.push(pair);
  }
  return pairs;
}

function pairOf(fields: Fields): QuestionPair {
  const [a, b] = [questionOf(fields, 'a'), questionOf(fields, 'b')];
  if (a === b) throw fields.wrong('b', 'is the same as a');
  const meaning = oneOf(fields, 'meaning', ['same', 'other'] as const);
  const split = oneOf(fields, 'split', ['dev', 'test'] as const);
  if (meaning === 'same' && fields.optionalText('differs') !== undefined) {
    throw fields.wrong('differs', 'is for pairs of other meaning');
  }
  const differs = meaning === 'other' ? oneOf(fields, 'differs', DIFFERENCES) : undefined;
  return { id: fields.id('id'), a, b, meaning, differs, split };
}

function questionOf(fields: Fields, name: string): string {
  const text = fields.text(name);
  if (text.trim() !== text || text === '')
    throw fields.wrong(name, 'must be a question, without blanks around it');
  return text;
}

function oneOf<T extends string>(fields: Fields, name: string, known: readonly T[]): T {
  const value = fields.text(name);
  const found = known.find((one) => one === value);
  if (found === undefined) throw fields.wrong(name, `must be one of ${known.join(', ')}`);
  return found;
}
