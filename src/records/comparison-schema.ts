import { z } from 'zod';
import { flipSchema } from './paired-schema.ts';
import { interval } from './primitives.ts';
import { qualitySchema } from './quality-schema.ts';

/** One named configuration, asked the same questions as the others. */
export const variantSchema = z.object({
  name: z.string(),
  settings: z.array(z.string()).describe('What it sets over the configuration of the run: path=value.'),
  quality: qualitySchema.describe(
    'Where questions were asked again and again, over the means of each question.',
  ),
  scores: z
    .record(z.string(), z.array(z.number().nullable()))
    .describe(
      'By what is compared (right answers as 1 and 0, measures), for each of the questions of the record; null where nothing can be said. Where questions were asked again and again, the mean of each.',
    ),
  differing: z
    .number()
    .int()
    .optional()
    .describe(
      'Questions whose answer, ranking or rightness was not the same each time, of those asked again.',
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

/** The questions that came out otherwise with b than with a. */
export const flippedSchema = z.object({
  a: z.string(),
  b: z.string(),
  total: z.number().int().describe('Another rightness, another answer or another document on top.'),
  broke: z.number().int().describe('Right with a, and not with b.'),
  mended: z.number().int().describe('Right with b, and not with a.'),
  flips: z
    .array(flipSchema)
    .describe(
      'before is a, after is b: those that broke first, then the mended ones; the first of them, where there are many.',
    ),
});

export const comparisonSchema = z.object({
  variants: z.array(variantSchema),
  alpha: z.number(),
  flips: z.number().int().describe('Random sign flips of each test.'),
  overall: z.array(differenceSchema),
  byKind: z.array(differenceSchema),
  repeats: z
    .number()
    .int()
    .optional()
    .describe('How often each question was asked of each variant; once unless said.'),
  flipped: z.array(flippedSchema).optional().describe('For each pair of variants.'),
  notes: z.array(z.string()).optional().describe('What was left out of the comparison, and why.'),
});

export type VariantRecord = z.infer<typeof variantSchema>;
export type FlippedRecord = z.infer<typeof flippedSchema>;
export type DifferenceRecord = z.infer<typeof differenceSchema>;
export type ComparisonRecord = z.infer<typeof comparisonSchema>;
