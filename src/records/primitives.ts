import { z } from 'zod';

/** A number between 0 and 1. */
export const share = z.number().min(0).max(1);
/** Two bounds, low first; null where there are none. */
export const interval = z.tuple([z.number(), z.number()]).nullable();
/** SHA-256, in hexadecimal digits. */
export const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Durations in milliseconds; null where the samples are too few to carry the quantile. */
export const quantilesSchema = z.object({
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  mean: z.number().nullable(),
  max: z.number().nullable(),
});

export const measureSchema = z.object({
  name: z.string(),
  mean: z.number().nullable(),
  ci95: interval,
  n: z.number().int(),
  approximate: z.boolean().optional().describe('The interval is known to cover less than it says at this n.'),
});

export type MeasureRecord = z.infer<typeof measureSchema>;
export type QuantilesRecord = z.infer<typeof quantilesSchema>;
