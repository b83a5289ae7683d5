import { tokenise } from '../../text/tokens.ts';
import type { AnswerFamily } from '../measure.ts';
import { bestOverAnswers } from './golden-answers.ts';
import { longestCommonSubsequence } from './subsequence.ts';

export const rougeL: AnswerFamily = {
  kind: 'answer',
  name: 'rouge-l',
  cutoff: 'none',
  reads: 'answer',
  description:
    'F of the longest common subsequence of tokens against the best golden answer, with β = 1, neither stemmed nor without stop words; for an unanswerable question, whether the target abstained.',
  range: [0, 1],
  citation: 'Lin, “ROUGE”, ACL workshop 2004, §3.1, equations 2 to 4',
  score: (input) => bestOverAnswers(input, rougeLF),
};

/**
 * Lin's F with β = 1, the choice of his worked examples and of ROUGE-1.5.5 (α = 0.5): R = LCS / m and P = LCS / n, so
 * that F = 2·LCS / (m + n). Tokens are those of `src/text`, in lower case, of any script.
 */
function rougeLF(answer: string, golden: string): number {
  const answered = tokenise(answer);
  const expected = tokenise(golden);
  const length = answered.length + expected.length;
  return length === 0 ? 0 : (2 * longestCommonSubsequence(answered, expected)) / length;
}
