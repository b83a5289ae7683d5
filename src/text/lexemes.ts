import { type CalendarDate, findDates, isDate } from './dates.ts';
import { numberValue } from './numbers.ts';
import { tokenise } from './tokens.ts';

/** One comparable piece of a text. */
export type Lexeme =
  | { readonly kind: 'word' | 'symbol'; readonly value: string }
  /** `value` is a canonical decimal; `unit` a currency or `%`, where one has been drawn to it. */
  | { readonly kind: 'number'; readonly value: string; readonly unit: string | undefined }
  | { readonly kind: 'date'; readonly date: CalendarDate };

/** Letters that may touch a number without becoming one word with it: `10km`, `5pm`. */
const GLUED_UNITS =
  /^(?:[kcm]?m|[mk]?g|kmh|kph|mph|lbs?|oz|[mc]?l|ft|in|yd|mi|nm|kn|kt|kts|h|hrs?|mins?|secs?|ms|am|pm|k?wh?|mw|hp|[kmgt]b|[kmg]?hz|eur|usd|gbp)$/;

const PIECE = new RegExp(
  [
    // An acronym with points: p.m., U.S.
    '(?<acronym>(?<![\\p{L}\\p{N}\\p{M}])(?:\\p{L}\\.)+\\p{L}(?![\\p{L}\\p{N}\\p{M}]))',
    // Digits with their separators, and letters that touch them: 4.50, 1 000, 12th.
    "(?<digits>(?:(?<![\\p{L}\\p{N}.])\\.)?\\d+(?:[.,'’\\u00a0\\u202f\\u2009]\\d+| \\d{3}(?!\\d))*)(?<glued>[\\p{L}\\p{M}\\p{N}]*)",
    '(?<symbol>[\\p{Sc}%])',
    '(?<words>[\\p{L}\\p{M}\\p{N}]+)',
  ].join('|'),
  'gu',
);

const UNIT_BY_WORD = new Map<string, string>(
  Object.entries({
    '€': 'eur euro euros',
    $: 'usd dollar dollars',
    '£': 'gbp',
    '¥': 'jpy yen',
    '%': 'percent',
  }).flatMap(([symbol, words]) => words.split(' ').map((word) => [word, symbol] as const)),
);
const ARTICLES: ReadonlySet<string> = new Set(['a', 'an', 'the']);

const PER_CENT = new Map([
  ['per', 'cent'],
  ['pour', 'cent'],
  ['por', 'ciento'],
]);

/** The pieces as they are written, numbers by value. */
export function lexemes(text: string): Lexeme[] {
  const pieces: Lexeme[] = [];
  for (const match of text.normalize('NFC').matchAll(PIECE)) {
    const { acronym, digits, glued, symbol, words } = match.groups!;
    if (acronym !== undefined) pieces.push(wordLexeme(acronym.replaceAll('.', '')));
    else if (symbol !== undefined) pieces.push({ kind: 'symbol', value: symbol });
    else if (digits !== undefined) {
      const negative = isNegative(match.input, match.index);
      for (const piece of digitLexemes(digits, glued ?? '', negative)) pieces.push(piece);
    } else for (const word of tokenise(words!)) pieces.push(wordLexeme(word));
  }
  return pieces;
}

/** Without the articles a, an and the, which SQuAD's evaluation ignores too. */
export function withoutArticles(pieces: readonly Lexeme[]): Lexeme[] {
  return pieces.filter((piece) => piece.kind !== 'word' || !ARTICLES.has(piece.value));
}

/** The pieces with whole dates as one piece each, and every number carrying its currency or per-cent sign. */
export function valuedLexemes(text: string): Lexeme[] {
  const composed = text.normalize('NFC');
  const parts: Lexeme[][] = [];
  let from = 0;
  for (const { start, end, ...date } of findDates(composed)) {
    parts.push(drawUnits(lexemes(composed.slice(from, start))), [{ kind: 'date', date }]);
    from = end;
  }
  parts.push(drawUnits(lexemes(composed.slice(from))));
  return parts.flat();
}

