import { z } from 'zod';

const whole = z.coerce.number().int();
const number = z.coerce.number();
const boolean = z.union([
  z.boolean(),
  z
    .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
    .transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
]);
const names = z.union([
  z.array(z.string().min(1)),
  z.string().transform((list) =>
    list
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  ),
]);

/** What the service keeps of the questions it was asked, and how it scores some of them. */
export const analyticsOptions = {
  analytics: z
    .strictObject({
      enabled: boolean
        .default(true)
        .describe(
          'Whether the service keeps counts of questions, clients and documents in analytics.db beside the index, and answers GET /api/metrics and GET /api/analytics.',
        ),
      retentionDays: whole
        .min(1)
        .max(3650)
        .default(30)
        .describe('Days (UTC) that are kept; the oldest are deleted.'),
      clients: names
        .default([])
        .describe(
          'Values of client_id that are kept as they are. Every other is kept as a salted hash: client-1f3a….',
        )
        .meta({ examples: [['web', 'mobile']] }),
      flushMs: whole
        .min(10)
        .max(600_000)
        .default(1000)
        .describe('Milliseconds between two writes to the file; so much the figures may lag behind.'),
      maxPending: whole
        .min(16)
        .max(1_000_000)
        .default(4096)
        .describe('Questions that wait to be counted, at most; past it they are left out, and told so.'),
      maxKeysPerDay: whole
        .min(10)
        .max(10_000_000)
        .default(20_000)
        .describe(
          'Different questions that are kept for one day, at most; so too documents and clients. The rest is counted under (other).',
        ),
    })
    .prefault({}),
  evaluation: z
    .strictObject({
      sampleRate: number
        .min(0)
        .max(1)
        .default(0.1)
        .describe('Share of live answers that are scored, once they are out; 0 scores none.'),
      maxPerSecond: number
        .gt(0)
        .max(10_000)
        .default(5)
        .describe(
          'Answers that one process scores in a second, at most; the others wait, and then are skipped.',
        ),
      maxPending: whole
        .min(1)
        .max(10_000)
        .default(100)
        .describe('Answers that wait to be scored, at most; past it they are counted as skipped.'),
      judge: boolean
        .default(false)
        .describe(
          'Whether a model (section judge) also scores the faithfulness of the sampled answers; judge.maxCostUsd bounds what that costs in a day (UTC).',
        ),
      passScore: number
        .min(0)
        .max(1)
        .default(0.5)
        .describe('Faithfulness from which an answer is labelled pass in its trace, and fail below it.'),
      canaryEverySeconds: number
        .min(0)
        .max(86_400)
        .default(0)
        .describe(
          'Seconds between two rounds of golden questions that `serve --dataset` asks of itself, as `canary` does from outside; 0 asks none.',
        ),
    })
    .prefault({}),
} as const;

export type AnalyticsOptions = z.infer<typeof analyticsOptions.analytics>;
export type EvaluationOptions = z.infer<typeof analyticsOptions.evaluation>;
