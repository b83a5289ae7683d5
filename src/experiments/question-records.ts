import type { GoldenQuestion } from '../datasets/golden.ts';
import type { FunnelClass, Right } from '../judging/returned.ts';
import type { TargetResponse } from '../load/target.ts';
import type { QuestionRecord } from '../records/schema.ts';
import { worstQuestions } from '../records/worst.ts';

/** One golden question, asked once and judged. */
export interface Judged {
  readonly question: GoldenQuestion;
  /** Undefined where the request failed. */
  readonly response: TargetResponse | undefined;
  readonly error: string | null;
  readonly latency: number;
  readonly right: Right;
  readonly funnel: FunnelClass;
  readonly firstRelevantRank: number | null;
  readonly scores: Readonly<Record<string, number | null>>;
  /** Of a model, where one was asked. */
  readonly judgements?: QuestionRecord['judgements'] | undefined;
}

/** Documents of a ranking that the record keeps. Scores were taken of the whole one. */
const RANKED = 10;

/** Questions whose passages the record keeps: all of a small set, the worst of a large one. They would be most of it. */
const WITH_PASSAGES = 100;
/** Passages of a question that are kept, and characters of each. */
const PASSAGES = 10;
const PASSAGE_LENGTH = 2000;

/** The questions as the record keeps them: a few megabytes at most, however many there are. */
export function questionRecords(judged: readonly Judged[]): QuestionRecord[] {
  const questions = judged.map(withoutPassages);
  const shown = new Set(worstQuestions(questions, WITH_PASSAGES));
  const keepsAll = questions.length <= WITH_PASSAGES;
  return questions.map((question, index) => {
    const passages = judged[index]!.response?.passages;
    if (question.returned === null || passages === undefined || !(keepsAll || shown.has(question))) {
      return question;
    }
    return {
      ...question,
      returned: { ...question.returned, passages: passages.slice(0, PASSAGES).map(passageRecord) },
    };
  });
}

function withoutPassages({ question, response, latency, judgements, ...verdict }: Judged): QuestionRecord {
  return {
    id: question.id,
    question: question.question,
    kind: question.kind ?? null,
    difficulty: question.difficulty ?? null,
    tags: [...question.tags],
    answerable: question.answerable,
    must: question.must,
    expected: {
      answers: [...question.answers],
      forbidden: [...question.forbidden],
      evidence: question.evidence.map((group) => group.map(({ document, quote }) => ({ document, quote }))),
      relevant: [...question.relevant].filter(([, grade]) => grade > 0).map(([id]) => id),
    },
    returned: response === undefined ? null : returnedRecord(response),
    ...verdict,
    scores: Object.fromEntries(Object.entries(verdict.scores).map(([name, value]) => [name, rounded(value)])),
    ...(judgements !== undefined && { judgements }),
    latencyMs: latency,
  };
}

/** Six decimals: more would be most of a record of thousands of questions, and no figure shows them. */
const rounded = (score: number | null): number | null => score && Math.round(score * 1e6) / 1e6;

type Returned = NonNullable<QuestionRecord['returned']>;

function returnedRecord(response: TargetResponse): Returned {
  return {
    answer: response.answer ?? null,
    abstained: response.abstained,
    confidence: response.confidence ?? null,
    passages: null,
    citations: response.citations ? [...response.citations] : null,
    ranking: rankedIds(response),
  };
}

/** Of a target that returns passages alone, the documents in the order of their best: few keep the passages themselves. */
function rankedIds({ ranking, passages }: TargetResponse): string[] | null {
  if (ranking !== undefined) return ranking.ids.slice(0, RANKED);
  if (passages === undefined) return null;
  return [...new Set(passages.map(({ documentId }) => documentId))].slice(0, RANKED);
}

type Passage = NonNullable<TargetResponse['passages']>[number];

function passageRecord({
  documentId,
  title,
  text,
  score,
}: Passage): NonNullable<Returned['passages']>[number] {
  return {
    documentId,
    title: title ?? null,
    text: text === undefined ? null : clipped(text),
    score: score ?? null,
  };
}

function clipped(text: string): string {
  return text.length <= PASSAGE_LENGTH ? text : `${text.slice(0, PASSAGE_LENGTH)} …`;
}
