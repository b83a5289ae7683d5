import type { CorpusDocument } from '../datasets/golden.ts';

/** Shorter texts stand in documents by chance. */
const LEAST_TEXT = 20;
/** Characters of the corpus that are searched, over all passages, at most: a quarter of a minute of work. */
const MOST_WORK = 1e11;
/** Between documents; no text holds it once white space is squashed. */
const BETWEEN = '\n';

export interface DocumentFinder {
  find(text: string): string | undefined;
  /** Passages that were not looked for, since the search had taken too long. */
  readonly skipped: number;
}

/**
 * Tells of which document a passage is by its text alone: that of the one document which holds it, white space apart.
 * Undefined where none or several do, and once the search has taken too long.
 */
export function documentFinder(documents: readonly Pick<CorpusDocument, 'id' | 'text'>[]): DocumentFinder {
  const texts = documents.map(({ text }) => squash(text));
  const whole = texts.join(BETWEEN);
  const starts: number[] = [];
  let start = 0;
  for (const text of texts) {
    starts.push(start);
    start += text.length + BETWEEN.length;
  }
  const known = new Map<string, string | undefined>();
  let work = 0;
  let skipped = 0;

  const search = (wanted: string): string | undefined => {
    if (wanted.length < LEAST_TEXT) return undefined;
    work += whole.length;
    if (work > MOST_WORK) {
      skipped += 1;
      return undefined;
    }
    const first = whole.indexOf(wanted);
    if (first < 0) return undefined;
    const place = placeOf(first, starts);
    const next = starts[place + 1];
    if (next !== undefined && whole.indexOf(wanted, next) >= 0) return undefined;
    return documents[place]!.id;
  };
  return {
    get skipped() {
      return skipped;
    },
    find(text) {
      const wanted = squash(text);
      if (!known.has(wanted)) known.set(wanted, search(wanted));
      return known.get(wanted);
    },
  };
}

/** The last start that is not behind `at`. */
function placeOf(at: number, starts: readonly number[]): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

const squash = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
