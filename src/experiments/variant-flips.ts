import type { FlippedRecord, QuestionRecord } from '../records/schema.ts';
import { answerChanged, rankingOf, rightChanged } from './gate/changes.ts';
import type { QuestionPair } from './gate/common-questions.ts';
import { flipsOf } from './gate/flips.ts';

/** Flips that a record keeps, over all pairs of variants, and of a pair at most and at least. */
const KEPT = 600;
const MOST_OF_PAIR = 100;
const LEAST_OF_PAIR = 3;

export interface AskedVariant {
  readonly name: string;
  /** In the same order for all. */
  readonly questions: readonly QuestionRecord[];
}

/** For each pair of variants the questions that came out otherwise: what broke, what was mended, and other answers. */
export function flippedPairs(pairs: readonly (readonly [AskedVariant, AskedVariant])[]): FlippedRecord[] {
  const most = Math.max(LEAST_OF_PAIR, Math.min(MOST_OF_PAIR, Math.floor(KEPT / Math.max(1, pairs.length))));
  return pairs.map(([a, b]) => {
    const asked = a.questions.map((before, index): QuestionPair => ({ before, after: b.questions[index]! }));
    const flipped = asked.filter((pair) => rightChanged(pair) || answerChanged(pair) || topChanged(pair));
    const turned = flipped.filter(rightChanged);
    return {
      a: a.name,
      b: b.name,
      total: flipped.length,
      broke: turned.filter(({ before }) => before.right === 'right').length,
      mended: turned.filter(({ after }) => after.right === 'right').length,
      flips: flipsOf(flipped).slice(0, most),
    };
  });
}

/** Whether another document stands on top. Further down, two ways to retrieve differ nearly always. */
function topChanged({ before, after }: QuestionPair): boolean {
  const [one, other] = [rankingOf(before.returned), rankingOf(after.returned)];
  return (one === null) === (other === null) && one?.[0] !== other?.[0];
}
