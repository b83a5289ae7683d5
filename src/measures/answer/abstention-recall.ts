import { abstains, speaks } from '../case.ts';
import type { AnswerFamily } from '../measure.ts';

/** Taken over the questions that cannot be answered only, so that the mean is the recall of the whole set. */
export const abstentionRecall: AnswerFamily = {
  kind: 'answer',
  name: 'abstention-recall',
  cutoff: 'none',
  reads: 'answer',
  description:
    'Of the questions that cannot be answered, those that the target abstained from. A failure is no abstention.',
  range: [0, 1],
  citation: 'Recall of “cannot be answered” as a class; compare Rajpurkar et al., ACL 2018',
  score({ question, returned }) {
    if (question.answerable) return null;
    if (returned === undefined) return 0;
    if (!speaks(returned)) return null;
    return abstains(returned) ? 1 : 0;
  },
};
