import { normaliseAnswer } from '../../text/answers.ts';
import type { AnswerFamily } from '../measure.ts';
import { bestOverAnswers } from './golden-answers.ts';

export const exactMatch: AnswerFamily = {
  kind: 'answer',
  name: 'exact-match',
  cutoff: 'none',
  reads: 'answer',
  description:
    'Whether the answer is one of the golden ones, after SQuAD’s normalisation; for an unanswerable question, whether the target abstained.',
  range: [0, 1],
  citation: 'Rajpurkar et al., EMNLP 2016; Rajpurkar et al., ACL 2018 (SQuAD 2.0)',
  score: (input) =>
    bestOverAnswers(input, (answer, golden) => (normaliseAnswer(answer) === normaliseAnswer(golden) ? 1 : 0)),
};
