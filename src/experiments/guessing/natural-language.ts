/** Tells text that people read from ids, addresses, hashes and codes, in any script. */

/** Scripts that put no blanks between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]/gu;
const WORD = /\p{L}[\p{L}\p{M}'’-]*/gu;
/** Looked at, at most: the beginning of a long text tells as much as all of it. */
const SAMPLE = 4000;

/** How many words a text has, roughly; a character of a script without blanks counts as half of one. */
export function wordCount(text: string): number {
  const sample = text.slice(0, SAMPLE);
  const unspaced = sample.match(UNSPACED)?.length ?? 0;
  const spaced = sample.replace(UNSPACED, ' ').match(WORD)?.length ?? 0;
  return spaced + unspaced / 2;
}

/**
 * Whether a text reads as a sentence or more: several words with blanks between them, mostly letters. File names, URLs,
 * UUIDs, dates, JSON and base64 do not.
 */
export function isProse(text: string): boolean {
  const sample = text.slice(0, SAMPLE).trim();
  if (sample === '' || /^[a-z][a-z\d+.-]*:\/\/\S*$/i.test(sample) || /^[[{]/.test(sample)) return false;
  if (wordCount(sample) < 3) return false;
  if ((sample.match(UNSPACED)?.length ?? 0) > sample.length / 3) return true;
  const letters = sample.match(/[\p{L}\p{M}\s]/gu)?.length ?? 0;
  const blanks = sample.match(/\s/g)?.length ?? 0;
  return letters / sample.length > 0.6 && blanks / sample.length > 0.05;
}
