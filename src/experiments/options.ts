import { z } from 'zod';
import { drillOptions } from './drill/options.ts';
import { gateOptions } from './gate/options.ts';

export { variantOptions } from './variant-options.ts';

export const PROFILES = ['quick', 'standard', 'full'] as const;
export type Profile = (typeof PROFILES)[number];

/** How experiments are run. Durations are milliseconds. */
export const experimentOptions = {
  bench: z
    .strictObject({
      profile: z
        .enum(PROFILES)
        .default('standard')
        .describe(
          'quick (at most 30 s), standard (at most 3 min) or full: length of the phases, and which ones.',
        ),
      deadlineMs: z.coerce
        .number()
        .positive()
        .default(100)
        .describe('An answer is in time when it comes within this many milliseconds of its due time.'),
      timeoutMs: z.coerce.number().positive().default(30_000).describe('Patience with one request.'),
      arrivals: z
        .enum(['poisson', 'constant'])
        .default('poisson')
        .describe('How open-loop arrivals are spaced.'),
      maxInFlight: z.coerce
        .number()
        .int()
        .min(1)
        .default(1024)
        .describe('Requests in flight, at most; past it arrivals are dropped and counted.'),
    })
    .prefault({}),
  quality: z
    .strictObject({
      measures: z
        .union([
          z.array(z.string()),
          z.string().transform((list) => list.split(',').map((name) => name.trim())),
        ])
        .optional()
        .describe('Measures that are computed; by default the list in the README.'),
      k: z.coerce
        .number()
        .int()
        .min(1)
        .max(100)
        .default(5)
        .describe('Passages among which the evidence must stand for a retrieval to be right.'),
    })
    .prefault({}),
  gate: gateOptions.prefault({}),
  drill: drillOptions.prefault({}),
} as const;

export const experimentSchema = z.strictObject(experimentOptions);
export type ExperimentOptions = z.infer<typeof experimentSchema>;
