import { containsAnswer } from '../../text/answers.ts';
import type { GoldenQuestion } from '../golden.ts';
import type { DatasetCheck, Found } from './check.ts';
import { quoted, some } from './words.ts';

/** What a question says of itself that cannot all be true: whatever a target answers, it would be judged wrong. */
export const contradictoryLabels: DatasetCheck = {
  name: 'contradictory-labels',
  severity: 'error',
  about: 'No question contradicts itself',
  needs: [],
  run: ({ questions }) =>
    questions.flatMap(({ question, where }) =>
      [...contradictions(question)].map((found) => ({ ...found, where, questions: [question.id] })),
    ),
};

function* contradictions({
  id,
  answers,
  forbidden,
  relevant,
  evidence,
  answerable,
}: GoldenQuestion): Generator<Pick<Found, 'message' | 'hint'>> {
  if (!answerable && answers.length > 0) {
    yield {
      message: `${id}: it cannot be answered, and has the answer ${some(answers.map(quoted), 3)}`,
      hint: 'Remove the answers, or "answerable": false.',
    };
  }
  if (!answerable && (evidence.length > 0 || [...relevant.values()].some((grade) => grade > 0))) {
    yield {
      message: `${id}: it cannot be answered, and has evidence or relevant documents`,
      hint: 'Grade those documents 0 (looked at, and without the answer), or remove "answerable": false.',
    };
  }
  for (const answer of answers) {
    const barred = forbidden.find((one) => containsAnswer(answer, one));
    if (barred === undefined) continue;
    yield {
      message: `${id}: the answer ${quoted(answer)} holds ${quoted(barred)}, which is forbidden in an answer`,
      hint: 'Word the answer without it, or take it off the forbidden list.',
    };
  }
}
