import { randomUUID } from 'node:crypto';
import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import type { EngineOptions } from '../options.ts';
import type { Metadata } from '../ports.ts';

const FINGERPRINT_LENGTH = 12;

/** What a cached ranking or answer depends on, besides the settings. */
export interface KeyParts {
  readonly version: number;
  /**
   * Names the index's content: two indexes behind one shared cache may well be at the same version. Left out, keys are
   * of this process alone.
   */
  readonly index?: string | undefined;
  readonly model: string | undefined;
  readonly topK: number;
  readonly filter: Metadata | undefined;
  /** Whose rights the question has: what one may read is no answer for another. Left out for a caller without any. */
  readonly scope?: string | undefined;
  readonly question: string;
}

/** Keys of one engine's caches: whatever could change a value stands in its key, so that no cache is ever stale. */
export interface CacheKeys {
  /** A vector tells nothing of what anybody may read: it is the same for every scope. */
  embedding(embedder: string, question: string): string;
  retrieval(parts: KeyParts): string;
  response(parts: KeyParts): string;
  /** Everything of a response's key but the question: questions are compared with those of the same partition only. */
  semantic(parts: Omit<KeyParts, 'question'>): string;
}

/** Stands for an index that nobody has named. */
const OF_THIS_PROCESS = randomUUID();

/** The settings are hashed once, here; a key itself is put together without hashing. */
export function createCacheKeys(options: EngineOptions): CacheKeys {
  const { embedding, index, retrieval, reranking, generation, openai } = options;
  const ranking = fingerprint({ embedding, index, retrieval, reranking });
  const { prices: _, ...generator } = generation;
  const answer = fingerprint({ ranking, generator, service: openai.baseUrl ?? null });
  return {
    embedding: (embedder, question) => `${embedder}\n${question}`,
    retrieval: (parts) => keyOf(ranking, parts),
    response: (parts) => keyOf(answer, parts),
    semantic: (parts) => partitionOf(answer, parts),
  };
}

function keyOf(settings: string, parts: KeyParts): string {
  return `${partitionOf(settings, parts)}\n${parts.question}`;
}

/** No part can look like another: those of free text are written as JSON, in which no line ends. */
function partitionOf(
  settings: string,
  { version, index = OF_THIS_PROCESS, model, topK, filter, scope }: Omit<KeyParts, 'question'>,
): string {
  const filtered = filter === undefined ? '' : canonicalJson(filter);
  const scoped = scope === undefined ? '' : JSON.stringify(scope);
  return `${version}\n${index}\n${model ?? ''}\n${settings}\n${topK}\n${filtered}\n${scoped}`;
}

function fingerprint(settings: object): string {
  return sha256(canonicalJson(settings)).slice(0, FINGERPRINT_LENGTH);
}
