import { type GoldenQuestion, goldenQuestion } from '../../src/datasets/golden.ts';
import type { DocumentText, MeasuredReturn, QuestionCase } from '../../src/measures/case.ts';
import { scoreQuestions } from '../../src/measures/golden-scores.ts';
import { parseMeasures } from '../../src/measures/registry.ts';

export const question = (fields: Partial<GoldenQuestion> = {}): GoldenQuestion =>
  goldenQuestion({
    id: 'q1',
    question: 'What does the adult fare cost?',
    ...fields,
  });

export const returned = (fields: Partial<MeasuredReturn> = {}): MeasuredReturn => ({
  answer: undefined,
  abstained: false,
  lastResort: false,
  passages: undefined,
  contextSize: undefined,
  citations: undefined,
  ranking: undefined,
  ...fields,
});

export const noText: DocumentText = () => undefined;

export function scoresOf(
  measure: string,
  cases: readonly (Omit<QuestionCase, 'documentText'> & Partial<QuestionCase>)[],
) {
  const [parsed] = parseMeasures([measure]);
  return scoreQuestions(
    [parsed!],
    cases.map((input) => ({ documentText: noText, ...input })),
  ).map((scores) => scores[parsed!.name]);
}
