import type { FlipRecord } from '../../records/schema.ts';
import { answerChanged, rankingChanged, rankingOf, rightChanged } from './changes.ts';
import type { QuestionPair } from './common-questions.ts';

/** Documents of a ranking that are shown. */
const TOP = 5;

/** Characters of an answer that are kept; of thousands of flips fewer, for they would be most of the record. */
const LONGEST = 2000;
const SHORT = 300;
const MANY_FLIPS = 500;

/**
 * The questions whose rightness, answer or ranking changed, with both side by side: those no longer right first (pinned
 * ones at their head), then those now right, then the rest in the order of the record.
 */
export function flipsOf(pairs: readonly QuestionPair[]): FlipRecord[] {
  const changed = pairs.filter((pair) => rightChanged(pair) || answerChanged(pair) || rankingChanged(pair));
  const length = changed.length > MANY_FLIPS ? SHORT : LONGEST;
  return changed
    .map((pair) => flipOf(pair, length))
    .map((flip, index) => ({ flip, index }))
    .sort((a, b) => weight(b.flip) - weight(a.flip) || a.index - b.index)
    .map(({ flip }) => flip);
}

function flipOf({ before, after }: QuestionPair, length: number): FlipRecord {
  return {
    id: before.id,
    question: before.question,
    kind: before.kind,
    must: isPinned({ before, after }),
    before: before.right,
    after: after.right,
    answerBefore: clipped(before.returned?.answer ?? null, length),
    answerAfter: clipped(after.returned?.answer ?? null, length),
    topBefore: [...(rankingOf(before.returned) ?? [])].slice(0, TOP),
    topAfter: [...(rankingOf(after.returned) ?? [])].slice(0, TOP),
  };
}

const clipped = (text: string | null, length: number): string | null =>
  text === null || text.length <= length ? text : `${text.slice(0, length)} …`;

/** Pinned in either set: taking the pin out must not take the question out of the gate at once. */
export const isPinned = ({ before, after }: QuestionPair): boolean => before.must || after.must;

function weight({ before, after, must }: FlipRecord): number {
  if (before === 'right' && after !== 'right') return must ? 4 : 3;
  return before !== after ? (after === 'right' ? 2 : 1) : 0;
}
