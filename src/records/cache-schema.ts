import { z } from 'zod';
import { interval, quantilesSchema, share } from './primitives.ts';

/** What the caches did in one phase of load, by what the responses say of them. */

const count = z.number().int();

const latencySchema = z.object({
  count,
  latencyMs: quantilesSchema.describe('end − due.'),
  latencyCi95: z
    .object({ p50: interval, p95: interval, p99: interval, mean: interval })
    .describe('From batch means.'),
});

/** Requests of one part of a phase, hits and misses apart. */
const partSchema = z.object({
  hitRate: share.nullable().describe('Hits / (hits + misses).'),
  hits: latencySchema.pick({ count: true, latencyMs: true }),
  misses: latencySchema.pick({ count: true, latencyMs: true }),
});

/** A share of hits, by request and by question. */
const hitShareSchema = z.object({
  count,
  of: count,
  share: share.nullable().describe('By request: popular questions weigh more.'),
  ci95: interval.describe('Of that share, from batch means; null where either side is rare.'),
  questions: count.describe('Distinct questions to which it happened at least once.'),
  ofQuestions: count.describe('Distinct questions that had such a hit at all.'),
  questionsCi95: interval.describe("Of questions / ofQuestions: Wilson's."),
});

/** What the caches of a target did during a phase, by their own counters. */
export const cacheWorkSchema = z.object({
  layers: z.record(
    z.string(),
    z.object({
      hits: count,
      stale: count.nullable(),
      misses: count,
      shared: count
        .nullable()
        .describe('Questions that waited for somebody else to compute; not among misses.'),
      hitRate: share.nullable().describe('(hits + stale) / lookups; questions that waited are lookups.'),
      evictions: count,
      entries: count.describe('At the end of the phase.'),
      bytes: z.number().nullable().describe('At the end of the phase.'),
      savedUsd: z.number().nullable().describe('During the phase.'),
    }),
  ),
  bytes: z.number().nullable().describe('Of all layers, at the end of the phase.'),
  bytesBefore: z.number().nullable(),
  evictions: count,
  savedUsd: z
    .number()
    .nullable()
    .describe(
      'What the answers, embeddings and findings that caches gave during the phase had cost to make.',
    ),
});

export const cachesSchema = z.object({
  hits: latencySchema.describe('Answers that came whole from a cache (response, semantic), stale ones too.'),
  misses: latencySchema.describe('Answers that were made, though a finding or a vector may have been kept.'),
  off: count.describe('Completed requests for which no cache was asked.'),
  unknown: count.describe('Completed requests whose response does not say.'),
  layers: z.record(
    z.string(),
    z.object({
      answered: count,
      of: count.describe('Requests that got as far as this layer: all that no layer further out answered.'),
      rate: share.nullable(),
      ci95: interval.describe('From batch means.'),
      stale: count.nullable().describe('Of the answered, those past their time; null where none tells.'),
    }),
  ),
  cold: partSchema.describe('The first completed request for each question in this phase.'),
  warm: partSchema.describe('All later ones.'),
  steady: partSchema
    .nullable()
    .describe(
      'Warm ones that were due after the point at which the steady-state rule would cut; null where it finds none.',
    ),
  stale: hitShareSchema
    .nullable()
    .describe('Of requests that some layer served and that tell how old that was. Null where none does.'),
  semantic: z
    .object({
      false: hitShareSchema.describe(
        'Of semantic hits that can be judged: not right and given by another golden question, or wrong where the answer made anew is right. Where right cannot be said, given by another golden question.',
      ),
      lost: hitShareSchema.describe(
        'Of semantic hits whose question is also answered anew and scored: wrong, where the answer made anew is right.',
      ),
      crossed: hitShareSchema
        .nullable()
        .describe('Of those that tell what they matched: given by another golden question, right or not.'),
      unjudged: count.describe('Semantic hits that cannot be called false or true.'),
    })
    .nullable()
    .describe('Null without a semantic hit.'),
  work: cacheWorkSchema.nullable().describe("From the target's own counters; null where nobody can look."),
});

export type CacheWorkRecord = z.infer<typeof cacheWorkSchema>;
export type CachesRecord = z.infer<typeof cachesSchema>;
export type CacheHitShare = z.infer<typeof hitShareSchema>;
export type CachePart = z.infer<typeof partSchema>;
export type CacheLatency = z.infer<typeof latencySchema>;
