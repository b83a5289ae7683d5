import type { QuestionCase } from './case.ts';

/** Grade by document id. 1 and above is relevant, 0 judged and not relevant, below 0 counts as unjudged (as in trec_eval). */
export type Grades = ReadonlyMap<string, number>;

/** What a measure says of itself; help and docs are made from it. */
interface Description {
  /** Without the cutoff: `ndcg`. */
  readonly name: string;
  /** Whether the name takes `@k`, may take it, or takes `@Ntokens`. */
  readonly cutoff: 'none' | 'optional' | 'required' | 'tokens';
  /** One line. */
  readonly description: string;
  readonly range: readonly [number, number];
  readonly gain?: string;
  readonly discount?: string;
  readonly citation: string;
}

/** A measure of a ranked list of documents. */
export interface RetrievalFamily extends Description {
  readonly kind: 'retrieval';
  /** `ranking`: document ids, best first, each once. `k` is Infinity without a cutoff. 0 where nothing is relevant. */
  score(ranking: readonly string[], grades: Grades, k: number): number;
}

/** What a target must show for a measure to be taken. */
export type Reads = 'answer' | 'citations' | 'passages' | 'ranking';

/** A measure of what came back for one golden question. */
export interface AnswerFamily extends Description {
  readonly kind: 'answer';
  readonly reads: Reads;
  /** Null where the measure says nothing about this question: it is left out of the mean. */
  score(input: QuestionCase, k: number): number | null;
}

export type MeasureFamily = RetrievalFamily | AnswerFamily;

/** A family with its cutoff: what `ndcg@10` names. */
export type Measure = RetrievalMeasure | AnswerMeasure;

export interface RetrievalMeasure {
  readonly kind: 'retrieval';
  readonly name: string;
  readonly family: RetrievalFamily;
  readonly k: number;
}

export interface AnswerMeasure {
  readonly kind: 'answer';
  readonly name: string;
  readonly family: AnswerFamily;
  readonly k: number;
}

export const isRetrievalMeasure = (measure: Measure): measure is RetrievalMeasure =>
  measure.kind === 'retrieval';

/** How names of a family are written: `ndcg[@k]`, `recall@k`, `evidence-recall@Ntokens`. */
export function namePattern({ name, cutoff }: MeasureFamily): string {
  return { none: name, optional: `${name}[@k]`, required: `${name}@k`, tokens: `${name}@Ntokens` }[cutoff];
}
