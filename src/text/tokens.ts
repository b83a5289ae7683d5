/**
 * Word tokens: the one meaning of "token" in chunk sizes, budgets, BM25 and answers.
 *
 * A token is a run of letters, digits and the marks that belong to them; everything else separates. So `l'escale` is
 * two tokens and `3.5` is two. Han ideographs and hiragana, which are written without spaces, are one token each (as
 * in UAX #29).
 */

const SEPARATOR = 1;
const WORD = 2;
const ALONE = 3;

const ALONE_PATTERN = /[\p{Script=Han}\p{Script=Hiragana}]/u;
const WORD_PATTERN = /[\p{L}\p{N}\p{M}]/u;

/** The class of each UTF-16 unit of the Basic Multilingual Plane, filled as they are met: 0 is not known yet. */
const classes = new Uint8Array(0x10000);

/** Where each token starts and ends, in UTF-16 units: `[start, end, start, end, …]`. */
export function tokenSpans(text: string): Uint32Array {
  const spans = new Uint32Array(countTokens(text) * 2);
  let used = 0;
  scan(text, (start, end) => {
    spans[used] = start;
    spans[used + 1] = end;
    used += 2;
  });
  return spans;
}

/** The tokens, in lower case and Unicode's composed form (NFC). */
export function tokenise(text: string): string[] {
  const tokens: string[] = [];
  scan(text, (start, end, ascii) => {
    const token = text.slice(start, end).toLowerCase();
    tokens.push(ascii ? token : token.normalize('NFC'));
  });
  return tokens;
}

export function countTokens(text: string): number {
  let count = 0;
  scan(text, () => {
    count += 1;
  });
  return count;
}

function scan(text: string, visit: (start: number, end: number, ascii: boolean) => void): void {
  const length = text.length;
  let start = -1;
  let ascii = true;
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    const wide = unit >= 0xd800 && unit <= 0xdbff && index + 1 < length;
    const kind = wide ? classOf(text.codePointAt(index)!) : classes[unit] || learn(unit);
    if (kind === WORD) {
      if (start < 0) {
        start = index;
        ascii = true;
      }
      if (unit > 0x7f) ascii = false;
    } else {
      if (start >= 0) visit(start, index, ascii);
      start = -1;
      if (kind === ALONE) visit(index, index + (wide ? 2 : 1), false);
    }
    if (wide && text.codePointAt(index)! > 0xffff) index += 1;
  }
  if (start >= 0) visit(start, length, ascii);
}

function learn(unit: number): number {
  const kind = classOf(unit);
  classes[unit] = kind;
  return kind;
}

function classOf(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  if (ALONE_PATTERN.test(character)) return ALONE;
  return WORD_PATTERN.test(character) ? WORD : SEPARATOR;
}
