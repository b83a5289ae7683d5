import { abstains } from '../measures/case.ts';
import { containsAnswer } from '../text/answers.ts';
import type { FunnelClass, Returned, Right } from './returned.ts';
import { DEFAULT_K, isRelevant } from './right.ts';
import { type Search, STAGES, type Whereabouts, worstWhereabouts } from './whereabouts.ts';

export interface Arrival extends Omit<Search, 'returned'> {
  /** Undefined unless the request was completed. */
  readonly returned: Returned | undefined;
  readonly outcome: 'completed' | 'error' | 'timeout' | 'dropped';
  readonly inTime: boolean;
  /** As `judgeRight` says; of no consequence unless the request was completed. */
  readonly right: Right;
}

export interface Classification {
  readonly class: FunnelClass;
  /** One plain sentence for whoever asks why. */
  readonly why: string;
  /** Rank (from 1) of the first relevant document; null where none came, none is known, or it is hidden. */
  readonly firstRelevantRank: number | null;
}

/**
 * The one class of the funnel that an arrival falls into. The tests, in order; the first that holds decides:
 *
 * 1. It has no result: `dropped`, `error`, `timeout`.
 * 2. It could not be judged: `unscored`.
 * 3. It is right: `right-in-time` or `right-late`.
 * 4. It is wrong, and the question cannot be answered: `should-have-abstained`.
 * 5. It is wrong, and the golden evidence did not come through. Evidence is followed from the corpus to the context,
 *    and the stage that lost it names the class: `not-in-corpus`, `not-in-top-100` (of the ranking), `below-k` (ranked,
 *    and not in the passages), `cut-from-context`. A group of alternatives came as far as its best quote; a question of
 *    several hops as far as its worst group. Without evidence quotes, the relevant documents are followed.
 * 6. That stage cannot be told, since the target hides it or the question names no evidence: `unknown`.
 * 7. The evidence was in the context: `wrongly-abstained` or `answered-wrong`.
 */
export function classify(arrival: Arrival): Classification {
  const { outcome, returned } = arrival;
  if (outcome !== 'completed') return { class: outcome, why: FAILED[outcome], firstRelevantRank: null };
  if (returned === undefined) {
    return {
      class: 'unknown',
      why: 'The request was completed, but nothing was kept of it.',
      firstRelevantRank: null,
    };
  }
  return {
    ...explain({ ...arrival, returned }),
    firstRelevantRank: firstRelevantRank({ ...arrival, returned }),
  };
}

const FAILED = {
  dropped: 'The request was never sent: too many were under way.',
  error: 'The target failed to answer.',
  timeout: 'The target had not answered when time ran out.',
} as const;

type Explained = Omit<Classification, 'firstRelevantRank'>;
type Completed = Arrival & { readonly returned: Returned };

function explain(arrival: Completed): Explained {
  const { question, returned, right, inTime } = arrival;
  if (right === 'unscored') {
    const why = 'The golden question says nothing about what the target returned.';
    return { class: 'unscored', why };
  }
  if (right === 'right') {
    return inTime
      ? { class: 'right-in-time', why: 'The answer is right, and came within the deadline.' }
      : { class: 'right-late', why: 'The answer is right, but came after the deadline.' };
  }
  if (!question.answerable) {
    const why = returned.lastResort
      ? 'The question cannot be answered, and a last-resort answer is no abstention.'
      : 'The question cannot be answered, but the target answered it.';
    return { class: 'should-have-abstained', why };
  }
  return explainWrong(arrival);
}

function explainWrong(arrival: Completed): Explained {
  const whereabouts = worstWhereabouts(arrival);
  if (whereabouts === undefined) {
    const why = 'The golden question names neither evidence nor a relevant document to look for.';
    return { class: 'unknown', why };
  }
  const { best, worst } = whereabouts;
  if (best !== worst) {
    const why = `The target hides where the evidence in ${named(whereabouts)} was lost.`;
    return { class: 'unknown', why };
  }
  const stage = STAGES[best] ?? 'context';
  if (stage === 'context') return explainAnswer(arrival);
  return {
    class: stage === 'cut' ? 'cut-from-context' : stage,
    why: explainLoss(stage, whereabouts, arrival),
  };
}

function explainLoss(
  stage: Exclude<(typeof STAGES)[number], 'context'>,
  whereabouts: Whereabouts,
  { returned, k = DEFAULT_K }: Completed,
): string {
  const { documentRank, passageRank, depth } = whereabouts;
  const document = named(whereabouts);
  switch (stage) {
    case 'not-in-corpus':
      return `Document ${document} is not in the corpus that was searched.`;
    case 'not-in-top-100':
      return `Document ${document} is not among the ${returned.ranking?.ids.length ?? 0} documents that were ranked.`;
    case 'below-k': {
      const top = depth === undefined ? `top ${k} documents` : `top ${depth} passages`;
      return documentRank === null
        ? `The evidence in ${document} is not in the ${top}.`
        : `Document ${document} has rank ${documentRank}, but its evidence is not in the ${top}.`;
    }
    case 'cut':
      return `The evidence in ${document} came with passage ${passageRank}, but only ${returned.contextSize} went into the context.`;
  }
}

function explainAnswer({ question, returned }: Completed): Explained {
  if (abstains(returned)) {
    return { class: 'wrongly-abstained', why: 'The evidence was in the context, but the target abstained.' };
  }
  return { class: 'answered-wrong', why: wrongAnswer() };

  function wrongAnswer(): string {
    if (returned.lastResort) return 'A last-resort answer stood in for the pipeline; it is never right.';
    const forbidden = question.forbidden.find((value) => containsAnswer(returned.answer ?? '', value));
    return forbidden === undefined
      ? 'The evidence was in the context, but the answer holds none of the golden answers.'
      : `The evidence was in the context, but the answer holds ${JSON.stringify(forbidden)}, which is forbidden.`;
  }
}

const named = ({ document }: Whereabouts): string => JSON.stringify(document);

function firstRelevantRank({ question, returned }: Completed): number | null {
  if (!question.answerable) return null;
  const ids = returned.ranking?.ids ?? [...new Set(returned.passages?.map(({ documentId }) => documentId))];
  const index = ids.findIndex((id) => isRelevant(question, id));
  return index < 0 ? null : index + 1;
}
