import { type Lexeme, lexemes, satisfies, valuedLexemes, withoutArticles } from './lexemes.ts';

/** Python's string.punctuation: ASCII only, as in the official script. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;
/** Python's `\b(a|an|the)\b`: a word is made of letters, digits and underscores of any script. */
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;

/**
 * An answer as SQuAD's official evaluation (v1.1 and v2.0) compares it: lower case, without ASCII punctuation, without
 * the articles a, an and the, white space squashed. Rajpurkar et al. 2016, arXiv 1606.05250.
 */
export function normaliseAnswer(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(PUNCTUATION, '')
    .replaceAll(ARTICLES, ' ')
    .trim()
    .replaceAll(/\s+/g, ' ');
}

/** The words of the normalised answer, as token F1 counts them. */
export function answerTokens(text: string): string[] {
  const normalised = normaliseAnswer(text);
  return normalised === '' ? [] : normalised.split(' ');
}

/**
 * Whether `alias` stands in `text`, on token boundaries, whatever its case, punctuation and articles. Numbers and dates
 * are compared by value: `1,000` is `1000`, `€4.50` contains `4.50`, `12 March 2025` is `2025-03-12`; `1,250` is not in
 * `11,250`. A value without its unit does not contain one with it, and `20 %` is not `0.2`. False for an alias without
 * letters, digits or signs.
 */
export function containsAnswer(text: string, alias: string): boolean {
  if (containsPieces(lexemes(text), lexemes(alias))) return true;
  return /\d/.test(alias) && containsPieces(valuedLexemes(text), valuedLexemes(alias));
}

/** Articles do not count, unless the alias is nothing else: vitamin A, deck A. */
function containsPieces(text: readonly Lexeme[], alias: readonly Lexeme[]): boolean {
  const bare = withoutArticles(alias);
  return bare.length > 0 ? containsRun(withoutArticles(text), bare) : containsRun(text, alias);
}

function containsRun(pieces: readonly Lexeme[], run: readonly Lexeme[]): boolean {
  if (run.length === 0) return false;
  for (let from = 0; from + run.length <= pieces.length; from += 1) {
    let matched = 0;
    while (matched < run.length && satisfies(pieces[from + matched]!, run[matched]!)) matched += 1;
    if (matched === run.length) return true;
  }
  return false;
}
