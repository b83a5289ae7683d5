import { z } from 'zod';

const number = z.coerce.number();
const boolean = z.union([
  z.boolean(),
  z
    .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
    .transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
]);

const measureRule = z.strictObject({
  delta: number.gt(0).max(1).optional().describe('Least loss that matters. Default: gate.nonInferiority.'),
  direction: z.enum(['higher', 'lower']).default('higher').describe('Which way is better.'),
  optional: boolean
    .optional()
    .describe(
      'Left out, and said so, where neither run can score it: ndcg@10 of a target that returns no ranking. Else it stays INCONCLUSIVE.',
    ),
});

const indicatorRule = z.strictObject({
  delta: number
    .gt(0)
    .max(10)
    .optional()
    .describe('Least change that matters: 0.05 is 5 % of a latency, rate or cost, or 5 points of a share.'),
});

/** What a gate judges, and how much worse is too much. */
export const gateOptions = z.strictObject({
  measures: z
    .record(z.string(), measureRule)
    .default({ right: { direction: 'higher' }, 'ndcg@10': { direction: 'higher', optional: true } })
    .describe(
      'Measures that are gated, by name (right: right answers by the one rule), each with delta, direction and optional.',
    ),
  indicators: z
    .record(z.string(), indicatorRule)
    .default({ p50: {}, p95: {}, 'error-rate': {} })
    .describe(
      'Indicators that are gated, by name, each with delta: p50, p95, p99, mean, throughput, goodput, error-rate, attainment, cost-per-query.',
    ),
  primary: z
    .string()
    .min(1)
    .default('p50')
    .describe(
      'The indicator that is judged by its own bound; the others by p values adjusted for their number.',
    ),
  primaries: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe('The primary indicator of a scenario, by its name, where it is another one.'),
  slo: z
    .string()
    .min(1)
    .optional()
    .describe('What the candidate must hold whatever the baseline did.')
    .meta({ examples: ['p95 < 2s, error < 1%'] }),
  alpha: number
    .gt(0)
    .max(0.2)
    .default(0.01)
    .describe('Chance of one false FAIL among all measures, one-sided.'),
  leastLoss: number
    .min(0)
    .max(1)
    .default(0.01)
    .describe('A smaller mean loss of a measure never fails, however certain it is.'),
  nonInferiority: number
    .gt(0)
    .max(1)
    .default(0.03)
    .describe('A measure passes when a mean loss as large as this is ruled out (99 %, one-sided).'),
  pinned: boolean
    .default(true)
    .describe('Whether a pinned question (must) that is no longer right fails the gate.'),
});

export type GateOptions = z.infer<typeof gateOptions>;
