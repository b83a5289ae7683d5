import { z } from 'zod';
import { cachesSchema } from './cache-schema.ts';
import { machineSchema } from './machine-schema.ts';
import { interval, measureSchema, quantilesSchema, share } from './primitives.ts';

/** Tokens and money of the answers that told of them. */
export const costSchema = z.object({
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  totalUsd: z.number().nullable(),
  perQueryUsd: z.number().nullable().describe('Mean over completed requests that tell their cost.'),
  perRightUsd: z.number().nullable().describe('Total cost / right answers.'),
  perGoodUsd: z.number().nullable().describe('Total cost / answers that are right and in time.'),
  toldShare: share.describe('Completed requests that tell their cost.'),
});

const tellingSchema = z.object({
  requests: z.number().int(),
  told: z
    .number()
    .int()
    .describe('Of them, those whose response told of its parts, and no more than its latency.'),
});

/** Of which requests a phase's stageShare speaks. */
const stageBasisSchema = z
  .object({
    slowestFrom: share.describe(
      'The slowest are the requests from this quantile of latency up: 0.99, or less where those would be fewer than ten.',
    ),
    typical: tellingSchema,
    slowest: tellingSchema.extend({ timeouts: z.number().int() }),
  })
  .describe(
    'Of a phase whose target tells parts: which requests stageShare speaks of. It is null where half of either or more told nothing.',
  );

