import { abstains } from '../case.ts';
import type { AnswerFamily } from '../measure.ts';

/** Taken over the questions that were abstained from only, so that the mean is the precision of the whole set. */
export const abstentionPrecision: AnswerFamily = {
  kind: 'answer',
  name: 'abstention-precision',
  cutoff: 'none',
  reads: 'answer',
  description: 'Of the questions that the target abstained from, those that cannot be answered.',
  range: [0, 1],
  citation: 'Precision of “cannot be answered” as a class; compare Rajpurkar et al., ACL 2018',
  score({ question, returned }) {
    if (returned === undefined || !abstains(returned)) return null;
    return question.answerable ? 0 : 1;
  },
};
