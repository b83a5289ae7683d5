import {
  type BlockRecord,
  INDICATOR_NAMES,
  type IndicatorDifference,
  type IndicatorName,
} from '../../records/schema.ts';
import { cliffsDelta } from '../../statistics/cliffs-delta.ts';
import { hodgesLehmann } from '../../statistics/hodges-lehmann.ts';
import { holm } from '../../statistics/holm.ts';
import { leastLogRatio } from '../../statistics/paired-power.ts';
import { mean, variance } from '../../statistics/quantiles.ts';
import { signedRankBounds, signedRankP } from '../../statistics/signed-rank.ts';
import { type BlockPair, pairBlocks } from './block-pairs.ts';
import {
  changeOf,
  LEAST_CHANGE,
  lossSign,
  onScale,
  POWER,
  type Scale,
  SPEED_ALPHA,
  scaleOf,
  WORD_ALPHA,
} from './scales.ts';

export interface DifferenceOptions {
  /** In the order of comparison: each is `a` to those behind it. By default as they first appear. */
  readonly variants?: readonly string[];
  /** Of each one-sided bound; and of the two-sided adjusted p that "better" and "worse" need. */
  readonly alpha?: number;
  /** Least change that matters, 0.05 for 5 %, where it is not that of `LEAST_CHANGE`. */
  readonly deltas?: Partial<Readonly<Record<IndicatorName, number>>>;
}

/** Stages are compared by their medians. */
const OF_STAGES: IndicatorName = 'p50';

/**
 * What variants differ by in speed: for each pair of them and each indicator, then for each pair and stage. Blocks of
 * warm-up, invalid ones and those without a partner are left out, with their partners (`leftOutWords` says how many).
 * Holm adjusts over the indicators of all pairs, and over the stages, separately: stages explain what indicators decide.
 */
export function indicatorDifferences(
  blocks: readonly BlockRecord[],
  options: DifferenceOptions = {},
): IndicatorDifference[] {
  const variants = options.variants ?? [...new Set(blocks.map(({ variant }) => variant))];
  const compared = variants.flatMap((a, index) =>
    variants.slice(index + 1).map((b) => ({ a, b, pairs: pairBlocks(blocks, { a, b }).pairs })),
  );
  const alpha = options.alpha ?? SPEED_ALPHA;
  const deltaOf = (name: IndicatorName): number => options.deltas?.[name] ?? LEAST_CHANGE[name];
  const indicators = INDICATOR_NAMES.filter((name) => blocks.some(({ indicators }) => name in indicators));
  const stages = [...new Set(blocks.flatMap(({ stagesMs }) => Object.keys(stagesMs)))];
  const whole = compared.flatMap(({ a, b, pairs }) =>
    indicators.map((name) => {
      const value = (block: BlockRecord): number | null => block.indicators[name] ?? null;
      return { a, b, name, stage: null, delta: deltaOf(name), values: valuesOf(pairs, value) };
    }),
  );
  const ofStages = compared.flatMap(({ a, b, pairs }) =>
    stages.map((stage) => {
      const value = (block: BlockRecord): number | null => block.stagesMs[stage] ?? null;
      return { a, b, name: OF_STAGES, stage, delta: deltaOf(OF_STAGES), values: valuesOf(pairs, value) };
    }),
  );
  return [...table(whole, alpha), ...table(ofStages, alpha)];
}

/** Of each pair, where both blocks have it. */
export interface PairedValues {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

export function valuesOf(
  pairs: readonly BlockPair[],
  value: (block: BlockRecord) => number | null,
): PairedValues {
  const a: number[] = [];
  const b: number[] = [];
  for (const pair of pairs) {
    const [one, other] = [value(pair.a), value(pair.b)];
    if (one === null || other === null) continue;
    a.push(one);
    b.push(other);
  }
  return { a, b };
}

export const changesOf = ({ a, b }: PairedValues, scale: Scale): number[] =>
  a.map((before, index) => changeOf(before, b[index]!, scale)!);

interface Row {
  readonly a: string;
  readonly b: string;
  readonly name: IndicatorName;
  readonly stage: string | null;
  readonly delta: number;
  readonly values: PairedValues;
}

/** Rows that are read together. One without pairs is no test, and costs the others nothing. */
function table(rows: readonly Row[], alpha: number): IndicatorDifference[] {
  const tested = rows.filter(({ values }) => values.a.length > 0);
  const ps = tested.map(({ values, name }) => signedRankP(changesOf(values, scaleOf(name)), 'two-sided'));
  const adjusted = holm(ps);
  return rows.map((row) => {
    const at = tested.indexOf(row);
    const test = at < 0 ? null : { p: ps[at]!, adjustedP: adjusted[at]! };
    return differenceOf(row, { alpha, test, tests: tested.length });
  });
}

interface Tested {
  readonly alpha: number;
  readonly test: { readonly p: number; readonly adjustedP: number } | null;
  readonly tests: number;
}

function differenceOf(
  { a, b, name, stage, delta, values }: Row,
  { alpha, test, tests }: Tested,
): IndicatorDifference {
  const scale = scaleOf(name);
  const changes = changesOf(values, scale);
  const bounds = signedRankBounds(changes, alpha);
  const least = onScale(delta, scale);
  const estimate = hodgesLehmann(changes);
  const row = {
    estimate,
    low: bounds?.low ?? null,
    high: bounds?.high ?? null,
    adjustedP: test?.adjustedP ?? null,
    delta: least,
  };
  return {
    a,
    b,
    indicator: name,
    stage,
    pairs: changes.length,
    medianA: medianOf(values.a),
    medianB: medianOf(values.b),
    scale,
    ...row,
    p: test?.p ?? null,
    cliffsDelta: cliffsDelta(values.b, values.a),
    // The first test of Holm's is the hardest; two-sided, it has half of α on each side.
    detectable: leastChange(changes, { alpha: WORD_ALPHA / 2 / Math.max(1, tests), beyond: least }),
    word: wordOf(row, lossSign(name)),
  };
}

/** Better or worse by the estimate *and* the test; the same where both bounds lie within the least change that matters. */
function wordOf(
  {
    estimate,
    low,
    high,
    adjustedP,
    delta,
  }: Pick<IndicatorDifference, 'estimate' | 'low' | 'high' | 'adjustedP' | 'delta'>,
  sign: 1 | -1,
): IndicatorDifference['word'] {
  if (estimate === null || adjustedP === null) return "can't tell";
  if (adjustedP <= WORD_ALPHA && Math.abs(estimate) > delta) return estimate * sign > 0 ? 'worse' : 'better';
  return low !== null && high !== null && low >= -delta && high <= delta ? 'same' : "can't tell";
}

/**
 * The least change that so many pairs, as noisy as these, find four times in five. Null where so few never find any, or where
 * nothing varies: no spread was seen, which is not the same as none being there.
 */
export function leastChange(
  changes: readonly number[],
  { alpha, beyond }: { readonly alpha: number; readonly beyond: number },
): number | null {
  if (changes.length < 2) return null;
  const sd = Math.sqrt(variance(changes));
  if (!(sd > 0)) return null;
  const least = leastLogRatio({ sd, pairs: changes.length, alpha, power: POWER, beyond });
  return Number.isFinite(least) ? least : null;
}

/** The middle value, or the mean of the two in the middle. Null for none. */
export function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length / 2;
  return mean(sorted.subarray(Math.ceil(half) - 1, Math.floor(half) + 1));
}
