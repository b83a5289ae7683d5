import { type GoldenSet, goldenQuestion } from '../../src/datasets/golden.ts';
import { sha256 } from '../../src/kernel/digest.ts';
import { DOCUMENT, WORDS } from './servers/answer.ts';

const ASKERS = [
  'a child',
  'a student',
  'a pensioner',
  'an adult',
  'a group of ten',
  'a cyclist',
  'a resident',
];
const TIMES = ['on a weekday', 'on a Sunday', 'in winter', 'at night', 'during the regatta', 'on a holiday'];

/** Golden questions of usual length, without a corpus: what the servers of these programs answer is right for all of them. */
export function madeQuestions(count: number): GoldenSet {
  const questions = Array.from({ length: count }, (_, number) =>
    goldenQuestion({
      id: `q${number}`,
      question: `What does a single to the island cost for ${ASKERS[number % ASKERS.length]} ${TIMES[number % TIMES.length]}, by ferry ${number}?`,
      answers: [WORDS],
      relevant: new Map([[DOCUMENT, 1]]),
    }),
  );
  return {
    name: 'made',
    format: 'groundspeed',
    version: undefined,
    licence: undefined,
    split: undefined,
    questions,
    corpus: undefined,
    warnings: [],
    questionsHash: sha256(questions.map(({ question }) => question).join('\n')),
    corpusHash: undefined,
  };
}
