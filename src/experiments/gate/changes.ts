import type { QuestionRecord } from '../../records/schema.ts';
import type { QuestionPair } from './common-questions.ts';

type Returned = QuestionRecord['returned'];

/** Document ids, best first: the ranking, or each document of the passages at its first one. Null where both are hidden. */
export function rankingOf(returned: Returned): readonly string[] | null {
  if (returned === null) return null;
  if (returned.ranking !== null) return returned.ranking;
  return returned.passages && [...new Set(returned.passages.map(({ documentId }) => documentId))];
}

/** A load need not come round to every question: one that was never asked did not change. */
const bothAsked = ({ before, after }: QuestionPair): boolean =>
  [before, after].every(({ returned, error }) => returned !== null || error !== null);

/** Whether the documents found changed, or their order. */
export function rankingChanged(pair: QuestionPair): boolean {
  const { before, after } = pair;
  return bothAsked(pair) && !alike(rankingOf(before.returned), rankingOf(after.returned));
}

/** Whether the text of the answer changed, or that there was one. */
export function answerChanged(pair: QuestionPair): boolean {
  if (!bothAsked(pair)) return false;
  const [one, other] = [pair.before.returned, pair.after.returned];
  if (one === null || other === null) return one !== other;
  return one.answer !== other.answer || one.abstained !== other.abstained;
}

export const rightChanged = (pair: QuestionPair): boolean =>
  bothAsked(pair) && pair.before.right !== pair.after.right;

function alike(one: readonly string[] | null, other: readonly string[] | null): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((id, index) => id === other[index]);
}
