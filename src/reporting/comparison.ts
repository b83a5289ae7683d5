import type { ComparisonRecord, DifferenceRecord, RunRecord } from '../records/schema.ts';
import { counted, interval, MISSING, score, share } from './format.ts';
import { oneLine } from './plain.ts';

/** What all reports say of variants that were compared. */

/** What is compared, in words: right answers, ndcg@10. */
export const comparedWords = (compared: string): string =>
  compared === 'right' ? 'right answers' : compared;

/** A difference with its sign: +3.2 points of a share, +0.041 of a score. */
export function signed(value: number | null, compared: string): string {
  if (value === null) return MISSING;
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  const size = Math.abs(value);
  return compared === 'right' ? `${sign}${(100 * size).toFixed(1)} points` : `${sign}${size.toFixed(3)}`;
}

/** The interval of a difference: −0.012 to +0.034. */
export function signedInterval(ends: DifferenceRecord['ci95'], compared: string): string {
  return ends === null
    ? MISSING
    : ends.map((end) => signed(end, compared).replace(' points', '')).join(' to ');
}

/** A p value as far as it can be told: 0.013, < 0.001. */
export function pValue(p: number | null): string {
  if (p === null) return MISSING;
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** Questions on which the first scores higher, as high, and lower. */
export const winsTiesLosses = ({ wins, ties, losses }: DifferenceRecord): string =>
  `${wins} / ${ties} / ${losses}`;

/** "hybrid against bm25": the difference is the first's advantage over the second. */
export const pairWords = ({ a, b }: Pick<DifferenceRecord, 'a' | 'b'>): string =>
  `${oneLine(b)} against ${oneLine(a)}`;

/** Which differences over all questions are real, one sentence each, and what could not have been seen. */
export function findings(comparison: ComparisonRecord): string[] {
  const real = comparison.overall.filter(({ word }) => word !== "can't tell");
  const open = comparison.overall.filter(({ word }) => word === "can't tell");
  return [
    ...real.map(
      (row) =>
        `${oneLine(row.b)} is ${row.word} than ${oneLine(row.a)} in ${comparedWords(row.compared)}${
          row.kind === null ? '' : ` (${oneLine(row.kind)})`
        }: ${signed(row.mean, row.compared)}, adjusted p ${pValue(row.adjustedP)}.`,
    ),
    ...openSentence(open, real.length > 0),
  ];
}

/** Of the pairs that can't be told apart: the smallest difference that would have been found, as a rule. */
function openSentence(rows: readonly DifferenceRecord[], others: boolean): string[] {
  if (rows.length === 0) return [];
  const seen = [...new Set(rows.map(({ compared }) => compared))].flatMap((compared) => {
    const sizes = rows
      .filter((row) => row.compared === compared)
      .flatMap(({ detectable }) => detectable ?? []);
    if (sizes.length === 0) return [];
    const size = signed(Math.max(...sizes), compared).slice(1);
    return [`${size} of ${comparedWords(compared)}`];
  });
  const limit =
    seen.length === 0 ? '' : ` Differences under ${seen.join(' or ')} cannot be seen with these questions.`;
  const none = `None of ${others ? 'the other' : 'the'} ${counted(rows.length, 'difference')} can be told from chance.`;
  return [`${none}${limit}`];
}

/** By kind: the rows that are real, and how many are not. */
export function kindFindings({ byKind }: ComparisonRecord): { real: DifferenceRecord[]; open: number } {
  const real = byKind.filter(({ word }) => word !== "can't tell");
  return { real, open: byKind.length - real.length };
}

/** How the differences were tested, so that a reader may check it. */
export function testWords(
  { alpha, flips, overall, byKind }: ComparisonRecord,
  seed: RunRecord['seed'],
): string {
  const tables = [
    `${overall.length} over all questions`,
    ...(byKind.length > 0 ? [`${byKind.length} by kind`] : []),
  ];
  return `Paired randomisation over questions, two-sided, ${flips} sign flips (seed ${seed}); p adjusted by Holm over the rows of each table (${tables.join(', ')}): where nothing differs, at most one table in ${Math.round(1 / alpha)} names a difference at all.`;
}

export interface VariantRow {
  readonly name: string;
  readonly settings: string;
  readonly right: string;
  readonly rightCi95: string;
  readonly ndcg: string;
  readonly accuracy: string;
  /** Within a budget of tokens, where variants cut documents otherwise. */
  readonly evidence: string;
}

/** The measure by which variants are compared that cut documents otherwise; undefined where none do. */
export const evidenceMeasure = ({ overall }: ComparisonRecord): string | undefined =>
  overall.find(({ compared }) => compared.startsWith('evidence-recall@'))?.compared;

/** The variants and their own figures. */
export function variantRows(comparison: ComparisonRecord): VariantRow[] {
  const evidence = evidenceMeasure(comparison);
  return comparison.variants.map(({ name, settings, quality }) => ({
    name: oneLine(name),
    settings: settings.map(oneLine).join(', '),
    right: share(quality.right.mean),
    rightCi95: interval(quality.right.ci95, share),
    ndcg: score(quality.measures.find((measure) => measure.name === 'ndcg@10')?.mean),
    evidence: score(quality.measures.find((measure) => measure.name === evidence)?.mean),
    accuracy: share(quality.retrievalAccuracy.mean),
  }));
}
