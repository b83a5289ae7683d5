import type { ComparisonRecord, PairedRecord, RunRecord } from '../records/schema.ts';
import { quantile, sortSamples } from '../statistics/quantiles.ts';
import { comparedWords } from './comparison.ts';
import { score, share } from './format.ts';
import { clip, oneLine } from './plain.ts';

/** Variants by quality, p95 and cost: which of them no other beats in everything. */

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
  /** A variant that is as good in everything and better in something; undefined on the front. */
  readonly dominatedBy: string | undefined;
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
  const found = comparison.variants.flatMap((variant): Omit<Standing, 'dominatedBy'>[] => {
    const quality = qualityIn(variant, compared);
    const p95 = spread(paired, variant.name, 'p95');
    if (quality.mean === null || p95 === null) return [];
    const cost = spread(paired, variant.name, 'cost-per-query');
    return [
      {
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
    variants: found.map((variant) => ({ ...variant, dominatedBy: dominator(variant, found, withCost) })),
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

type Candidate = Omit<Standing, 'dominatedBy'>;

/** One that is nowhere worse and somewhere better; of several the best in quality. */
function dominator(own: Candidate, all: readonly Candidate[], withCost: boolean): string | undefined {
  const losses = (one: Candidate): number[] => [
    -one.quality,
    one.p95 ?? 0,
    ...(withCost ? [one.cost ?? 0] : []),
  ];
  const mine = losses(own);
  const better = all.filter((other) => {
    const theirs = losses(other);
    return (
      theirs.every((loss, index) => loss <= mine[index]!) && theirs.some((loss, index) => loss < mine[index]!)
    );
  });
  return better.sort((one, other) => other.quality - one.quality)[0]?.name;
}

/** Who stands on the front, and who is dominated by whom. */
export function standingSentences({ variants, compared, withCost }: Standings): string[] {
  const front = variants.filter(({ dominatedBy }) => dominatedBy === undefined);
  const dominated = variants.filter(({ dominatedBy }) => dominatedBy !== undefined);
  const by = `${compared}, p95${withCost ? ' and cost' : ''}`;
  return [
    `On the front of ${by}: ${front.map(({ name }) => name).join(', ')}.`,
    ...dominated.map(
      ({ name, dominatedBy }) =>
        `${name} is dominated: ${dominatedBy} is at least as good in ${by}, and better in one of them.`,
    ),
  ];
}
