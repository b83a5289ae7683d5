import { hasRelevant, type MeasuredReturn, type QuestionCase, speaks } from './case.ts';
import type { Measure, Reads } from './measure.ts';

/** Score by measure name; null where the measure says nothing about the question, which is then left out of the mean. */
export type Scores = Readonly<Record<string, number | null>>;

/**
 * The scores of each question, in order. Retrieval measures are taken over questions that can be answered and have a
 * relevant document; a target that gives passages and no ranking is ranked by each document's first passage. A question
 * that came to nothing scores 0, but not on a measure of what this target never shows.
 */
export function scoreQuestions(measures: readonly Measure[], cases: readonly QuestionCase[]): Scores[] {
  const returns = cases.flatMap(({ returned }) => (returned === undefined ? [] : [returned]));
  const hidden = new Set(
    measures.filter(
      (measure) => returns.length > 0 && !returns.some((returned) => shows(returned, readsOf(measure))),
    ),
  );
  return cases.map((input) =>
    Object.fromEntries(
      measures.map((measure) => [measure.name, hidden.has(measure) ? null : scoreQuestion(measure, input)]),
    ),
  );
}

function scoreQuestion(measure: Measure, input: QuestionCase): number | null {
  if (measure.kind === 'answer') return measure.family.score(input, measure.k);
  const { question, returned } = input;
  if (!question.answerable || !hasRelevant(question)) return null;
  if (returned === undefined) return 0;
  const ranking = rankingOf(returned);
  return ranking === undefined ? null : measure.family.score(ranking, question.relevant, measure.k);
}

function rankingOf({ ranking, passages }: MeasuredReturn): readonly string[] | undefined {
  if (ranking !== undefined) return ranking.ids;
  return passages && [...new Set(passages.map(({ documentId }) => documentId))];
}

const readsOf = (measure: Measure): Reads => (measure.kind === 'answer' ? measure.family.reads : 'ranking');

function shows(returned: MeasuredReturn, reads: Reads): boolean {
  switch (reads) {
    case 'answer':
      return speaks(returned);
    case 'citations':
      return returned.citations !== undefined && returned.passages !== undefined;
    case 'passages':
      return returned.passages !== undefined;
    case 'ranking':
      return rankingOf(returned) !== undefined;
  }
}
