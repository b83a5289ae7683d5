import type { ComparisonRecord, IndicatorDifference, PairedRecord, RunRecord } from '../records/schema.ts';
import { quantile, sortSamples } from '../statistics/quantiles.ts';
import { comparedWords } from './comparison.ts';
import { score, share } from './format.ts';
import { clip, oneLine } from './plain.ts';

/** Variants by quality, p95 and cost: which of them another one beats, as far as their differences are told from chance. */

export interface Standing {
  readonly name: string;
  readonly quality: number;
  readonly qualityCi95: readonly [number, number] | null;
  /** Median over the blocks, in milliseconds. */
  readonly p95: number | null;
  /** The middle half of the blocks. */
  readonly p95Middle: readonly [number, number] | null;
  /** Median over the blocks, in US dollars a query. */
  readonly cost: number | null;
  /**
   * A variant that is told better in something, and no worse in anything, by its figures or by the tests; undefined on the front.
   */
  readonly dominatedBy: string | undefined;
  /** On the front, but a variant whose figures are as good in everything: what parts the two can be chance. */
  readonly aboutAsGoodAs: string | undefined;
}

export interface Standings {
  /** What quality is: right answers, or a measure. */
  readonly compared: string;
  readonly write: (value: number | null | undefined) => string;
  readonly variants: readonly Standing[];
  /** Whether cost tells them apart. */
  readonly withCost: boolean;
}

type Variant = ComparisonRecord['variants'][number];

/** Undefined where fewer than two variants have both a quality and a p95. */
export function standings({ comparison, paired }: RunRecord): Standings | undefined {
  if (!comparison || !paired) return undefined;
  const compared = qualityOf(comparison.variants);
  if (compared === undefined) return undefined;
  const found = comparison.variants.flatMap((variant): Candidate[] => {
    const quality = qualityIn(variant, compared);
    const p95 = spread(paired, variant.name, 'p95');
    if (quality.mean === null || p95 === null) return [];
    const cost = spread(paired, variant.name, 'cost-per-query');
    return [
      {
        id: variant.name,
        name: clip(oneLine(variant.name), 80),
        quality: quality.mean,
        qualityCi95: quality.ci95,
        p95: p95.median,
        p95Middle: p95.middle,
        cost: cost?.median ?? null,
      },
    ];
  });
  if (found.length < 2) return undefined;
  const costs = found.map(({ cost }) => cost);
  const withCost = costs.every((cost) => cost !== null) && new Set(costs).size > 1;
  return {
    compared: comparedWords(compared),
    write: compared === 'right' ? share : score,
    withCost,
    variants: found.map((own) => {
      const better = found
        .filter((other) => isNowhereWorse(other, own, withCost))
        .sort((one, other) => other.quality - one.quality);
      const told = better.find((other) =>
        isToldBetter(other, own, { comparison, paired, compared, withCost }),
      );
      const { id: _, ...standing } = own;
      return {
        ...standing,
        dominatedBy: told?.name,
        aboutAsGoodAs: told === undefined ? better[0]?.name : undefined,
      };
    }),
  };
}

/** Right answers where every variant was scored so, else the first measure that all have. */
function qualityOf(variants: readonly Variant[]): string | undefined {
  if (variants.length > 0 && variants.every(({ quality }) => quality.right.mean !== null)) return 'right';
  return variants[0]?.quality.measures.find(({ name }) =>
    variants.every((variant) => qualityIn(variant, name).mean !== null),
  )?.name;
}

function qualityIn(
  { quality }: Variant,
  compared: string,
): Pick<Variant['quality']['right'], 'mean' | 'ci95'> {
  if (compared === 'right') return quality.right;
  return quality.measures.find(({ name }) => name === compared) ?? { mean: null, ci95: null };
}

function spread(
  { blocks }: PairedRecord,
  variant: string,
  indicator: string,
): { median: number; middle: [number, number] } | null {
  const values = blocks
    .filter((block) => block.variant === variant && block.valid && !block.warmup && block.batch === 0)
    .flatMap((block) => block.indicators[indicator] ?? []);
  if (values.length === 0) return null;
  const sorted = sortSamples(values);
  const at = (p: number): number => quantile(sorted, p);
  return { median: at(0.5), middle: [at(0.25), at(0.75)] };
}

interface Candidate extends Omit<Standing, 'dominatedBy' | 'aboutAsGoodAs'> {
  /** As the record names it. */
  readonly id: string;
}

/** By the figures alone: as good in everything, and better in something. */
function isNowhereWorse(one: Candidate, own: Candidate, withCost: boolean): boolean {
  const losses = (of: Candidate): number[] => [-of.quality, of.p95 ?? 0, ...(withCost ? [of.cost ?? 0] : [])];
  const [theirs, mine] = [losses(one), losses(own)];
  return (
    theirs.every((loss, index) => loss <= mine[index]!) && theirs.some((loss, index) => loss < mine[index]!)
  );
}

interface Tests {
  readonly comparison: ComparisonRecord;
  readonly paired: PairedRecord;
  readonly compared: string;
  readonly withCost: boolean;
}

/** Whether the comparison tells one from the other, to its favour, in quality, p95 or cost, and in none to its disfavour. */
function isToldBetter(one: Candidate, own: Candidate, tests: Tests): boolean {
  const { comparison, paired, compared, withCost } = tests;
  const isOf = ({ a, b }: { readonly a: string; readonly b: string }): boolean =>
    (a === own.id && b === one.id) || (a === one.id && b === own.id);
  const quality = comparison.overall.filter(
    (row) => row.compared === compared && row.kind === null && isOf(row),
  );
  const indicators = ['p95', ...(withCost ? ['cost-per-query'] : [])];
  const speed = paired.differences.filter(
    (row) => row.stage === null && indicators.includes(row.indicator) && isOf(row),
  );
  const words = [...quality, ...speed].map(({ b, word }) => wordOf(word, b === one.id));
  return words.includes('better') && !words.includes('worse');
}

/** A word is of the second of a pair; of the first it is the other way round. */
function wordOf(word: IndicatorDifference['word'], isSecond: boolean): IndicatorDifference['word'] {
  if (isSecond || (word !== 'better' && word !== 'worse')) return word;
  return word === 'better' ? 'worse' : 'better';
}

/** Who stands on the front, who is dominated by whom, and who only looks so. */
export function standingSentences({ variants, compared, withCost }: Standings): string[] {
  const front = variants.filter(({ dominatedBy }) => dominatedBy === undefined);
  const dominated = variants.filter(({ dominatedBy }) => dominatedBy !== undefined);
  const alike = front.filter(({ aboutAsGoodAs }) => aboutAsGoodAs !== undefined);
  const by = `${compared}, p95${withCost ? ' and cost' : ''}`;
  return [
    `On the front of ${by}: ${front.map(({ name }) => name).join(', ')}.`,
    ...dominated.map(
      ({ name, dominatedBy }) =>
        `${name} is dominated: ${dominatedBy} is at least as good in ${by}, and told to be better in one of them.`,
    ),
    ...alike.map(
      ({ name, aboutAsGoodAs }) =>
        `${name} is about as good as ${aboutAsGoodAs}: its figures are no better in any of ${by}, but what parts the two can be chance.`,
    ),
  ];
}
