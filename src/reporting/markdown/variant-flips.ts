import type { ComparisonRecord, FlippedRecord } from '../../records/schema.ts';
import { counted } from '../format.ts';
import { flipWords } from '../gate-words.ts';
import { clip, oneLine } from '../plain.ts';
import { flippedWords, shownPairs, turnedFlips } from '../variant-flips.ts';
import { escapeMarkdown, table } from './text.ts';

/** Flips of one pair that are shown; the page has more. */
const SHOWN = 5;
const LONGEST = 120;

/** Which questions flipped between variants, in short: how many, and the first that turned right or wrong. */
export function flippedPart(comparison: ComparisonRecord): string {
  const { pairs, more } = shownPairs(comparison);
  if (pairs.length === 0) return '';
  return [
    ...pairs.flatMap((pair) => [escapeMarkdown(flippedWords(pair)), turnedTable(pair)]),
    more > 0 ? `${counted(more, 'more pair')} of variants: record.json has them.` : '',
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function turnedTable(pair: FlippedRecord): string {
  const cell = (text: string | null): string => clip(oneLine(text ?? 'no answer'), LONGEST);
  return table(
    ['Question', 'Flip', pair.a, pair.b].map((heading) => clip(oneLine(heading), LONGEST)),
    turnedFlips(pair)
      .slice(0, SHOWN)
      .map((flip) => [cell(flip.question), flipWords(flip), cell(flip.answerBefore), cell(flip.answerAfter)]),
  );
}
