import { z } from 'zod';

/** A number between 0 and 1. */
export const share = z.number().min(0).max(1);
/** Two bounds, low first; null where there are none. */
export const interval = z.tuple([z.number(), z.number()]).nullable();
/** SHA-256, in hexadecimal digits. */
export const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const measureSchema = z.object({
  name: z.string(),
  mean: z.number().nullable(),
  ci95: interval,
  n: z.number().int(),
  approximate: z.boolean().optional().describe('The interval is known to cover less than it says at this n.'),
});

export type MeasureRecord = z.infer<typeof measureSchema>;
