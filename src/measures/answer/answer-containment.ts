import { containsAnswer } from '../../text/answers.ts';
import type { AnswerFamily } from '../measure.ts';
import { bestOverAnswers } from './golden-answers.ts';

export const answerContainment: AnswerFamily = {
  kind: 'answer',
  name: 'answer-containment',
  cutoff: 'none',
  reads: 'answer',
  description:
    'Whether a golden answer stands in the answer, on token boundaries, numbers and dates by value. Over answerable questions.',
  range: [0, 1],
  citation: 'As the accuracy of Mallen et al., ACL 2023 (PopQA), with values compared as values',
  score(input) {
    if (!input.question.answerable) return null;
    return bestOverAnswers(input, (answer, golden) => (containsAnswer(answer, golden) ? 1 : 0));
  },
};
