import { z } from 'zod';
import { hash, interval, share } from './primitives.ts';

/** How a model judged one answer in one respect. */
export const questionJudgementSchema = z.object({
  status: z
    .enum(['judged', 'by-rule', 'not-applicable', 'failed', 'not-reached'])
    .describe(
      'judged by the model; by-rule where nothing, or an abstention, came back; not-reached when the run stopped first.',
    ),
  score: share.nullable().describe('Null unless judged; also where an answer claims nothing.'),
  reason: z.string().nullable().describe('Of the model, or why there is no score.'),
  counts: z
    .object({ yes: z.number().int(), of: z.number().int() })
    .nullable()
    .describe('Claims supported, or passages relevant, of all; null for a grade.'),
  cached: z.boolean(),
});

/** By name of the judgement. */
export const questionJudgementsSchema = z.record(z.string(), questionJudgementSchema);

export const judgementSummarySchema = z.object({
  name: z.string(),
  prompt: z.object({ version: z.number().int(), hash }),
  mean: share.nullable().describe('Null where nothing was scored, and where too many judgements failed.'),
  ci95: interval,
  n: z.number().int().describe('Answers with a score.'),
  judged: z.number().int().describe('Answers that the model judged, those without a claim among them.'),
  byRule: z.number().int(),
  notApplicable: z.number().int(),
  failed: z.number().int(),
  notReached: z.number().int(),
  failedShare: share.nullable().describe('Failed, of those that the model was asked about.'),
  withheld: z.boolean().describe('Whether the mean is withheld, since more than 5 % failed.'),
  failures: z.array(z.object({ fault: z.string(), count: z.number().int(), example: z.string() })),
});

/** How far a model's judgements agree with people's. */
export const agreementSchema = z.object({
  judgement: z.string(),
  n: z.number().int().describe('Answers that both judged.'),
  unmatched: z
    .number()
    .int()
    .describe('Labels of answers that the model did not score, or of unknown questions.'),
  scale: z
    .enum(['binary', 'graded'])
    .describe('binary: labels are all 0 or 1, and scores of a half or more count as 1; graded: by quarters.'),
  agreement: share.nullable().describe('Share of answers that both put in the same category.'),
  agreementCi95: interval.describe('Wilson.'),
  kappa: z.number().nullable().describe("Cohen's κ; linear weights for graded labels."),
  kappaCi95: interval.describe('Percentile bootstrap over answers.'),
});

/** What judging by a model took, and what came of it. */
export const judgeSchema = z.object({
  model: z.string(),
  answeredBy: z.array(z.string()).describe('Models, as the service named them.'),
  service: z.string().describe('Address, without credentials.'),
  temperature: z.number().nullable().describe('Null where the service takes none.'),
  seed: z.number().int().nullable().describe('Null where the service takes none.'),
  structuredOutput: z.enum(['json_schema', 'json_object', 'none']),
  concurrency: z.number().int(),
  calls: z.number().int().describe('Requests that were sent, retries among them.'),
  retries: z.number().int(),
  cached: z.number().int().describe('Judgements taken from the cache, without a call.'),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  costUsd: z.number().nullable().describe('Of this run; null where the model is not in the price table.'),
  durationMs: z.number(),
  complete: z.boolean(),
  stopped: z.string().nullable().describe('Why judging ended early.'),
  judgements: z.array(judgementSummarySchema),
  agreement: z.array(agreementSchema).nullable().describe('Null without human labels.'),
});

export type JudgeRecord = z.infer<typeof judgeSchema>;
export type JudgementSummary = z.infer<typeof judgementSummarySchema>;
export type AgreementRecord = z.infer<typeof agreementSchema>;
export type QuestionJudgement = z.infer<typeof questionJudgementSchema>;
export type QuestionJudgements = z.infer<typeof questionJudgementsSchema>;
