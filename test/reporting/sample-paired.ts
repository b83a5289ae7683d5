import { normal, type Random, seededRandom } from '../../src/kernel/random.ts';
import {
  type BlockRecord,
  type ComparisonRecord,
  type IndicatorDifference,
  type PairedRecord,
  type RunRecord,
  recordSchema,
} from '../../src/records/schema.ts';
import { pairChanges } from '../../src/reporting/paired.ts';
import { HOSTILE } from './sample-questions.ts';
import { sampleRun } from './sample-record.ts';

/** Variants that never ran: seeded blocks around given speeds, and differences that agree with them. */
export interface SampleVariant {
  readonly name: string;
  /** Of its latencies, over those of the first. */
  readonly slowness: number;
  /** Of the stage `rerank` alone. */
  readonly rerank?: number;
  readonly right?: number;
  readonly costUsd?: number;
}

export interface PairedOptions {
  readonly variants?: readonly SampleVariant[];
  readonly launches?: number;
  readonly pairsPerLaunch?: number;
  /** Batches beyond the first confirm it. */
  readonly batches?: number;
}

export const VARIANTS: readonly SampleVariant[] = [
  { name: 'bm25', slowness: 1, right: 0.71, costUsd: 0.0004 },
  { name: 'hybrid', slowness: 1.22, rerank: 1.6, right: 0.79, costUsd: 0.0011 },
  { name: 'wide <b>|*mine*', slowness: 1.34, rerank: 1.9, right: 0.77, costUsd: 0.0016 },
];
export const TWO = VARIANTS.slice(0, 2);

const { record: RUN } = sampleRun();

/** Standard deviations as they were measured on two shared cores. */
const NOISE = { p50: 0.05, p95: 0.12, p99: 0.17, mean: 0.06, throughput: 0.01, goodput: 0.02 } as const;
const BASE = { p50: 12.4, p95: 41, p99: 96, mean: 15.8, throughput: 79.6, goodput: 71.2 } as const;
const STAGES = { embed: 2.1, retrieve: 4.4, rerank: 3.2, [HOSTILE[0]!]: 0.8 } as const;
const DELTA: Readonly<Record<string, number>> = { p95: 0.1, p99: 0.15, 'error-rate': 0.01, attainment: 0.02 };

export function samplePaired(options: PairedOptions = {}): RunRecord {
  const { variants = VARIANTS } = options;
  const { load: _load, responses: _responses, microBenchmarks: _micro, ...rest } = RUN;
  return recordSchema.parse({
    ...rest,
    kind: 'compare',
    command: ['compare', '--variant', variants.map(({ name }) => name).join(',')],
    comparison: comparisonOf(variants, RUN),
    paired: pairedOf(options),
  });
}

function comparisonOf(variants: readonly SampleVariant[], { quality }: RunRecord): ComparisonRecord {
  return {
    variants: variants.map(({ name, right = 0.75 }) => ({
      name,
      settings: [`retrieval.mode=${name}`],
      quality: { ...quality!, right: { mean: right, ci95: [right - 0.04, right + 0.035], n: 400 } },
      scores: { right: [1, 0, null] },
    })),
    alpha: 0.05,
    flips: 10_000,
    overall: [],
    byKind: [],
  };
}

export function pairedOf({
  variants = VARIANTS,
  launches = 10,
  pairsPerLaunch = 3,
  batches = 1,
}: PairedOptions = {}): PairedRecord {
  const random = seededRandom(11);
  const blocks: BlockRecord[] = [];
  for (let batch = 0; batch < batches; batch += 1)
    for (let launch = 0; launch < launches; launch += 1)
      for (let pair = 0; pair <= pairsPerLaunch; pair += 1)
        for (const [index, variant] of variants.entries())
          blocks.push(block(variant, { batch, launch, pair, first: index === pair % 2, random }));
  const pairs = variants.flatMap((a, index) =>
    variants.slice(index + 1).map((b) => [a.name, b.name] as const),
  );
  return {
    launches,
    pairsPerLaunch,
    blockSeconds: 12.5,
    offeredRate: 80,
    interleaving: 'processes',
    blocks,
    differences: pairs.flatMap(([a, b]) => [
      ...[...Object.keys(NOISE), 'error-rate', 'attainment', 'cost-per-query'].map((name) =>
        difference({ a, b, indicator: name, stage: null }, blocks),
      ),
      ...Object.keys(STAGES).map((stage) => difference({ a, b, indicator: 'p50', stage }, blocks)),
    ]),
  };
}

