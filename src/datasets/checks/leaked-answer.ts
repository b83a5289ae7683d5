import { containsAnswer } from '../../text/answers.ts';
import type { DatasetCheck, Found } from './check.ts';
import { quoted } from './words.ts';

/** "Is it A or B?" names the answer and gives nothing away. English, French, Spanish and German. */
const CHOICE = /(?<![\p{L}\p{N}])(?:or|ou|o|oder)(?![\p{L}\p{N}])/iu;

/** Whoever repeats such a question has answered it, by the rule that judges answers. */
export const leakedAnswer: DatasetCheck = {
  name: 'leaked-answer',
  severity: 'warning',
  about: 'No question holds its own answer',
  needs: ['answers'],
  run({ questions }) {
    const found: Found[] = [];
    for (const { question, where } of questions) {
      if (CHOICE.test(question.question)) continue;
      const leaked = question.answers.find((answer) => containsAnswer(question.question, answer));
      if (leaked === undefined) continue;
      found.push({
        message: `${question.id}: the answer ${quoted(leaked)} stands in the question ${quoted(question.question)}`,
        where,
        hint: 'Word the question without it, or ask for more than it gives away.',
        questions: [question.id],
      });
    }
    return found;
  },
};
