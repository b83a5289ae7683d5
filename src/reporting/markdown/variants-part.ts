import type { DifferenceRecord, RunRecord } from '../../records/schema.ts';
import {
  comparedWords,
  evidenceMeasure,
  findings,
  kindFindings,
  pairWords,
  pValue,
  signed,
  signedInterval,
  testWords,
  variantRows,
  winsTiesLosses,
} from '../comparison.ts';
import { oneLine } from '../plain.ts';
import { repeatWords } from '../variant-flips.ts';
import { escapeMarkdown, table, titled } from './text.ts';
import { flippedPart } from './variant-flips.ts';

/** Variants, what they differ by, and which differences are real. */
export function variantsPart({ comparison, seed }: RunRecord): string {
  if (!comparison) return '';
  const evidence = evidenceMeasure(comparison);
  const variants = table(
    [
      'Variant',
      'Right',
      '95 % interval',
      'ndcg@10',
      'success@5',
      ...(evidence === undefined ? [] : [evidence]),
      'Sets',
    ],
    variantRows(comparison).map((row) => [
      row.name,
      row.right,
      row.rightCi95,
      row.ndcg,
      row.accuracy,
      ...(evidence === undefined ? [] : [row.evidence]),
      row.settings,
    ]),
  );
  const { real, open } = kindFindings(comparison);
  const blocks = [
    findings(comparison)
      .map((sentence) => `- ${escapeMarkdown(sentence)}`)
      .join('\n'),
    ...(comparison.notes ?? []).map(escapeMarkdown),
    escapeMarkdown(repeatWords(comparison)),
    variants,
    differences(comparison.overall),
    differences(real),
    comparison.byKind.length === 0
      ? ''
      : escapeMarkdown(
          `${open} of ${comparison.byKind.length} comparisons within a kind can't be told from chance.`,
        ),
    flippedPart(comparison),
    escapeMarkdown(testWords(comparison, seed)),
  ];
  return titled('Variants compared', blocks.filter((block) => block !== '').join('\n\n'));
}

function differences(rows: readonly DifferenceRecord[]): string {
  return table(
    ['Difference', 'Kind', 'Of', 'Mean', '95 % interval', 'Adjusted p', 'Better / same / worse', 'Verdict'],
    rows.map((row) => [
      pairWords(row),
      oneLine(row.kind ?? 'all'),
      comparedWords(row.compared),
      signed(row.mean, row.compared),
      signedInterval(row.ci95, row.compared),
      pValue(row.adjustedP),
      winsTiesLosses(row),
      row.word,
    ]),
  );
}
