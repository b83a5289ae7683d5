import type { IndicatorDifference, RunRecord } from '../../records/schema.ts';
import { counted } from '../format.ts';
import { differenceCells, PAIRED_TEST, pairedFindings, planWords, stageRows, wholeRows } from '../paired.ts';
import { standingSentences, standings } from '../pareto.ts';
import { clip, oneLine } from '../plain.ts';
import { settingRows } from '../settings-diff.ts';
import { fittingLines, fittingTable } from './fit.ts';
import { escapeMarkdown, table, titled } from './text.ts';

/** Bytes, at most, of the sentences and of each table. */
const ROOM = { sentences: 4_000, rows: 8_000, stages: 4_000, settings: 4_000 };

/** Variants that ran in turns: what is told of their speed, and on what it rests. */
export function pairedPart(record: RunRecord): string {
  const { paired } = record;
  if (!paired || paired.differences.length === 0) return '';
  const found = standings(record);
  const sentences = [...pairedFindings(paired), ...(found ? standingSentences(found) : [])];
  const blocks = [
    escapeMarkdown(planWords(paired)),
    fittingLines(
      sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`),
      ROOM.sentences,
    ).join('\n'),
    differenceTable(wholeRows(paired), ROOM.rows),
    differenceTable(stageRows(paired), ROOM.stages),
    escapeMarkdown(PAIRED_TEST),
  ];
  return titled('Speed, in turns', blocks.filter((block) => block !== '').join('\n\n'));
}

function differenceTable(rows: readonly IndicatorDifference[], bytes: number): string {
  const whole = table(
    [
      'Difference',
      'Of',
      'Before',
      'After',
      'Estimate',
      'Bounds',
      'Adjusted p',
      'Effect',
      'δ',
      'Could find',
      'Verdict',
    ],
    rows.map((row) => {
      const cells = differenceCells(row);
      return [
        cells.difference,
        cells.of,
        cells.before,
        cells.after,
        cells.estimate,
        cells.interval,
        cells.adjustedP,
        cells.effect,
        cells.delta,
        cells.detectable,
        cells.word,
      ];
    }),
  );
  const { text, left } = fittingTable(whole, bytes);
  return left === 0
    ? text
    : [text, `${counted(left, 'further row')} in the record.`].filter(Boolean).join('\n\n');
}

/** What sets variants apart: a row a setting that is not the same for all. */
export function settingsPart(record: RunRecord): string {
  const rows = settingRows(record);
  const names = record.comparison?.variants.map(({ name }) => clip(oneLine(name), 80)) ?? [];
  const whole = table(
    ['Setting', ...names],
    rows.map(({ path, values }) => [path, ...values]),
  );
  return titled('What sets them apart', fittingTable(whole, ROOM.settings).text);
}
