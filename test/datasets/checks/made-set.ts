import type { CheckedQuestion, CheckedSet } from '../../../src/datasets/checks/check.ts';
import { type CorpusDocument, type GoldenQuestion, goldenQuestion } from '../../../src/datasets/golden.ts';

export type Written = Partial<Omit<GoldenQuestion, 'relevant'>> & {
  readonly relevant?: Readonly<Record<string, number>>;
  readonly splits?: readonly string[];
};

/** A question in line `line` of `questions.jsonl`, with nothing but an id and words unless more is written. */
export function checked({ relevant = {}, splits, ...written }: Written, line = 1): CheckedQuestion {
  const question: GoldenQuestion = goldenQuestion({
    id: `q${line}`,
    question: `Question ${line}?`,
    ...written,
    relevant: new Map(Object.entries(relevant)),
  });
  return {
    question,
    where: `questions.jsonl:${line}`,
    splits: splits ?? (question.split === undefined ? [] : [question.split]),
  };
}

export function documentOf(id: string, text: string, title = ''): CorpusDocument {
  return { id, title, text, metadata: {} };
}

/** A set of these questions, one a line, and these documents' texts by id. */
export function setOf(
  questions: readonly Written[],
  documents?: Readonly<Record<string, string>>,
  more: Partial<CheckedSet> = {},
): CheckedSet {
  return {
    name: 'made',
    questions: questions.map((one, at) => checked(one, at + 1)),
    documents:
      documents && new Map(Object.entries(documents).map(([id, text]) => [id, documentOf(id, text)])),
    manifest: undefined,
    oddities: [],
    strays: [],
    baseline: undefined,
    pool: undefined,
    depth: 10,
    ...more,
  };
}
