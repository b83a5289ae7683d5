import { z } from 'zod';

const number = z.coerce.number();
const secret = z.string().min(1).meta({ secret: true });

/** What a model can be asked to judge of one answer, in the order in which it is reported. */
export const JUDGEMENTS = ['faithfulness', 'answer-relevance', 'correctness', 'context-relevance'] as const;
export type Judgement = (typeof JUDGEMENTS)[number];

const judgement = z.enum(JUDGEMENTS);

/** How a language model judges answers, where that is asked for (`--judge`). */
export const judgingOptions = {
  judge: z
    .strictObject({
      model: z.string().min(1).default('gpt-4o-mini').describe('Model that judges answers, with --judge.'),
      baseUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('Base URL of its OpenAI-compatible service. Default: openai.baseUrl.')
        .meta({ examples: ['https://api.openai.com/v1'] }),
      apiKey: secret
        .optional()
        .describe(
          'Key for that service. Default: openai.apiKey, unless judge.baseUrl names another service.',
        ),
      temperature: number.min(0).max(2).default(0).describe('Sampling temperature of the judge.'),
      maxTokens: number
        .int()
        .min(50)
        .max(100_000)
        .default(2000)
        .describe('Tokens in one reply of the judge, at most.'),
      concurrency: number.int().min(1).max(256).default(4).describe('Calls to the judge in flight, at most.'),
      timeoutMs: number.int().min(1).default(60_000).describe('Milliseconds for one call to the judge.'),
      retries: number
        .int()
        .min(0)
        .max(20)
        .default(4)
        .describe(
          'Further attempts after a rate limit, a fault of the service, a timeout or a malformed reply.',
        ),
      maxCostUsd: number
        .positive()
        .optional()
        .describe('US dollars past which no further call is made; needs the model in generation.prices.'),
      passageCharacters: number
        .int()
        .min(100)
        .max(1_000_000)
        .default(8000)
        .describe('Characters of each passage, and of the answer, that the judge is shown, at most.'),
      measures: z
        .union([
          z.array(judgement),
          z
            .string()
            .transform((list) => list.split(',').map((name) => name.trim()))
            .pipe(z.array(judgement)),
        ])
        .refine((list) => list.length > 0, { message: 'must name a judgement' })
        .default([...JUDGEMENTS])
        .describe(`What is judged: ${JUDGEMENTS.join(', ')}.`),
      cache: z
        .union([
          z.boolean(),
          z
            .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
            .transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
        ])
        .default(true)
        .describe('Whether replies are kept in .groundspeed/judge, and not asked for again.'),
    })
    .prefault({}),
} as const;

export const judgingSchema = z.strictObject(judgingOptions);
export type JudgingOptions = z.infer<typeof judgingSchema>;
