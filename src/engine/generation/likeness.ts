/** Below this length a word has too many neighbours to be taken for one of them. */
const SHORTEST = 4;
/** Two words with a beginning in common of this length and share are forms of one (refund, remboursé and remboursement). */
const SHORTEST_STEM = 6;
const STEM_SHARE = 0.6;
const DIGIT = /\p{Nd}/u;

/**
 * How alike two terms are, from 0 to 1: misspellings and other forms of one word, for terms that are found nowhere. 0
 * for different words. Numbers are never alike: 1998 is not a misspelt 1999.
 */
export function likeness(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  const shortest = Math.min(a.length, b.length);
  // Few misspell the first letter, and the check spares most of the work.
  if (shortest < SHORTEST || a.charCodeAt(0) !== b.charCodeAt(0)) return 0;
  if (DIGIT.test(a) || DIGIT.test(b)) return 0;
  let stem = 0;
  while (stem < shortest && a.charCodeAt(stem) === b.charCodeAt(stem)) stem += 1;
  if (stem >= SHORTEST_STEM && stem / longest >= STEM_SHARE) return stem / longest;
  const allowed = longest >= 8 ? 2 : 1;
  const edits = editsWithin(allowed, a, b);
  return edits <= allowed ? 1 - edits / longest : 0;
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours that make one word the other (optimal string alignment);
 * infinite past `allowed`, which keeps the search short.
 */
function editsWithin(allowed: number, a: string, b: string): number {
  const editsFrom = (i: number, j: number, left: number): number => {
    while (i < a.length && a.charCodeAt(i) === b.charCodeAt(j)) {
      i += 1;
      j += 1;
    }
    const restA = a.length - i;
    const restB = b.length - j;
    if (Math.abs(restA - restB) > left) return Number.POSITIVE_INFINITY;
    if (restA === 0 || restB === 0) return restA + restB;
    if (left === 0) return Number.POSITIVE_INFINITY;
    const swapped = a.charCodeAt(i) === b.charCodeAt(j + 1) && a.charCodeAt(i + 1) === b.charCodeAt(j);
    const fewest = Math.min(
      editsFrom(i + 1, j + 1, left - 1),
      editsFrom(i + 1, j, left - 1),
      editsFrom(i, j + 1, left - 1),
      swapped ? editsFrom(i + 2, j + 2, left - 1) : Number.POSITIVE_INFINITY,
    );
    return 1 + fewest;
  };
  return editsFrom(0, 0, allowed);
}
