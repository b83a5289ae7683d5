import type { QuestionRecord } from '../records/schema.ts';
import { byNdcg, worstQuestions as chooseWorst, isWrong } from '../records/worst.ts';
import { funnelPlace } from './funnel.ts';

export { isWrong, questionNdcg } from '../records/worst.ts';

/** The questions to look at first, at most `limit`: the wrong ones, grouped by class, then those ranked poorly. */
export function worstQuestions(questions: readonly QuestionRecord[], limit: number): QuestionRecord[] {
  const worst = chooseWorst(questions, limit);
  const wrong = worst
    .filter(isWrong)
    .sort((a, b) => funnelPlace(a.funnel) - funnelPlace(b.funnel) || byNdcg(a, b));
  return [...wrong, ...worst.filter((question) => !isWrong(question))];
}

/** Whether questions were asked one by one. A load alone may list its questions without it: what came is not theirs. */
export function wereAsked(questions: readonly QuestionRecord[]): boolean {
  return questions.some(({ returned, error }) => returned !== null || error !== null);
}
