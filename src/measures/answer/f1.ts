import { answerTokens } from '../../text/answers.ts';
import type { AnswerFamily } from '../measure.ts';
import { bestOverAnswers } from './golden-answers.ts';

export const f1: AnswerFamily = {
  kind: 'answer',
  name: 'f1',
  cutoff: 'none',
  reads: 'answer',
  description:
    'Harmonic mean of token precision and recall against the best golden answer, after SQuAD’s normalisation; for an unanswerable question, whether the target abstained.',
  range: [0, 1],
  citation: 'Rajpurkar et al., EMNLP 2016; Rajpurkar et al., ACL 2018 (SQuAD 2.0)',
  score: (input) => bestOverAnswers(input, tokenF1),
};

function tokenF1(answer: string, golden: string): number {
  const answered = answerTokens(answer);
  const expected = answerTokens(golden);
  const left = new Map<string, number>();
  for (const token of expected) left.set(token, (left.get(token) ?? 0) + 1);
  let common = 0;
  for (const token of answered) {
    const count = left.get(token) ?? 0;
    if (count === 0) continue;
    left.set(token, count - 1);
    common += 1;
  }
  return (2 * common) / (answered.length + expected.length);
}
