import { answerTokens } from '../../text/answers.ts';
import { abstains, type QuestionCase, speaks } from '../case.ts';

/**
 * The best score of an answer over the golden ones. A question that can't be answered has the empty text for its golden
 * answer, and so has an abstention for its answer (SQuAD 2.0): the two agree. Null for a target that returns passages
 * only, and for a question without golden answers; 0 where nothing came back, or a last resort answered.
 */
export function bestOverAnswers(
  { question, returned }: QuestionCase,
  score: (answer: string, golden: string) => number,
): number | null {
  const golden = question.answers.filter((answer) => answerTokens(answer).length > 0);
  if (question.answerable && golden.length === 0) return null;
  if (returned === undefined) return 0;
  if (!speaks(returned)) return null;
  const abstained = abstains(returned);
  if (!question.answerable) return abstained ? 1 : 0;
  if (abstained || returned.lastResort) return 0;
  const answer = returned.answer ?? '';
  return Math.max(...golden.map((alias) => score(answer, alias)));
}
