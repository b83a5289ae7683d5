import type { GoldenSet } from '../datasets/golden.ts';

/** How ids that a target returns lead to golden documents. Pure. */

/** A regular expression whose first group is the golden id, and what it takes away. */
export interface IdPattern {
  readonly pattern: string;
  readonly meaning: string;
}

/** What targets put around a document's id, the simplest first. */
const PATTERNS: readonly IdPattern[] = [
  { pattern: String.raw`^(.+?)\.\w+$`, meaning: 'without the ending' },
  { pattern: '([^/]+)$', meaning: 'behind the last slash' },
  { pattern: String.raw`([^/]+)\.\w+$`, meaning: 'behind the last slash, without the ending' },
  {
    pattern: String.raw`^(.+?)[#:_-]+(?:chunk|part|page|p|c)?[_-]?\d+$`,
    meaning: 'without the number of the chunk',
  },
  {
    pattern: String.raw`([^/]+?)(?:\.\w+)?[#:_-]+(?:chunk|part|page|p|c)?[_-]?\d+$`,
    meaning: 'behind the last slash, without the number of the chunk',
  },
  { pattern: '^([^#?]+)', meaning: 'without what follows # or ?' },
  {
    pattern: String.raw`([^/#?]+?)(?:\.\w+)?(?:[#?].*)?$`,
    meaning: 'behind the last slash, without ending and # or ?',
  },
  { pattern: String.raw`^\w+[:/](.+)$`, meaning: 'without the name before it' },
];

/** Of `of` returned, `matched` lead to a golden document. */
export interface IdMatch {
  readonly matched: number;
  readonly of: number;
}

export interface IdMatches {
  readonly exact: IdMatch;
  /** The pattern by which most ids match; undefined where none matches more than exact comparison does. */
  readonly pattern: (IdMatch & IdPattern) | undefined;
  /** By the passages' text; undefined where there are no texts, or nothing to compare them with. */
  readonly evidence: IdMatch | undefined;
  /** Ids that match but for small and capital letters. */
  readonly caseOnly: number;
  /** Whether all golden documents are known, or only those that some question names as its source. */
  readonly corpusKnown: boolean;
}

/** Compares what a target returned for a question with the ids and texts of a golden set. */
export function matchIds(
  returned: readonly { readonly id: string; readonly text?: string | undefined }[],
  golden: GoldenSet,
): IdMatches {
  const known = goldenIds(golden);
  const ids = returned.map(({ id }) => id);
  const exact = { matched: ids.filter((id) => known.has(id)).length, of: ids.length };
  const small = new Set([...known].map((id) => id.toLowerCase()));
  return {
    exact,
    pattern: bestPattern(ids, known, exact.matched),
    evidence: matchTexts(returned, golden),
    caseOnly: ids.filter((id) => !known.has(id) && small.has(id.toLowerCase())).length,
    corpusKnown: golden.corpus !== undefined,
  };
}

/** Ids of the corpus, or where the set has none, of all documents that questions name. */
export function goldenIds({ corpus, questions }: GoldenSet): ReadonlySet<string> {
  if (corpus !== undefined) return new Set(corpus.map(({ id }) => id));
  return new Set(
    questions.flatMap(({ relevant, evidence }) => [
      ...relevant.keys(),
      ...evidence.flat().map(({ document }) => document),
    ]),
  );
}

/** An id without what usually surrounds it: folders, the ending, a chunk's number. */
export function bareId(id: string): string {
  const last =
    id
      .replace(/[#?].*$/, '')
      .split(/[/\\]/)
      .findLast((part) => part !== '') ?? id;
  return last
    .replace(/\.\w{1,8}$/, '')
    .replace(/[:_-]+(?:chunk|part|page)[:_-]?\d+$/i, '')
    .toLowerCase();
}

/** Patterns take time with the square of the length. */
const LONGEST_ID = 1000;

function bestPattern(
  ids: readonly string[],
  known: ReadonlySet<string>,
  exact: number,
): IdMatches['pattern'] {
  let found: IdMatches['pattern'];
  for (const one of PATTERNS) {
    const expression = new RegExp(one.pattern);
    const matched = ids.filter(
      (id) => id.length <= LONGEST_ID && known.has(expression.exec(id)?.[1] ?? ''),
    ).length;
    if (matched > Math.max(exact, found?.matched ?? 0)) found = { ...one, matched, of: ids.length };
  }
  return found;
}

/** Shorter texts stand in documents by chance. */
const LEAST_TEXT = 20;
/** Of a passage its middle is looked for, at most so much of it: a title before it or a cut after it does not disturb. */
const PROBE = 120;

function matchTexts(
  returned: readonly { readonly text?: string | undefined }[],
  golden: GoldenSet,
): IdMatch | undefined {
  const texts = returned.flatMap(({ text }) => (text === undefined ? [] : [squash(text)]));
  const quotes = golden.questions.flatMap(({ evidence }) =>
    evidence.flat().map(({ quote }) => squash(quote)),
  );
  if (texts.length === 0 || (golden.corpus === undefined && quotes.length === 0)) return undefined;
  const documents = golden.corpus?.map(({ text }) => squash(text)) ?? [];
  const known = (text: string): boolean => {
    if (quotes.some((quote) => quote.length >= LEAST_TEXT && text.includes(quote))) return true;
    const length = Math.min(PROBE, Math.ceil(text.length / 2));
    const from = Math.floor((text.length - length) / 2);
    const middle = text.slice(from, from + length);
    return middle.length >= LEAST_TEXT && documents.some((document) => document.includes(middle));
  };
  return { matched: texts.filter(known).length, of: texts.length };
}

const squash = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