export const phaseSchema = z.object({
  name: z.string(),
  loop: z.enum(['open', 'closed']),
  arrivalProcess: z.enum(['poisson', 'constant', 'replay', 'closed']),
  shape: z.string().nullable().default(null).describe('Rate over time, as --shape has it; null: constant.'),
  order: z.string().nullable().default(null).describe('Which question comes next, as --order has it.'),
  thinkTimeMs: z.number().nullable().default(null).describe('Of the users of a closed loop.'),
  endedBy: z
    .enum(['interrupted', 'max-requests', 'max-cost'])
    .nullable()
    .default(null)
    .describe('What ended the phase before its time; what is here was measured.'),
  cacheMode: z.enum(['uncached', 'cached', 'as-configured']),
  concurrency: z.number().int().nullable(),
  offeredRate: z.number().nullable(),
  achievedRate: z.number(),
  scheduledSeconds: z.number(),
  startedAtEpochMs: z.number(),
  arrivals: z.number().int(),
  completed: z.number().int(),
  errors: z.number().int(),
  timeouts: z.number().int(),
  dropped: z.number().int(),
  throughputPerSecond: z.number().describe('Completed requests per second of the phase, drain included.'),
  errorRate: share,
  latencyMs: quantilesSchema.describe(
    'end − due, over completed requests and timeouts (at their value): what users feel, cache hits and misses together.',
  ),
  latencyCi95: z
    .object({ p50: interval, p95: interval, p99: interval, mean: interval })
    .describe('From batch means.'),
  serviceMs: quantilesSchema.describe('end − sent.'),
  lagMs: quantilesSchema.describe('sent − due.'),
  firstTokenMs: quantilesSchema.nullable().describe('first token − due.'),
  perTokenMs: quantilesSchema
    .nullable()
    .default(null)
    .describe('(end − first token) / (output tokens − 1), of answers that tell both.'),
  deadlineMs: z.number(),
  firstTokenDeadlineMs: z.number().nullable().default(null),
  goodputPerSecond: z.number().nullable(),
  goodputCi95: interval,
  attainment: share.nullable().describe('Right and in time, of scored arrivals. Null above 5 % unscored.'),
  attainmentCi95: interval,
  errorCi95: interval.default(null).describe('Of the error rate.'),
  unscoredShare: share,
  right: share.nullable().default(null).describe('Right at any time, of scored arrivals.'),
  rightCi95: interval.default(null),
  measures: z
    .array(measureSchema)
    .default([])
    .describe('Means over arrivals, by batch means; a failed arrival scores 0.'),
  cost: costSchema.nullable().default(null),
  cacheHitRate: share.nullable().describe('(response hits + semantic hits) / queries.'),
  cacheStates: z.record(z.string(), z.number().int()),
  caches: cachesSchema.optional().describe('Of a phase whose responses tell of caches that were asked.'),
  degraded: z
    .record(z.string(), z.number().int())
    .optional()
    .describe('Completed requests by how much less than a full answer they got; none for a full one.'),
  repeatShare: share.describe('Arrivals whose question had been asked before in this phase.'),
  funnel: z.record(z.string(), z.number().int()),
  stageShare: z
    .object({ typical: z.record(z.string(), z.number()), slowest: z.record(z.string(), z.number()) })
    .nullable()
    .describe(
      'Mean milliseconds by part (the stages and the queue that the target tells, lag, outside): requests between p45 and p55 of latency, and the slowest, of those that told their parts. Records of earlier versions have waiting, which is queue, lag and outside in one.',
    ),
  stageBasis: stageBasisSchema.optional(),
  slowest: z
    .array(
      z.object({
        question: z.number().int().describe('Index into the questions of the record.'),
        dueMs: z.number().describe('Since the phase began.'),
        lagMs: z.number().describe('sent − due.'),
        latencyMs: z.number().describe('end − due.'),
        outcome: z.string(),
        cache: z.string(),
        stagesMs: z
          .record(z.string(), z.number())
          .nullable()
          .describe('By stage, and the queue where it was told. Null where they are hidden.'),
        traceId: z.string().nullable().describe('Null where it was not traced.'),
      }),
    )
    .optional()
    .describe('The ten slowest requests that were answered or timed out, slowest first.'),
  tracing: z
    .object({ key: z.string(), share: share })
    .optional()
    .describe(
      'Where requests were traced: which, and under which ids, follows from the key, the question and the due time of each (src/records/trace-ids.ts).',
    ),
  generator: z.object({
    cpuShare: z.number().describe('CPU seconds of this process per second.'),
    eventLoopUtilisation: share,
    eventLoopDelayP99Ms: z.number().nullable(),
    maxInFlight: z.number().int(),
    residentBytes: z.number(),
    threads: z.number().int().default(1),
  }),
  machine: machineSchema.optional(),
  steadyState: z
    .object({ truncatedShare: share, steady: z.boolean() })
    .nullable()
    .describe('MSER-5 on medians of 250 ms batches.'),
  warmup: z.boolean(),
  valid: z.boolean(),
  invalidReasons: z.array(z.string()),
});

export const verdictSchema = z.enum(['PASS', 'FAIL', 'INCONCLUSIVE']);

/** One clause of an SLO, judged over one phase. */
export const clauseSchema = z.object({
  text: z.string().describe('As written: p95 < 200ms.'),
  observed: z.number().nullable().describe('The figure that people know, in the unit of the bound.'),
  bound: z.number(),
  unit: z.enum(['ms', 'share', 'per-second', 'usd', 'score']),
  tested: z
    .object({ estimate: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() })
    .describe(
      'What was judged, with its 95 % interval. Of a quantile pX < T it is the share of arrivals that took longer than T or failed, against 1 − X.',
    ),
  testedBound: z.number(),
  verdict: verdictSchema,
  reason: z.string().nullable(),
});

export const sloSchema = z.object({
  text: z.string(),
  verdict: verdictSchema.describe(
    'FAIL where any clause fails in any phase; an invalid run is INCONCLUSIVE.',
  ),
  phases: z.array(z.object({ phase: z.string(), verdict: verdictSchema, clauses: z.array(clauseSchema) })),
});

