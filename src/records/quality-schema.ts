import { z } from 'zod';
import { questionJudgementsSchema } from './judge-schema.ts';
import { interval, measureSchema, share } from './primitives.ts';

/** A share of `n` questions, with Wilson's interval. */
export const proportionSchema = z.object({ mean: share.nullable(), ci95: interval, n: z.number().int() });

export const sliceSchema = z.object({
  by: z.enum(['kind', 'difficulty', 'tag']),
  value: z.string(),
  n: z.number().int(),
  right: proportionSchema,
  measures: z.array(measureSchema),
});

export const passageSchema = z.object({
  documentId: z.string(),
  title: z.string().nullable(),
  text: z.string().nullable(),
  score: z.number().nullable(),
});

/** One golden question of a run: what was expected, what came, and every score. */
export const questionSchema = z.object({
  id: z.string(),
  question: z.string(),
  kind: z.string().nullable(),
  difficulty: z.string().nullable(),
  tags: z.array(z.string()).default([]),
  answerable: z.boolean(),
  must: z.boolean().default(false).describe('Pinned: a flip of it fails a gate.'),
  expected: z.object({
    answers: z.array(z.string()),
    forbidden: z.array(z.string()),
    evidence: z.array(z.array(z.object({ document: z.string(), quote: z.string() }))),
    relevant: z.array(z.string()),
  }),
  returned: z
    .object({
      answer: z.string().nullable(),
      abstained: z.boolean(),
      confidence: z.number().nullable(),
      passages: z
        .array(passageSchema)
        .nullable()
        .describe('Null where the target hides them; past 100 questions only the worst keep theirs.'),
      citations: z.array(z.number().int()).nullable(),
      ranking: z.array(z.string()).nullable().describe('Document ids, best first: the first ten.'),
    })
    .nullable(),
  error: z.string().nullable(),
  right: z.enum(['right', 'wrong', 'unscored']),
  funnel: z.string(),
  firstRelevantRank: z.number().int().nullable(),
  scores: z.record(z.string(), z.number().nullable()),
  judgements: questionJudgementsSchema.optional().describe('Of a model, by name, where one was asked.'),
  latencyMs: z.number().nullable().describe('First-touch latency: the first asking of this question.'),
});

export const qualitySchema = z.object({
  measures: z.array(measureSchema),
  retrievalAccuracy: proportionSchema.describe('success@5 over answerable questions.'),
  right: proportionSchema.describe('Share of scored questions whose answer is right.'),
  unscoredShare: share,
  funnel: z.record(z.string(), z.number().int()),
  slices: z.array(sliceSchema),
  latencyMs: z.object({
    p50: z.number().nullable(),
    p95: z.number().nullable(),
    p99: z.number().nullable(),
    max: z.number().nullable(),
  }),
});

export type SliceRecord = z.infer<typeof sliceSchema>;
export type QuestionRecord = z.infer<typeof questionSchema>;
export type QualityRecord = z.infer<typeof qualitySchema>;
