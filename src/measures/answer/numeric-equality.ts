import { type Lexeme, satisfies, valuedLexemes } from '../../text/lexemes.ts';
import type { AnswerFamily } from '../measure.ts';
import { bestOverAnswers } from './golden-answers.ts';

/**
 * Words do not count, so that an answer in other words, or in another language, can score. Of units, currencies and per
 * cent are compared: 20 % is not 0.2, and 4.50 is not known to be euros. Numbers that are spelt out are words.
 */
export const numericEquality: AnswerFamily = {
  kind: 'answer',
  name: 'numeric-equality',
  cutoff: 'none',
  reads: 'answer',
  description:
    'Whether the answer states every number and date of a golden answer, by value (1,000 is 1000; 20 % is not 0.2). Over answerable questions whose golden answers hold any.',
  range: [0, 1],
  citation:
    'Numeric accuracy as of Dua et al., NAACL 2019 (DROP, where numbers match as numbers or not at all), with dates by value too',
  score(input) {
    const { question } = input;
    if (!question.answerable) return null;
    const answers = question.answers.filter((golden) => valuesOf(golden).length > 0);
    if (answers.length === 0) return null;
    return bestOverAnswers({ ...input, question: { ...question, answers } }, states);
  },
};

function states(answer: string, golden: string): number {
  const stated = valuesOf(answer);
  return valuesOf(golden).every((asked) => stated.some((value) => satisfies(value, asked))) ? 1 : 0;
}

const valuesOf = (text: string): Lexeme[] =>
  valuedLexemes(text).filter(({ kind }) => kind === 'number' || kind === 'date');
