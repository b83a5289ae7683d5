import { bareId } from '../id-matching.ts';
import {
  ID_NAMES,
  KIND_NAMES,
  plainName,
  SCORE_NAMES,
  TEXT_NAMES,
  TITLE_NAMES,
  weightOf,
} from './field-names.ts';
import { best, type Clues, type Guess, type Trust, verified } from './guess.ts';
import {
  expressionOf,
  isObject,
  type Json,
  type JsonLeaf,
  namesOf,
  placesIn,
  type Step,
} from './json-paths.ts';
import { isProse, wordCount } from './natural-language.ts';

/** Expressions for the parts of one passage. */
export interface PassageParts {
  readonly id?: Guess;
  readonly title?: Guess;
  readonly text?: Guess;
  readonly score?: Guess;
}

/** Elements that are looked at: the first passages tell what all of them are like. */
const LOOKED_AT = 20;

/** What can be told of each element: undefined where nothing can, so that they are no passages. */
export function guessParts(all: readonly Json[], clues: Clues): PassageParts | undefined {
  const items = all.slice(0, LOOKED_AT);
  if (items.every((item) => typeof item === 'string' || typeof item === 'number'))
    return partsOfPlain(items, clues);
  if (!items.every(isObject)) return undefined;
  const leaves = commonLeaves(items);
  const text = guessText(items, leaves);
  const id = guessId(items, leaves, clues, text?.expression);
  const score = guessScore(items, leaves);
  const title = guessTitle(items, leaves, text?.expression);
  if (text === undefined && id === undefined) return undefined;
  return {
    ...(id && { id }),
    ...(title && { title }),
    ...(text && { text }),
    ...(score && { score }),
  };
}

/** A list of ids or of texts. */
function partsOfPlain(items: readonly Json[], clues: Clues): PassageParts | undefined {
  const texts = items.filter((item) => typeof item === 'string' && isProse(item)).length;
  const known = items.filter((item) => clues.documentIds?.has(String(item))).length;
  const sample = items[0]!;
  if (known === 0 && texts * 2 > items.length) {
    return { text: { expression: '@', trust: 'high', reason: 'each element is a text', sample } };
  }
  const reason = known > 0 ? 'elements are ids of golden documents' : 'each element is a word or a number';
  return { id: { expression: '@', trust: known > 0 ? 'high' : 'medium', reason, sample } };
}

/** A part of the elements: the same way down in each of them, or in most. */
interface Column {
  readonly steps: readonly Step[];
  readonly expression: string;
  readonly values: readonly JsonLeaf[];
  readonly name: string;
}

function commonLeaves(items: readonly Json[]): Column[] {
  const columns = new Map<string, { steps: readonly Step[]; values: JsonLeaf[] }>();
  for (const item of items) {
    for (const { steps, value } of placesIn(item).leaves) {
      if (value === null) continue;
      const expression = expressionOf(steps);
      const column = columns.get(expression) ?? { steps, values: [] };
      column.values.push(value);
      columns.set(expression, column);
    }
  }
  return [...columns]
    .filter(([, { values }]) => values.length * 2 >= items.length)
    .map(([expression, { steps, values }]) => ({
      steps,
      expression,
      values,
      name: namesOf(steps).at(-1) ?? '',
    }));
}

const strings = (values: readonly JsonLeaf[]): string[] =>
  values.filter((value) => typeof value === 'string');

/** The text of a passage: what is named so, the longest where several are. */
function guessText(items: readonly Json[], columns: readonly Column[]): Guess | undefined {
  const candidates = columns.flatMap((column) => {
    const texts = strings(column.values);
    const prose = texts.filter(isProse).length / column.values.length;
    const words = texts.reduce((sum, text) => sum + wordCount(text), 0) / Math.max(1, texts.length);
    const name = weightOf(TEXT_NAMES, column.name);
    if (prose < 0.5 || (name === 0 && words < 12)) return [];
    return [
      { column, name, points: name + prose * 3 + Math.min(5, Math.log2(1 + words) / 1.5) - depthOf(column) },
    ];
  });
  const chosen = best(candidates);
  if (chosen === undefined) return undefined;
  const reason =
    chosen.name > 0 ? `${quoted(chosen.column)} reads as text` : 'the longest text of an element';
  return part(items, chosen.column, chosen.name >= 6 ? 'high' : 'medium', reason);
}