/** Whether a piece of a text is what a piece of an alias asks for: `€4.50` is 4.50, but 4.50 is not known to be euros. */
export function satisfies(piece: Lexeme, asked: Lexeme): boolean {
  if (piece.kind === 'date' || asked.kind === 'date') {
    return piece.kind === 'date' && asked.kind === 'date' && isDate(piece.date, asked.date);
  }
  if (piece.kind !== asked.kind || piece.value !== asked.value) return false;
  if (piece.kind !== 'number' || asked.kind !== 'number') return true;
  return asked.unit === undefined || asked.unit === piece.unit;
}

const wordLexeme = (word: string): Lexeme => ({ kind: 'word', value: word.toLowerCase() });

/**
 * One number, or, where no reading makes one of it all (`1,2,3`, `2019 100`), its parts. What is no number (`1.2.3`,
 * `12th`, `4x4`) is a word.
 */
function* digitLexemes(digits: string, glued: string, negative: boolean): Generator<Lexeme> {
  const suffix = glued.toLowerCase();
  const minutes = HOURS.exec(suffix)?.[1];
  if (minutes !== undefined && /^\d{1,2}$/.test(digits)) {
    yield { kind: 'number', value: numberValue(digits)!, unit: undefined };
    yield wordLexeme('h');
    yield { kind: 'number', value: numberValue(minutes)!, unit: undefined };
    return;
  }
  const parts = numberValue(digits) === undefined ? digits.split(/[,'’\s]/) : [digits];
  for (const [index, part] of parts.entries()) {
    const letters = index === parts.length - 1 ? suffix : '';
    const value = letters === '' || GLUED_UNITS.test(letters) ? numberValue(part) : undefined;
    if (value === undefined) {
      yield wordLexeme(part + letters);
      continue;
    }
    const signed = negative && index === 0 && value !== '0' ? `-${value}` : value;
    yield { kind: 'number', value: signed, unit: undefined };
    if (letters !== '') yield wordLexeme(letters);
  }
}

/** Hours and minutes as French writes them: `14h45` is 14 h 45, whether or not there are spaces. */
const HOURS = /^h([0-5]\d)$/;

/** A hyphen is a sign when nothing but a currency stands between it and the digits, and no word or number before it. */
function isNegative(text: string, digits: number): boolean {
  return /(?:^|[\s([{:=])[-−–]\p{Sc}?$/u.test(text.slice(Math.max(0, digits - 3), digits));
}

function drawUnits(pieces: readonly Lexeme[]): Lexeme[] {
  const drawn: Lexeme[] = [];
  for (let index = 0; index < pieces.length; index += 1) {
    const piece = pieces[index]!;
    if (piece.kind === 'symbol' && piece.value !== '%' && pieces[index + 1]?.kind === 'number') continue;
    if (piece.kind !== 'number') {
      drawn.push(piece);
      continue;
    }
    const before = pieces[index - 1];
    const { unit, length } = unitAt(pieces, index + 1);
    const currency = before?.kind === 'symbol' && before.value !== '%' ? before.value : undefined;
    drawn.push({ ...piece, unit: currency ?? unit });
    if (currency === undefined) index += length;
  }
  return drawn;
}

/** The unit written behind a number, and how many pieces it takes. */
function unitAt(pieces: readonly Lexeme[], index: number): { unit: string | undefined; length: number } {
  const piece = pieces[index];
  const after = pieces[index + 1];
  // In "€4 €5" the second sign belongs to the second number.
  if (piece?.kind === 'symbol' && (piece.value === '%' || after?.kind !== 'number')) {
    return { unit: piece.value, length: 1 };
  }
  if (piece?.kind !== 'word') return { unit: undefined, length: 0 };
  if (after?.kind === 'word' && PER_CENT.get(piece.value) === after.value) return { unit: '%', length: 2 };
  const unit = UNIT_BY_WORD.get(piece.value);
  return { unit, length: unit === undefined ? 0 : 1 };
}
