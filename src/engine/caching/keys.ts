import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import type { EngineOptions } from '../options.ts';
import type { Metadata } from '../ports.ts';

const FINGERPRINT_LENGTH = 12;

/** What a cached ranking or answer depends on, besides the settings. */
export interface KeyParts {
  readonly version: number;
  readonly model: string | undefined;
  readonly topK: number;
  readonly filter: Metadata | undefined;
  readonly question: string;
}

/** Keys of one engine's caches: whatever could change a value stands in its key, so that no cache is ever stale. */
export interface CacheKeys {
  embedding(embedder: string, question: string): string;
  retrieval(parts: KeyParts): string;
  response(parts: KeyParts): string;
}

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
  };
}

function keyOf(settings: string, { version, model, topK, filter, question }: KeyParts): string {
  const filtered = filter === undefined ? '' : canonicalJson(filter);
  return `${version}\n${model ?? ''}\n${settings}\n${topK}\n${filtered}\n${question}`;
}

function fingerprint(settings: object): string {
  return sha256(canonicalJson(settings)).slice(0, FINGERPRINT_LENGTH);
}
