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
  if (longest - shortest > allowed) return 0;
  const edits = editDistance(a, b);
  return edits <= allowed ? 1 - edits / longest : 0;
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, each worth 1. */
function editDistance(a: string, b: string): number {
  let before = new Array<number>(b.length + 1).fill(0);
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, before[column - 2]! + 1);
      current.push(least);
    }
    before = above;
    above = current;
  }
  return above[b.length]!;
}
