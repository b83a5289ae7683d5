import { indicatorRows } from '../../src/experiments/gate/indicator-rows.ts';
import { gateOptions } from '../../src/experiments/gate/options.ts';
import { gatePolicy } from '../../src/experiments/gate/policy.ts';
import { indicatorDifferences } from '../../src/experiments/paired/differences.ts';
import type { BlockRecord, GateRow, IndicatorDifference } from '../../src/records/schema.ts';

export interface LatencyRow {
  readonly name: 'p50' | 'p95' | 'p99';
  /** The least change that matters: 0.05 is 5 %. */
  readonly delta: number;
  /** Standard deviation of the paired log ratio, as measured of identical processes on two shared cores. */
  readonly sd: number;
}

export const LATENCY_ROWS: readonly LatencyRow[] = [
  { name: 'p50', delta: 0.05, sd: 0.07 },
  { name: 'p95', delta: 0.1, sd: 0.17 },
  { name: 'p99', delta: 0.15, sd: 0.23 },
];

const POLICY = gatePolicy(
  gateOptions.parse({
    measures: {},
    indicators: Object.fromEntries(LATENCY_ROWS.map(({ name, delta }) => [name, { delta }])),
    primary: 'p50',
  }),
);

/** Any figure: only ratios matter. */
const MILLISECONDS = 100;
const VARIANTS = { baseline: 'before', candidate: 'after' };

/**
 * The gate's own rows over simulated blocks. Each batch is the log ratios (candidate over baseline) of its pairs, one array for
 * each of `LATENCY_ROWS`, and so are the rows.
 */
export function judgeRatios(batches: readonly (readonly Float64Array[])[]): GateRow[] {
  return indicatorRows({ blocks: batches.flatMap(blocksOf), ...VARIANTS, policy: POLICY });
}

/** What `compare` says of each row, of the log ratios of one batch. */
export function wordsOf(ratios: readonly Float64Array[]): IndicatorDifference['word'][] {
  return indicatorDifferences(blocksOf(ratios, 0)).map(({ word }) => word);
}

function blocksOf(ratios: readonly Float64Array[], batch: number): BlockRecord[] {
  return Array.from(ratios[0]!, (_, pair) => pairOfBlocks({ ratios, batch, pair })).flat();
}

interface SimulatedPair {
  readonly ratios: readonly Float64Array[];
  readonly batch: number;
  readonly pair: number;
}

function pairOfBlocks({ ratios, batch, pair }: SimulatedPair): BlockRecord[] {
  const block = (variant: string, indicators: [string, number][]): BlockRecord => ({
    variant,
    batch,
    launch: 0,
    pair,
    first: variant === VARIANTS.baseline,
    warmup: false,
    startedAtEpochMs: 0,
    seconds: 3,
    offeredRate: null,
    arrivals: 3000,
    indicators: Object.fromEntries(indicators),
    stagesMs: {},
    valid: true,
    invalidReasons: [],
  });
  return [
    block(
      VARIANTS.baseline,
      LATENCY_ROWS.map(({ name }) => [name, MILLISECONDS]),
    ),
    block(
      VARIANTS.candidate,
      LATENCY_ROWS.map(({ name }, row) => [name, MILLISECONDS * Math.exp(ratios[row]![pair]!)]),
    ),
  ];
}
