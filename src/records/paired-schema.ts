import { z } from 'zod';
import { verdictSchema } from './load-schema.ts';
import { machineSchema } from './machine-schema.ts';
import { interval } from './primitives.ts';

/** What a block is summed up by: latencies in milliseconds, rates per second, shares of arrivals. */
export const INDICATORS = {
  p50: { unit: 'ms', better: 'lower' },
  p95: { unit: 'ms', better: 'lower' },
  p99: { unit: 'ms', better: 'lower' },
  mean: { unit: 'ms', better: 'lower' },
  throughput: { unit: 'per second', better: 'higher' },
  goodput: { unit: 'per second', better: 'higher' },
  'error-rate': { unit: 'share', better: 'lower' },
  attainment: { unit: 'share', better: 'higher' },
  'cost-per-query': { unit: 'usd', better: 'lower' },
} as const;

export type IndicatorName = keyof typeof INDICATORS;
export const INDICATOR_NAMES = Object.keys(INDICATORS) as IndicatorName[];

/** One short run of one variant: the unit that statistics of speed resample. */
export const blockSchema = z.object({
  variant: z.string(),
  batch: z.number().int().describe('0, or 1 in the batch that confirms a failure.'),
  launch: z.number().int().describe('Both variants of a launch were started afresh.'),
  pair: z.number().int().describe('Within the launch; the first one is thrown away.'),
  first: z.boolean().describe('Whether it ran before the other one of its pair.'),
  warmup: z.boolean(),
  startedAtEpochMs: z.number(),
  seconds: z.number(),
  offeredRate: z.number().nullable(),
  arrivals: z.number().int(),
  indicators: z
    .record(z.string(), z.number().nullable())
    .describe('Null where the requests cannot carry it.'),
  stagesMs: z
    .record(z.string(), z.number().nullable())
    .describe('Median of each stage that the target tells.'),
  machine: machineSchema.optional(),
  valid: z.boolean(),
  invalidReasons: z.array(z.string()),
});

/** What two variants differ by in speed, over pairs of blocks. */
export const indicatorDifferenceSchema = z.object({
  a: z.string(),
  b: z.string(),
  indicator: z.string(),
  stage: z.string().nullable().describe('Of a stage’s median instead of the whole.'),
  pairs: z.number().int(),
  medianA: z.number().nullable(),
  medianB: z.number().nullable(),
  scale: z
    .enum(['log-ratio', 'difference'])
    .describe('log-ratio: ln(b/a), of latencies, rates and cost; difference: b − a, of shares.'),
  estimate: z.number().nullable().describe('Hodges–Lehmann, on that scale.'),
  low: z.number().nullable().describe('One-sided exact signed-rank bound, α 0.005.'),
  high: z.number().nullable(),
  p: z.number().nullable().describe('Exact signed-rank, two-sided.'),
  adjustedP: z.number().nullable().describe('By Holm, over the rows of its table.'),
  cliffsDelta: z.number().nullable(),
  delta: z.number().describe('The least change that matters, on that scale.'),
  detectable: z
    .number()
    .nullable()
    .describe('The least change that such pairs find four times in five, on that scale.'),
  word: z.enum(['better', 'worse', 'same', "can't tell"]).describe('Of b; same: within delta both ways.'),
});

/** The plan of paired blocks, and what it is worth. */
export const pairedSchema = z.object({
  launches: z.number().int(),
  pairsPerLaunch: z.number().int(),
  blockSeconds: z.number(),
  offeredRate: z.number().nullable(),
  interleaving: z
    .enum(['processes', 'targets', 'questions'])
    .describe(
      'processes: started afresh each launch; targets: in time; questions: one by one (slow targets).',
    ),
  blocks: z.array(blockSchema),
  differences: z.array(indicatorDifferenceSchema),
});

/** One thing that a gate judged. */
export const gateRowSchema = z.object({
  subject: z.enum(['measure', 'indicator', 'slo', 'pinned']),
  name: z.string().describe('ndcg@10, p95, the clause of an SLO, or the id of a pinned question.'),
  kind: z.string().nullable().describe('Kind of question; null for all.'),
  primary: z.boolean(),
  baseline: z.number().nullable(),
  candidate: z.number().nullable(),
  n: z.number().int().describe('Questions, or pairs of blocks.'),
  estimate: z
    .number()
    .nullable()
    .describe('Of the loss: mean difference of a measure, ln ratio of an indicator; positive is worse.'),
  interval: interval.describe('On the same scale: 95 % for measures, the one-sided bounds for indicators.'),
  delta: z.number().nullable().describe('The least loss that matters, on the same scale.'),
  p: z.number().nullable(),
  adjustedP: z.number().nullable(),
  detectable: z.number().nullable(),
  wins: z.number().int().nullable(),
  ties: z.number().int().nullable(),
  losses: z.number().int().nullable(),
  verdict: verdictSchema,
  confirmed: z
    .boolean()
    .nullable()
    .describe('Of a FAIL of an indicator: whether a second, fresh batch failed, too.'),
  why: z.string().describe('The verdict in a sentence.'),
  moved: z.array(z.string()).describe('The stage, or the kinds of question, that moved most.'),
});

/** A question whose answer or ranking changed. */
export const flipSchema = z.object({
  id: z.string(),
  question: z.string(),
  kind: z.string().nullable(),
  must: z.boolean(),
  before: z.enum(['right', 'wrong', 'unscored']),
  after: z.enum(['right', 'wrong', 'unscored']),
  answerBefore: z.string().nullable(),
  answerAfter: z.string().nullable(),
  topBefore: z.array(z.string()),
  topAfter: z.array(z.string()),
});

export const gateSchema = z.object({
  baseline: z.object({
    name: z.string(),
    id: z.string(),
    startedAt: z.string(),
    commit: z.string().nullable(),
    fingerprint: z.string(),
  }),
  basis: z
    .enum(['records', 'interleaved'])
    .describe('interleaved: both ran here, in turns, the only honest way to gate latency.'),
  weaker: z.string().nullable().describe('Why latency could not be judged, or not well; null where it was.'),
  questions: z.object({
    compared: z.number().int(),
    onlyBefore: z.number().int(),
    onlyAfter: z.number().int(),
    changedRankings: z.number().int(),
    changedAnswers: z.number().int(),
  }),
  rows: z.array(gateRowSchema),
  flips: z.array(flipSchema),
  verdict: verdictSchema,
  invalid: z.array(z.string()).default([]).describe('Why the candidate’s run cannot be trusted.'),
  notes: z.array(z.string()).default([]),
  unseen: z.string().describe('What this gate cannot see: "losses under 0.06 of ndcg@10".'),
});

export type BlockRecord = z.infer<typeof blockSchema>;
export type IndicatorDifference = z.infer<typeof indicatorDifferenceSchema>;
export type PairedRecord = z.infer<typeof pairedSchema>;
export type GateRow = z.infer<typeof gateRowSchema>;
export type FlipRecord = z.infer<typeof flipSchema>;
export type GateRecord = z.infer<typeof gateSchema>;
