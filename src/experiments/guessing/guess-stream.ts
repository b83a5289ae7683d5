import { plainName, weightOf } from './field-names.ts';
import { best, evaluate, type Guess } from './guess.ts';
import { expressionOf, isObject, type Json, namesOf, placesIn } from './json-paths.ts';

/** What services call the piece of text that an event brings. */
const PIECE_NAMES = {
  delta: 10,
  token: 10,
  content: 9,
  text: 8,
  chunk: 8,
  answer: 8,
  response: 8,
  output: 7,
  completion: 8,
  piece: 8,
  data: 5,
  message: 5,
  value: 4,
} as const;

/** Names of what comes with every event, and is no text. */
const CONSTANT_NAMES = new Set([
  'id',
  'model',
  'object',
  'type',
  'event',
  'role',
  'created',
  'name',
  'status',
  'finishreason',
  'itemid',
  'runid',
]);

export interface StreamGuess {
  /** Expression on one event for the piece of text in it; null on events that bring none. */
  readonly piece: Guess;
  /** The pieces put together. */
  readonly text: string;
  /** Each event repeats what came before it. */
  readonly cumulative: boolean;
}

interface Column {
  readonly expression: string;
  readonly name: number;
  readonly pieces: readonly string[];
  readonly kind: string | undefined;
}

/** Where the pieces of the answer are in the events of a stream: the text that changes from event to event, by its name. */
export function guessStream(events: readonly Json[]): StreamGuess | undefined {
  const columns = columnsOf(events);
  const chosen = best(
    columns.map((column) => ({
      column,
      points:
        column.name + Math.log2(1 + column.pieces.length) + Math.log2(1 + column.pieces.join('').length) / 2,
    })),
  )?.column;
  if (chosen === undefined) return undefined;
  const { expression, pieces, name } = chosen;
  const cumulative =
    pieces.length > 2 && pieces.every((piece, at) => at === 0 || piece.startsWith(pieces[at - 1]!));
  const text = cumulative ? pieces.at(-1)! : pieces.join('');
  const found = events.flatMap((event) => evaluate(expression, event) ?? []);
  if (found.length === 0) return undefined;
  const reason = `text in ${pieces.length} of ${events.length} events`;
  const trust = name >= 8 && pieces.length > 1 ? 'high' : name > 0 ? 'medium' : 'low';
  return { piece: { expression, trust, reason, sample: found[0]! }, text, cumulative };
}

function columnsOf(events: readonly Json[]): Column[] {
  const byPlace = new Map<
    string,
    { path: string; kind: string | undefined; names: string[]; pieces: string[] }
  >();
  for (const event of events) {
    const kind = kindOf(event);
    for (const { steps, value } of placesIn(event).leaves) {
      const names = namesOf(steps);
      if (typeof value !== 'string' || value === '' || CONSTANT_NAMES.has(plainName(names.at(-1) ?? '')))
        continue;
      const path = expressionOf(steps);
      const key = `${kind?.is ?? ''}\n${path}`;
      const column = byPlace.get(key) ?? {
        path,
        kind: kind && `${kind.key}=='${kind.is}'`,
        names,
        pieces: [],
      };
      column.pieces.push(value);
      byPlace.set(key, column);
    }
  }
  const all = [...byPlace.values()];
  return all.flatMap(({ path, kind, names, pieces }) => {
    const alone = all.filter((other) => other.path === path).length === 1;
    const name = Math.max(weightOf(PIECE_NAMES, names.at(-1)), weightOf(PIECE_NAMES, names.at(-2)) - 1, 0);
    if (names.length > 0 && name === 0 && new Set(pieces).size < 2) return [];
    const expression = alone || kind === undefined ? path : `(${kind} && ${path}) || null`;
    return [{ expression, name, pieces, kind }];
  });
}

/** The word by which an event says what it is. */
function kindOf(event: Json): { key: string; is: string } | undefined {
  if (!isObject(event)) return undefined;
  for (const key of ['type', 'event', 'kind']) {
    const is = event[key];
    if (typeof is === 'string' && /^[\w.:/-]{1,60}$/.test(is)) return { key, is };
  }
  return undefined;
}
