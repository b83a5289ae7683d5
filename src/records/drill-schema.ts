import { z } from 'zod';
import { verdictSchema } from './load-schema.ts';
import { interval, share } from './primitives.ts';

/** A window of a drill: before any fault, while they last, after the last one. By the due times of its arrivals. */
export const drillWindowSchema = z.object({
  name: z.enum(['before', 'during', 'after']),
  fromMs: z.number().describe('On the timeline of the drill.'),
  toMs: z.number(),
  arrivals: z.number().int(),
  availability: share
    .nullable()
    .describe('Arrivals that got a real answer: no error, timeout or drop, and no last resort.'),
  availabilityCi95: interval.describe('From batch means.'),
  goodputPerSecond: z.number().nullable(),
  attainment: share.nullable().describe('Right and in time, of scored arrivals.'),
  attainmentCi95: interval,
  right: share.nullable(),
  latencyMs: z.object({ p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() }),
  measures: z
    .array(z.object({ name: z.string(), mean: z.number().nullable(), n: z.number().int() }))
    .describe('Over arrivals that the measure speaks of; a failed arrival scores 0.'),
  degraded: z
    .record(z.string(), z.number().int())
    .describe('Answers by level of degradation; none for those of the full pipeline.'),
});

/** What a dependency went through. */
export const drillDependencySchema = z.object({
  dependency: z.string(),
  calls: z.number().int().describe('Calls that the engine wanted to make.'),
  attempts: z.number().int().describe('Attempts that reached the dependency, retries among them.'),
  retries: z.number().int(),
  refused: z.number().int().describe('Retries that the budget or the deadline did not allow.'),
  amplification: z
    .number()
    .nullable()
    .describe('Attempts that reached it while faults lasted, over the calls wanted meanwhile.'),
  perSecond: z.array(z.number().int()).describe('Attempts that reached it, by second of the timeline.'),
  herd: z
    .number()
    .nullable()
    .describe('Most attempts in any second after the faults, over the mean per second before them.'),
});

/** One run of a drill, with all its patterns or without some of them. */
export const drillArmSchema = z.object({
  name: z.string().describe('as configured, or what was taken out: without breaker.'),
  settings: z.array(z.string()).describe('What it sets over the configuration: path=value.'),
  phase: z.number().int().describe('Index into load.phases.'),
  windows: z.array(drillWindowSchema),
  seconds: z
    .array(
      z.object({
        arrivals: z.number().int(),
        available: z.number().int(),
        right: z.number().int(),
        degraded: z.number().int().describe('Answers that were less than the full pipeline’s.'),
        p95: z.number().nullable(),
      }),
    )
    .describe('By second of the timeline, by due time.'),
  transitions: z.array(
    z.object({ atMs: z.number(), dependency: z.string(), from: z.string(), to: z.string() }),
  ),
  dependencies: z.array(drillDependencySchema),
  detectedMs: z
    .number()
    .nullable()
    .describe('From the first fault to the first breaker that opened; null where none did.'),
  recoveredMs: z
    .number()
    .nullable()
    .describe(
      'From the end of the last fault to the due time from which on every arrival got a full answer; 0: at once; null: not within the drill.',
    ),
  lost: z.number().int().describe('Arrivals without a real answer.'),
  budget: z.object({
    target: share.describe('The availability that is promised.'),
    days: z.number(),
    burnt: z
      .number()
      .describe('Share of the error budget of so many days at this rate that the drill used up.'),
  }),
  injected: z.array(z.object({ fault: z.string(), count: z.number().int() })),
  valid: z.boolean(),
  invalidReasons: z.array(z.string()),
});

/** What a pattern is worth: the arm without it against the arm with all of them, on the same arrivals. */
export const drillDifferenceSchema = z.object({
  arm: z.string(),
  window: z.enum(['before', 'during', 'after', 'whole']),
  indicator: z.enum(['availability', 'attainment', 'right', 'p95', 'attempts']),
  withIt: z.number().nullable(),
  without: z.number().nullable(),
  estimate: z
    .number()
    .nullable()
    .describe('with − without; positive: the pattern helps (for p95 and attempts: without − with).'),
  ci95: interval.describe('Approximate: Student’s, over blocks of two seconds, paired by arrival.'),
  word: z.enum(['helps', 'harms', "can't tell"]),
});

/** One promise of a drill’s policy. */
export const promiseSchema = z.object({
  text: z.string().describe('As written: availability >= 99% while faults last.'),
  window: z.enum(['before', 'during', 'after', 'whole']),
  observed: z.number().nullable(),
  bound: z.number(),
  unit: z.enum(['share', 'ms', 'seconds', 'per-second', 'ratio', 'count', 'score']),
  verdict: verdictSchema,
  reason: z.string().nullable(),
});

/** A run with faults injected on purpose. */
export const drillSchema = z.object({
  name: z.string(),
  title: z.string(),
  fear: z.string().describe('What operators fear, in a sentence.'),
  durationMs: z.number().describe('Of the timeline.'),
  rate: z.number().describe('Arrivals per second.'),
  faults: z.array(
    z.object({
      text: z.string().describe('As specified.'),
      target: z.string(),
      kind: z.string(),
      fromMs: z.number(),
      toMs: z.number(),
    }),
  ),
  arms: z.array(drillArmSchema).describe('The first has all its patterns.'),
  differences: z.array(drillDifferenceSchema),
  promises: z.array(promiseSchema),
  verdict: verdictSchema,
});

export type DrillRecord = z.infer<typeof drillSchema>;
export type DrillArmRecord = z.infer<typeof drillArmSchema>;
export type DrillWindowRecord = z.infer<typeof drillWindowSchema>;
export type DrillDependencyRecord = z.infer<typeof drillDependencySchema>;
export type DrillDifferenceRecord = z.infer<typeof drillDifferenceSchema>;
export type PromiseRecord = z.infer<typeof promiseSchema>;
