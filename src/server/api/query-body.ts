import { z } from 'zod';
import type { Answer } from '../../engine/answer.ts';
import type { Metadata } from '../../engine/ports.ts';
import type { DegradationLevel } from '../../engine/resilience/options.ts';
import { mustBe } from '../validate.ts';

const MOST_SOURCES = 100;
const LONGEST_CLIENT_ID = 200;

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const wanted = z.union([scalar, z.array(scalar)], {
  error: 'must be text, a number, true, false or null, or a list of these (any of them matches)',
});
const topK = mustBe(`a whole number from 1 to ${MOST_SOURCES}`);
const deadline = mustBe('a number of milliseconds above 0');

/** What `POST /api/query` takes; `maxQuestionLength` is in UTF-16 units. */
export function queryBodySchema(maxQuestionLength: number) {
  return z.strictObject(
    {
      query: z
        .string({ error: mustBe('text') })
        .max(maxQuestionLength, { error: `must have ${maxQuestionLength} characters or fewer` })
        .refine((text) => text.trim() !== '', { error: 'must not be empty' }),
      client_id: z
        .string({ error: mustBe('text') })
        .min(1, { error: 'must not be empty' })
        .max(LONGEST_CLIENT_ID, { error: `must have ${LONGEST_CLIENT_ID} characters or fewer` })
        .optional(),
      top_k: z.int({ error: topK }).min(1, { error: topK }).max(MOST_SOURCES, { error: topK }).optional(),
      filter: z
        .record(z.string(), wanted, { error: mustBe('an object of metadata fields and their values') })
        .optional(),
      /** Milliseconds from the arrival of the request until the answer must be there; never more than `resilience.deadlineMs`. */
      deadline_ms: z.number({ error: deadline }).gt(0, { error: deadline }).optional(),
      stream: z.boolean({ error: mustBe('true or false') }).optional(),
      /** False has the answer made anew, out of no cache and into none: it costs what an answer costs. */
      cache: z.boolean({ error: mustBe('true or false') }).optional(),
    },
    { error: mustBe('a JSON object') },
  );
}

export type QueryBody = z.infer<ReturnType<typeof queryBodySchema>>;

/** A passage of the answer. Offsets are UTF-16 units into the document's text: `text` is what stands between them. */
export interface SourceBody {
  /** The document's id. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly score: number;
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly rank: number;
  /** Whether the answer cites it. */
  readonly cited: boolean;
  /** Whether the generator was shown it. */
  readonly in_context: boolean;
  readonly metadata: Metadata;
}

/** The answer of `POST /api/query`. Times are milliseconds. */
export interface AnswerBody {
  readonly success: true;
  readonly answer: string;
  readonly abstained: boolean;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly sources: readonly SourceBody[];
  /** From the arrival of the request to the whole answer, the wait for a place included. */
  readonly processing_time: number;
  /** Of that, the wait for a place. */
  readonly queue_time: number;
  /** From the arrival of the request to the first piece of the answer. */
  readonly first_token_time: number;
  readonly stages: Answer['stages'];
  readonly cache: Answer['cache'];
  /** How it is less than a full answer, and why: "keyword", "embedder: open". Null for a full one. */
  readonly degraded: { readonly level: DegradationLevel; readonly reason: string } | null;
  /** Of an answer out of the semantic cache, the earlier question that it was given to; null of any other. */
  readonly matched: Answer['matched'] | null;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
  readonly cost_usd: number;
  readonly request_id: string;
}

export interface AnswerTiming {
  readonly processingMs: number;
  readonly queueMs: number;
  readonly firstTokenMs: number;
}

export function answerBody(answer: Answer, timing: AnswerTiming, requestId: string): AnswerBody {
  const { text, abstained, confidence, passages, contextSize, stages, cache, usage, costUsd } = answer;
  const { degraded } = answer;
  const cited = new Set(answer.citations);
  return {
    success: true,
    answer: text,
    abstained,
    confidence,
    sources: passages.map(
      ({ documentId, title, text: passage, score, start, end, rank, metadata }, index) => ({
        id: documentId,
        title,
        text: passage,
        score,
        start,
        end,
        rank,
        cited: cited.has(index),
        in_context: index < contextSize,
        metadata,
      }),
    ),
    processing_time: timing.processingMs,
    queue_time: timing.queueMs,
    first_token_time: timing.firstTokenMs,
    stages,
    cache,
    degraded: degraded === undefined ? null : { level: degraded.level, reason: degraded.reason },
    matched: answer.matched ?? null,
    usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens },
    cost_usd: costUsd,
    request_id: requestId,
  };
}
