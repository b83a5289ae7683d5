import type { ComparisonRecord, FlippedRecord, FlipRecord } from '../records/schema.ts';
import { pairWords } from './comparison.ts';
import { count, counted } from './format.ts';
import { flipKind } from './gate-words.ts';
import { oneLine } from './plain.ts';

/** What all reports say of questions that came out otherwise with one variant than with another. */

/** Pairs of variants that a report goes through, at most. */
const MOST_PAIRS = 12;

export interface ShownPairs {
  /** Those with a question that flipped, in the order of the record. */
  readonly pairs: readonly FlippedRecord[];
  /** Pairs beyond, which record.json has. */
  readonly more: number;
}

export function shownPairs({ flipped = [] }: ComparisonRecord): ShownPairs {
  const pairs = flipped.filter(({ total }) => total > 0);
  return { pairs: pairs.slice(0, MOST_PAIRS), more: Math.max(0, pairs.length - MOST_PAIRS) };
}

/** "hybrid against bm25: 34 questions came out otherwise; 5 are right no longer, 9 are now." */
export function flippedWords(pair: FlippedRecord): string {
  const { total, broke, mended } = pair;
  const turned =
    broke + mended === 0
      ? 'none of them is right with one alone'
      : [
          ...(broke > 0 ? [`${count(broke)} ${broke === 1 ? 'is' : 'are'} right no longer`] : []),
          ...(mended > 0 ? [`${count(mended)} ${mended === 1 ? 'is' : 'are'} right now`] : []),
        ].join(', ');
  return `${pairWords(pair)}: ${counted(total, 'question')} came out otherwise; ${turned}.`;
}

/** The flips worth a line of their own: those that turned right or wrong. */
export const turnedFlips = ({ flips }: FlippedRecord): FlipRecord[] =>
  flips.filter((flip) => flipKind(flip) !== 'changed');

/** "Each question was asked 3 times …", and how often that made a difference; empty where each was asked once. */
export function repeatWords({ repeats = 1, variants }: ComparisonRecord): string {
  if (repeats < 2) return '';
  const each = variants.map(({ name, differing = 0, scores }) => {
    const questions = Object.values(scores)[0]?.length ?? 0;
    return `${oneLine(name)} ${count(differing)} of ${count(questions)}`;
  });
  return `Each question was asked ${repeats} times of each variant, and counts once, by its mean. Questions that did not come out the same each time: ${each.join(', ')}.`;
}
