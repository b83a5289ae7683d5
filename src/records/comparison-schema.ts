import { z } from 'zod';
import { interval } from './primitives.ts';
import { qualitySchema } from './quality-schema.ts';

/** One named configuration, asked the same questions as the others. */
export const variantSchema = z.object({
  name: z.string(),
  settings: z.array(z.string()).describe('What it sets over the configuration of the run: path=value.'),
  quality: qualitySchema,
  scores: z
    .record(z.string(), z.array(z.number().nullable()))
    .describe(
      'By what is compared (right answers as 1 and 0, measures), for each of the questions of the record; null where nothing can be said.',
    ),
});

/** What two variants differ by, over all questions or over those of one kind. */
export const differenceSchema = z.object({
  a: z.string(),
  b: z.string(),
  compared: z.string().describe('right, or a measure.'),
  kind: z.string().nullable().describe('Kind of question; null for all of them.'),
  n: z.number().int().describe('Questions for which both have a score.'),
  mean: z.number().nullable().describe('Mean of b − a; null without questions.'),
  ci95: interval.describe('Paired bootstrap (BCa) over questions.'),
  approximate: z.boolean().describe('The interval is known to cover less than it says at this n.'),
  p: z.number().nullable().describe('Paired randomisation test, two-sided.'),
  adjustedP: z.number().nullable().describe('By Holm, over all rows of its table.'),
  wins: z.number().int().describe('Questions on which b scores higher.'),
  ties: z.number().int(),
  losses: z.number().int(),
  detectable: z
    .number()
    .nullable()
    .describe('The mean difference that a test of these would find four times in five.'),
  word: z
    .enum(['better', 'worse', "can't tell"])
    .describe('Of b: better or worse where the adjusted p is at most alpha.'),
});

export const comparisonSchema = z.object({
  variants: z.array(variantSchema),
  alpha: z.number(),
  flips: z.number().int().describe('Random sign flips of each test.'),
  overall: z.array(differenceSchema),
  byKind: z.array(differenceSchema),
});

export type VariantRecord = z.infer<typeof variantSchema>;
export type DifferenceRecord = z.infer<typeof differenceSchema>;
export type ComparisonRecord = z.infer<typeof comparisonSchema>;