interface Place {
  readonly batch: number;
  readonly launch: number;
  readonly pair: number;
  readonly first: boolean;
  readonly random: Random;
}

function block(variant: SampleVariant, { random, ...place }: Place): BlockRecord {
  const { name, slowness, rerank = slowness, costUsd = null } = variant;
  const noisy = (value: number, sd: number): number => value * Math.exp(sd * normal(random));
  const speeds = Object.entries(BASE).map(([key, base]) => {
    const isRate = key === 'throughput' || key === 'goodput';
    const factor = isRate ? slowness ** -0.1 : slowness;
    return [key, noisy(base * factor, NOISE[key as keyof typeof NOISE])];
  });
  const valid = !(place.launch === 2 && place.pair === 1);
  return {
    variant: name,
    ...place,
    warmup: place.pair === 0,
    startedAtEpochMs: Date.UTC(2026, 2, 1, 9, 30) + 30_000 * (place.launch * 8 + place.pair),
    seconds: 12.5,
    offeredRate: 80,
    arrivals: 1000,
    indicators: {
      ...Object.fromEntries(speeds),
      'error-rate': Math.max(0, 0.004 + 0.001 * normal(random)),
      attainment: Math.min(1, 0.9 - 0.05 * (slowness - 1) + 0.01 * normal(random)),
      'cost-per-query': costUsd,
    },
    stagesMs: Object.fromEntries(
      Object.entries(STAGES).map(([stage, base]) => [
        stage,
        noisy(base * (stage === 'rerank' ? rerank : 1), 0.05),
      ]),
    ),
    valid,
    invalidReasons: valid ? [] : ['the generator sent late'],
  };
}

type Subject = Pick<IndicatorDifference, 'a' | 'b' | 'indicator' | 'stage'>;

/** Of the order that a real test gives, no more: the median of the pairs, and their extremes. */
function difference(subject: Subject, blocks: readonly BlockRecord[]): IndicatorDifference {
  const { a, b, indicator, stage } = subject;
  const scale = ['error-rate', 'attainment'].includes(indicator) ? 'difference' : 'log-ratio';
  const own = blocks.filter(({ batch }) => batch === 0);
  const values = pairChanges(own, { ...subject, scale })
    .map(({ value }) => value)
    .sort((one, other) => one - other);
  const size = DELTA[indicator] ?? 0.05;
  const delta = scale === 'log-ratio' ? Math.log1p(size) : size;
  const n = values.length;
  const at = (share: number): number | null => values[Math.floor(share * (n - 1))] ?? null;
  const [estimate, low, high] = [at(0.5), at(0.25), at(0.75)];
  const median = (variant: string): number | null => {
    const found = own
      .filter((one) => one.variant === variant && !one.warmup)
      .flatMap((one) => (stage === null ? one.indicators[indicator] : one.stagesMs[stage]) ?? [])
      .sort((one, other) => one - other);
    return found[Math.floor(found.length / 2)] ?? null;
  };
  const isRate = ['throughput', 'goodput', 'attainment'].includes(indicator);
  const told = low !== null && high !== null && (low > 0 || high < 0);
  const worse = (estimate ?? 0) > 0 !== isRate;
  const inside = low !== null && high !== null && Math.max(-low, high) <= delta;
  return {
    ...subject,
    a,
    b,
    pairs: n,
    medianA: median(a),
    medianB: median(b),
    scale,
    estimate,
    low,
    high,
    p: n === 0 ? null : told ? 0.0003 : 0.21,
    adjustedP: n === 0 ? null : told ? 0.0021 : 0.84,
    cliffsDelta: n === 0 ? null : told ? (worse ? 0.74 : -0.61) : 0.08,
    delta,
    detectable: n === 0 ? null : 0.8 * delta,
    word: inside ? 'same' : told ? (worse ? 'worse' : 'better') : "can't tell",
  };
}
