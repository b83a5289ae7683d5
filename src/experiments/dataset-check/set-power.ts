import type { CheckedQuestion } from '../../datasets/checks/check.ts';
import { DEFAULT_SPLIT } from '../../datasets/splits.ts';
import {
  leastMeanDifference,
  leastShareDifference,
  questionsForMean,
  questionsForShare,
} from '../../statistics/power.ts';

/**
 * What is assumed of two variants that are not yet known: they disagree on a fifth of the questions (whether the answer
 * is right), and their scores per question (nDCG@10) differ with a standard deviation of a quarter.
 */
export const ASSUMED = { discordance: 0.2, sd: 0.25, power: 0.8, alpha: 0.05 } as const;

/** Fewer questions have no mean worth comparing. */
const LEAST_SCORED = 10;

/** Differences that people want to see: how many questions these take. */
const WANTED = { share: 0.05, mean: 0.02 } as const;

export interface KindPower {
  /** Null is all kinds together. */
  readonly kind: string | null;
  /** Over all splits that were looked at. */
  readonly questions: number;
  readonly bySplit: Readonly<Record<string, number>>;
  /** Of the split that comparisons are made on. */
  readonly compared: number;
  /** Of these, those that mean scores are taken over: they can be answered, and have documents or answers to find. */
  readonly scored: number;
  /** The least difference of a share and of a mean score that it detects; null where there are too few questions. */
  readonly leastShare: number | null;
  readonly leastMean: number | null;
}

export interface SetPower {
  readonly assumed: typeof ASSUMED;
  /** The split that the power is of: the one asked for, else `test`; null where the set has none of that name. */
  readonly split: string | null;
  /** All kinds together first, then each kind by name. */
  readonly kinds: readonly KindPower[];
  readonly wanted: readonly {
    readonly difference: number;
    readonly of: 'share' | 'mean';
    readonly questions: number;
  }[];
}

/** Counts by kind and split, and how small a difference each kind can show between two variants. */
export function powerOf(questions: readonly CheckedQuestion[], wanted?: string): SetPower {
  const splits = [...new Set(questions.flatMap((one) => one.splits))].sort();
  const split = comparedSplit(questions, wanted);
  const kinds = [...new Set(questions.map(({ question }) => question.kind))].filter(
    (kind) => kind !== undefined,
  );
  const rows = kinds.length > 1 ? kinds.sort() : [];
  const of = (kind: string | null): KindPower => {
    const own = questions.filter(({ question }) => kind === null || question.kind === kind);
    const compared = comparedOn(own, split);
    const scored = compared.filter(isScored).length;
    return {
      kind,
      questions: own.length,
      bySplit: Object.fromEntries(
        splits.map((name) => [name, own.filter((one) => one.splits.includes(name)).length]),
      ),
      compared: compared.length,
      scored,
      leastShare: leastShareDifference({ n: compared.length, discordance: ASSUMED.discordance }, ASSUMED),
      leastMean: scored < LEAST_SCORED ? null : leastMeanDifference({ n: scored, sd: ASSUMED.sd }, ASSUMED),
    };
  };
  return { assumed: ASSUMED, split, kinds: [of(null), ...rows.map(of)], wanted: questionsNeeded() };
}

/** The split that comparisons are made on: the one asked for, else `test`; null for a set without it. */
export function comparedSplit(questions: readonly CheckedQuestion[], wanted?: string): string | null {
  return wanted ?? (questions.some(({ splits }) => splits.includes(DEFAULT_SPLIT)) ? DEFAULT_SPLIT : null);
}

/** The questions of a split; without one, all of them. */
export function comparedOn(questions: readonly CheckedQuestion[], split: string | null): CheckedQuestion[] {
  return questions.filter(({ splits }) => split === null || splits.includes(split) || splits.length === 0);
}

const isScored = ({ question: { answerable, answers, relevant } }: CheckedQuestion): boolean =>
  answerable && (answers.length > 0 || [...relevant.values()].some((grade) => grade > 0));

function questionsNeeded(): SetPower['wanted'] {
  const share = questionsForShare({ difference: WANTED.share, discordance: ASSUMED.discordance }, ASSUMED);
  const mean = questionsForMean({ difference: WANTED.mean, sd: ASSUMED.sd }, ASSUMED);
  return [
    ...(share === null ? [] : [{ difference: WANTED.share, of: 'share' as const, questions: share }]),
    ...(mean === null ? [] : [{ difference: WANTED.mean, of: 'mean' as const, questions: mean }]),
  ];
}
