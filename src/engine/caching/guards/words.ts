/** One word of a question, in order. */
export interface Word {
  /** As it was written. */
  readonly written: string;
  /** In lower case, with straight apostrophes. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Letters and digits, held together by apostrophes, and by hyphens and points within: `don't`, `TF-50`, `12-metre`, `4.5`, `13:00`. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:(?:['’]|[-.,:](?=[\p{L}\p{N}]))[\p{L}\p{N}\p{M}]+)*|[£$€%]/gu;

export function wordsOf(question: string): Word[] {
  return Array.from(question.matchAll(WORD), (match) => ({
    written: match[0],
    word: match[0].toLowerCase().replaceAll('’', "'"),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Whether two sets of texts hold the same. */
export function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size) return false;
  for (const item of a) if (!b.has(item)) return false;
  return true;
}

export const setOf = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));