/** The id of a passage's document: golden ids first, then names of documents, then those of chunks. */
function guessId(
  items: readonly Json[],
  columns: readonly Column[],
  clues: Clues,
  text: string | undefined,
): Guess | undefined {
  const candidates = columns.flatMap((column) => {
    const { values } = column;
    if (column.expression === text || !values.every(couldBeId)) return [];
    const name = idWeight(column);
    if (name === 0 && !couldNameDocuments(column, clues)) return [];
    const known = goldenValues(values, clues);
    const near = known > 0 ? 0 : nearGolden(values, clues);
    if (name === 0 && known + near === 0) return [];
    const points = name + (known * 20 + near * 12) / values.length - depthOf(column) / 2;
    return [{ column, name, known, near, points }];
  });
  const chosen = best(candidates);
  if (chosen === undefined) return undefined;
  const { column, name, known, near } = chosen;
  const of = `of ${column.values.length}`;
  if (known > 0) return part(items, column, 'high', `${known} ${of} are ids of golden documents`);
  if (near > 0) return part(items, column, 'high', `${near} ${of} hold the id of a golden document`);
  return part(items, column, name >= 6 ? 'medium' : 'low', `${quoted(column)} is named like an id`);
}

/**
 * Whether a part that is not named like an id may hold ids all the same. Ranks and page numbers are to be found among
 * golden ids that are numbers, and a kind or a topic may be called like one document: several documents are no chance.
 */
function couldNameDocuments({ name, values }: Column, clues: Clues): boolean {
  if (KIND_NAMES.has(plainName(name)) || values.every((value) => typeof value === 'number')) return false;
  const known = new Set(values.filter((value) => clues.documentIds?.has(String(value))));
  return known.size === 0 || known.size > 1;
}

/** `source.id`, `document.name`: the name above counts where the last one could be anybody's. */
function idWeight(column: Column): number {
  const names = namesOf(column.steps);
  const own = weightOf(ID_NAMES, names.at(-1));
  const above = weightOf(ID_NAMES, names.at(-2));
  return own > 0 && above > 0 ? Math.max(own, above) : own;
}

const LONGEST_ID = 500;

function couldBeId(value: JsonLeaf): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_ID && !/\n/.test(value);
}

function guessTitle(
  items: readonly Json[],
  columns: readonly Column[],
  text: string | undefined,
): Guess | undefined {
  const candidates = columns.flatMap((column) => {
    const name = weightOf(TITLE_NAMES, column.name);
    const fits = strings(column.values).length === column.values.length;
    return name > 0 && fits && column.expression !== text
      ? [{ column, points: name - depthOf(column) / 2 }]
      : [];
  });
  const chosen = best(candidates);
  return chosen && part(items, chosen.column, 'medium', `${quoted(chosen.column)} is named like a title`);
}

function guessScore(items: readonly Json[], columns: readonly Column[]): Guess | undefined {
  const candidates = columns.flatMap((column) => {
    const name = weightOf(SCORE_NAMES, column.name);
    const fits = column.values.every((value) => typeof value === 'number');
    return name > 0 && fits ? [{ column, name, points: name - depthOf(column) / 2 }] : [];
  });
  const chosen = best(candidates);
  if (chosen === undefined) return undefined;
  const isDistance = plainName(chosen.column.name) === 'distance';
  const reason = `${quoted(chosen.column)} is a number${isDistance ? ': less of it is nearer' : ''}`;
  return part(items, chosen.column, chosen.name >= 8 ? 'high' : 'medium', reason);
}

function part(items: readonly Json[], column: Column, trust: Trust, reason: string): Guess | undefined {
  const { expression, values } = column;
  const guess = { expression, trust, reason };
  for (const item of items) {
    const found = verified(guess, item, (value) => value === values[0]);
    if (found !== undefined) return found;
  }
  return undefined;
}

const depthOf = ({ steps }: Column): number => steps.length * 0.25;
const quoted = ({ expression }: Column): string => `\`${expression}\``;

/** How many of these are ids of golden documents. */
export const goldenValues = (values: readonly Json[], { documentIds }: Clues): number =>
  values.filter((value) => isIdLike(value) && documentIds?.has(String(value))).length;

/** How many name a golden document in another form: its path, its URL, the id of a chunk of it. */
const nearGolden = (values: readonly Json[], { bareIds }: Clues): number =>
  values.filter((value) => isIdLike(value) && bareIds?.has(bareId(String(value)))).length;

const isIdLike = (value: Json): boolean => typeof value === 'string' || typeof value === 'number';
