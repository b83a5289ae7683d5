import type { EvidenceQuote, GoldenQuestion } from '../datasets/golden.ts';
import { type DocumentText, speaks } from '../measures/case.ts';
import { coveredAt, showsText } from '../measures/evidence.ts';
import type { Returned } from './returned.ts';
import { DEFAULT_K, isRelevant, type Judgement, ruleFor } from './right.ts';

/** How far evidence came, from the generator's context down to nowhere. Later is worse. */
export const STAGES = ['context', 'cut', 'below-k', 'not-in-top-100', 'not-in-corpus'] as const;
const CONTEXT = 0;
const CUT = 1;
const BELOW_K = 2;
const NOT_RANKED = 3;
const NOT_IN_CORPUS = 4;

/**
 * How far one piece of evidence came, as far as can be known: no better than `best` and no worse than `worst`, both
 * indexes into `STAGES`. They are equal unless the target hides a stage.
 */
export interface Whereabouts {
  readonly best: number;
  readonly worst: number;
  readonly document: string;
  /** From 1; null where it is nowhere, or hidden. */
  readonly passageRank: number | null;
  readonly documentRank: number | null;
  /** How many passages, from the first, were looked at; undefined where they are hidden. */
  readonly depth: number | undefined;
}

export interface Search extends Judgement {
  /** Whether a document is in what the target searches; undefined where the target hides that. */
  readonly inCorpus: (documentId: string) => boolean | undefined;
}

/**
 * Where the golden evidence of a question went, or lacking evidence its relevant documents (any one of which will do).
 * Of the quotes in a group the one that came farthest counts; of the groups, all of which are needed, the one that came
 * least far. Undefined when the question names neither.
 */
export function worstWhereabouts(search: Search): Whereabouts | undefined {
  const groups = wanted(search.question).map((group) =>
    group.map((piece) => whereaboutsOf(piece, search)).reduce((a, b) => join(a, b, Math.min)),
  );
  return groups.length === 0 ? undefined : groups.reduce((a, b) => join(a, b, Math.max));
}

type Piece = Pick<EvidenceQuote, 'document'> & Partial<EvidenceQuote>;

function wanted(question: GoldenQuestion): readonly (readonly Piece[])[] {
  if (question.evidence.length > 0) return question.evidence;
  const documents = [...question.relevant.keys()].filter((document) => isRelevant(question, document));
  return documents.length === 0 ? [] : [documents.map((document) => ({ document }))];
}

/** Two whereabouts as one: the bounds that `pick` takes, and the names of the side that the bounds come from. */
function join(a: Whereabouts, b: Whereabouts, pick: (a: number, b: number) => number): Whereabouts {
  const best = pick(a.best, b.best);
  const worst = pick(a.worst, b.worst);
  const chosen = a.best === best && a.worst === worst ? a : b.best === best && b.worst === worst ? b : a;
  return { ...chosen, best, worst };
}

function whereaboutsOf(piece: Piece, search: Search): Whereabouts {
  const { returned, k = DEFAULT_K, documentText } = search;
  const { passages, ranking } = returned;
  const documentRank = rankOf(piece.document, returned);
  // An answer that is judged by its words may draw on every passage; otherwise the top k decide.
  const limit = ruleFor(search) === 'answer' ? Number.POSITIVE_INFINITY : k;
  const seen = passages?.slice(0, Math.min(limit, passages.length));
  const passageRank = seen === undefined ? null : passageRankOf(piece, seen, documentText);
  const place = { document: piece.document, passageRank, documentRank, depth: seen?.length };
  if (passageRank !== null) return { ...place, ...contextBounds(passageRank, returned) };
  if (passages === undefined && documentRank !== null && !speaks(returned)) {
    const stage = documentRank <= k ? CONTEXT : BELOW_K;
    return { ...place, best: stage, worst: stage };
  }
  const best = passages === undefined ? CONTEXT : BELOW_K;
  if (documentRank !== null) return { ...place, best, worst: BELOW_K };
  return { ...place, ...missingBounds(search.inCorpus(piece.document), ranking !== undefined, best) };
}

/** For evidence that stands in a passage: was that passage shown to the generator? */
function contextBounds(rank: number, returned: Returned): { best: number; worst: number } {
  const { contextSize } = returned;
  if (!speaks(returned)) return { best: CONTEXT, worst: CONTEXT };
  if (contextSize === undefined) return { best: CONTEXT, worst: CUT };
  const stage = rank <= contextSize ? CONTEXT : CUT;
  return { best: stage, worst: stage };
}

/** For a document that is seen nowhere: was it ranked out of sight, not ranked, or never there? */
function missingBounds(
  inCorpus: boolean | undefined,
  ranked: boolean,
  best: number,
): { best: number; worst: number } {
  if (inCorpus === false) return { best: NOT_IN_CORPUS, worst: NOT_IN_CORPUS };
  const worst = inCorpus === undefined ? NOT_IN_CORPUS : NOT_RANKED;
  return { best: ranked ? NOT_RANKED : best, worst };
}

function passageRankOf(
  { document, quote }: Piece,
  passages: NonNullable<Returned['passages']>,
  documentText: DocumentText,
): number | null {
  if (quote !== undefined && showsText(passages, documentText)) {
    return coveredAt({ document, quote }, passages, documentText);
  }
  return rankAmong(
    passages.map(({ documentId }) => documentId),
    document,
  );
}

/** A document's rank, from 1: in the ranking, or where that is hidden among the documents of the passages. */
function rankOf(document: string, { ranking, passages }: Returned): number | null {
  const ids = ranking?.ids ?? [];
  return (
    rankAmong(ids, document) ??
    rankAmong([...new Set(passages?.map(({ documentId }) => documentId))], document)
  );
}

function rankAmong(ids: readonly string[], document: string): number | null {
  const index = ids.indexOf(document);
  return index < 0 ? null : index + 1;
}
