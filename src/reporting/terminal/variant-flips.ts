import type { ComparisonRecord, FlipRecord } from '../../records/schema.ts';
import { flipKind, flipWords } from '../gate-words.ts';
import { clip, oneLine } from '../plain.ts';
import { flippedWords, shownPairs, turnedFlips } from '../variant-flips.ts';
import { type Screen, wrap } from './layout.ts';

/** Flips of one pair that get a line. */
const SHOWN = 3;
const LONGEST_ID = 24;

/** How many questions flipped between variants, and the first of them. */
export function flippedLines(comparison: ComparisonRecord, { columns, colours }: Screen): string[] {
  const { pairs, more } = shownPairs(comparison);
  const line = (flip: FlipRecord): string => {
    const words = flipWords(flip);
    const [id, kind] = [clip(oneLine(flip.id), LONGEST_ID), flipKind(flip)];
    const paint = kind === 'broke' ? colours.red : kind === 'mended' ? colours.green : colours.dim;
    const room = columns - words.length - id.length - 6;
    const question = room < 10 ? '' : `  ${colours.dim(clip(oneLine(flip.question), room))}`;
    return `  ${paint(words)}  ${id}${question}`;
  };
  return [
    ...pairs.flatMap((pair) => [
      ...wrap(flippedWords(pair), columns),
      ...turnedFlips(pair).slice(0, SHOWN).map(line),
    ]),
    ...(more > 0 ? [colours.dim(`${more} more pairs of variants: record.json has them`)] : []),
  ];
}
