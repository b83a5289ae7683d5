import { GroundspeedError } from '../kernel/errors.ts';
import type { LocatedQuestion } from './questions.ts';

export const DEFAULT_SPLIT = 'test';

/**
 * The questions of one split. Questions without a split belong to all; a set where none has one is asked whole, and
 * its split is undefined. A split that is not there is `dataset.missing`, naming those that are.
 */
export function selectSplit(
  questions: readonly LocatedQuestion[],
  wanted: string | undefined,
  file: string,
): { split: string | undefined; questions: readonly LocatedQuestion[] } {
  const splits = new Set(
    questions.map(({ question }) => question.split).filter((split) => split !== undefined),
  );
  const split = wanted ?? DEFAULT_SPLIT;
  if (splits.size === 0 && split === DEFAULT_SPLIT) return { split: undefined, questions };
  if (!splits.has(split)) throw unknownSplit(split, [...splits], file);
  return {
    split,
    questions: questions.filter(({ question }) => (question.split ?? split) === split),
  };
}

export function unknownSplit(split: string, known: readonly string[], where: string): GroundspeedError {
  const hint =
    known.length > 0
      ? `Choose one of these with --split: ${known.toSorted().join(', ')}.`
      : 'This set has no splits: leave --split out.';
  return new GroundspeedError('dataset.missing', `The golden set has no split ${JSON.stringify(split)}.`, {
    where,
    hint,
  });
}
