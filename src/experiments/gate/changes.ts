import type { QuestionRecord } from '../../records/schema.ts';
import type { QuestionPair } from './common-questions.ts';
import { isRetrieval } from './measure-kind.ts';

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

/**
 * Whether the documents found changed, or their order. Of a large set a record keeps the passages of its worst questions alone:
 * where one run or both kept none, what the measures made of the rankings tells.
 */
export function rankingChanged(pair: QuestionPair): boolean {
  if (!bothAsked(pair)) return false;
  const [one, other] = [rankingOf(pair.before.returned), rankingOf(pair.after.returned)];
  return one === null || other === null ? retrievalChanged(pair) : !alike(one, other);
}

function retrievalChanged({ before, after }: QuestionPair): boolean {
  const names = new Set([...Object.keys(before.scores), ...Object.keys(after.scores)]);
  return [...names].some(
    (name) => (before.scores[name] ?? null) !== (after.scores[name] ?? null) && isRetrieval(name),
  );
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

function alike(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index]);
}