/** autocannon's own figures for a closed loop. Its latencies are taken by its own clock and rules, and are not comparable. */
export const autocannonSchema = z.object({
  version: z.string(),
  connections: z.number().int(),
  seconds: z.number(),
  requestsPerSecond: z.number(),
  non2xx: z.number().int(),
  errors: z.number().int(),
  timeouts: z.number().int(),
  latencyMs: z
    .object({
      p50: z.number().nullable(),
      p97_5: z.number().nullable(),
      p99: z.number().nullable(),
      max: z.number().nullable(),
    })
    .describe('Null where nothing was answered.'),
  caveats: z.array(z.string()),
});

export const loadSchema = z.object({
  target: z.string(),
  targetKind: z.enum(['in-process', 'http']).default('in-process'),
  returns: z
    .object({
      answer: z.boolean(),
      passages: z.boolean(),
      firstToken: z.boolean(),
      outputTokens: z.boolean(),
      cost: z.boolean(),
      cache: z.boolean(),
    })
    .nullable()
    .default(null)
    .describe('What the target returns; the rest prints as –.'),
  slo: sloSchema.nullable().default(null),
  autocannon: autocannonSchema.nullable().default(null),
  phases: z.array(phaseSchema),
  stages: z
    .array(z.string())
    .describe(
      'Names of the stage columns of requests.col; queue is the wait for a turn, as the target tells it.',
    ),
  funnelClasses: z.array(z.string()).describe('Names behind the codes of the funnel column.'),
  errorClasses: z.array(z.object({ name: z.string(), count: z.number().int(), example: z.string() })),
  closedLoopMaximum: z.object({ concurrency: z.number().int(), ratePerSecond: z.number() }).nullable(),
});

/** The rate found by a capacity search, with every probe that led there. */
export const capacitySchema = z.object({
  slo: z.string(),
  ratePerSecond: interval.describe(
    'The highest rate that holds lies between these; null where none was found.',
  ),
  atLeast: z.boolean().describe('The ceiling of the rate was reached before anything failed.'),
  limitedBy: z.array(z.string()).describe('What broke first, in the words of the clauses: p95 < 200ms.'),
  limitKind: z
    .enum(['latency', 'errors', 'quality', 'cost', 'schedule', 'backlog', 'generator', 'ceiling', 'none'])
    .describe('The kind of it.'),
  maximum: z.number().nullable().describe('Closed-loop requests per second, at most.'),
  probes: z.array(
    z.object({
      phase: z.number().int().describe('Index into load.phases: of its first run.'),
      runs: z.number().int().default(1).describe('Runs that were judged together, one behind the other.'),
      step: z.enum(['closed', 'climb', 'bisect', 'narrow', 'confirm', 'sweep']),
      rate: z.number().nullable(),
      concurrency: z.number().int().nullable(),
      seconds: z.number(),
      achievedRate: z.number(),
      inFlightMean: z.number(),
      verdict: verdictSchema.nullable(),
      clauses: z.array(clauseSchema),
      reasons: z.array(z.string()),
    }),
  ),
  usl: z
    .object({
      gamma: z.number(),
      alpha: z.number(),
      beta: z.number(),
      kneeInFlight: z.number().nullable(),
      kneeRate: z.number().nullable(),
      r2: z.number(),
    })
    .nullable()
    .describe('X(N) = γN / (1 + α(N−1) + βN(N−1)), fitted to the probes: an annotation, not the answer.'),
  seconds: z.number().describe('How long it took, with warm-ups and drains.'),
  notes: z.array(z.string()),
});

export type { CachesRecord, CacheWorkRecord } from './cache-schema.ts';
export type { MachineRecord } from './machine-schema.ts';
export type { QuantilesRecord } from './primitives.ts';
export type PhaseRecord = z.infer<typeof phaseSchema>;
export type CostRecord = z.infer<typeof costSchema>;
export type ClauseRecord = z.infer<typeof clauseSchema>;
export type SloRecord = z.infer<typeof sloSchema>;
export type AutocannonRecord = z.infer<typeof autocannonSchema>;
export type LoadRecord = z.infer<typeof loadSchema>;
export type CapacityRecord = z.infer<typeof capacitySchema>;
