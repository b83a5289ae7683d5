import type { Finding, RankedDocuments } from './answer.ts';
import type { CacheKeys } from './caching/keys.ts';
import type { CacheLayers } from './caching/layers.ts';
import { costOf, type PriceTable } from './generation/cost.ts';
import type { DocumentStore, Embedder, Hits, Metadata, Passage, Reranker } from './ports.ts';
import type { Query } from './query.ts';
import type { ChunkCatalogue } from './retrieval/catalogue.ts';
import type { Retrieval, Retriever } from './retrieval/retriever.ts';

/** What the engine searches, all of one version of the store. It is replaced or brought up to date after each change. */
export interface SearchState {
  readonly version: number;
  readonly model: string | undefined;
  /** Undefined where there are no vectors to search. */
  readonly embedder: Embedder | undefined;
  readonly retriever: Retriever;
  readonly catalogue: ChunkCatalogue;
}

export interface FinderParts {
  readonly store: Pick<DocumentStore, 'version' | 'documentCount' | 'chunks' | 'vectors'>;
  /** What to search now; waits while a published change is on its way into the indexes. */
  readonly searchState: () => SearchState | Promise<SearchState>;
  readonly reranker: Reranker | undefined;
  /** How many candidates the reranker puts in order. */
  readonly rerankDepth: number;
  readonly contextSize: (passages: readonly Passage[]) => number;
  readonly caches: CacheLayers;
  readonly keys: CacheKeys;
  /** The embedding model's name in the price table. */
  readonly embeddingModel: string;
  readonly prices: PriceTable;
}

export interface FindRequest {
  readonly question: string;
  readonly topK: number;
  readonly filter: Metadata | undefined;
  /** False leaves the caches alone. */
  readonly cache: boolean;
}

/** The first half of every answer: from the question to the passages that the generator is shown. */
export class Finder {
  readonly #parts: FinderParts;

  constructor(parts: FinderParts) {
    this.#parts = parts;
  }

  /**
   * Finds the passages in one state of the index. Whoever changes the index meanwhile makes the result worthless: it
   * is then neither cached nor to be used (`isCurrent`).
   */
  async find(query: Query, request: FindRequest, state: SearchState): Promise<Finding> {
    const { caches, keys } = this.#parts;
    const known = await this.#knownVector(query, request, state);
    const cache = request.cache ? caches.retrieval : undefined;
    if (cache === undefined) return this.#search(query, request, state, known);

    const key = keys.retrieval({ ...request, version: state.version, model: state.model });
    const found = await cache.get(key);
    query.lookedUp('retrieval', found !== undefined);
    if (found !== undefined) return found;
    const finding = await this.#search(query, request, state, known);
    if (this.isCurrent(state)) await cache.set(key, finding);
    return finding;
  }

  /** Whether the store still is what `state` was made from. */
  isCurrent(state: SearchState): boolean {
    return state.version === this.#parts.store.version;
  }

  async #knownVector(
    query: Query,
    request: FindRequest,
    { embedder }: SearchState,
  ): Promise<Float32Array | undefined> {
    const { caches, keys } = this.#parts;
    if (embedder === undefined || !request.cache || caches.embedding === undefined) return undefined;
    const vector = await caches.embedding.get(keys.embedding(embedder.id, request.question));
    query.lookedUp('embedding', vector !== undefined);
    return vector;
  }

  async #search(
    query: Query,
    request: FindRequest,
    state: SearchState,
    known: Float32Array | undefined,
  ): Promise<Finding> {
    const { reranker, contextSize } = this.#parts;
    const { question, topK, filter } = request;
    const { signal } = query;
    const vector = known ?? (state.embedder && (await this.#embed(query, request, state.embedder)));
    const retrieval = await query.during('retrieve', () =>
      state.retriever.retrieve({ question, vector, filter, topK, signal }),
    );
    query.retrieved(retrieval);
    const reranked = reranker && (await this.#rerank(query, request, vector, retrieval.fused, reranker));
    return query.during('prompt', () => {
      const { keyword, vector: vectorHits, fused } = retrieval;
      const passages = this.#passages(reranked ?? fused, topK);
      return {
        passages,
        contextSize: contextSize(passages),
        ranking: reranked ? rankingAfter(reranked, retrieval, state.catalogue) : retrieval.ranking,
        trace: { keyword, vector: vectorHits, fused, reranked },
      };
    });
  }

  async #embed(query: Query, request: FindRequest, embedder: Embedder): Promise<Float32Array> {
    const { caches, keys, prices, embeddingModel } = this.#parts;
    const { question } = request;
    const { signal } = query;
    const { vectors, inputTokens = 0 } = await query.during('embed', () =>
      embedder.embed([question], { purpose: 'query', ...(signal && { signal }) }),
    );
    query.costUsd += costOf(prices, embeddingModel, { inputTokens, outputTokens: 0 });
    const vector = vectors[0]!;
    if (request.cache) await caches.embedding?.set(keys.embedding(embedder.id, question), vector);
    return vector;
  }

  #rerank(
    query: Query,
    { question, topK }: FindRequest,
    vector: Float32Array | undefined,
    candidates: Hits,
    reranker: Reranker,
  ): Promise<Hits> {
    const { store, rerankDepth } = this.#parts;
    const { signal } = query;
    return query.during('rerank', () =>
      reranker.rerank({
        question,
        vector,
        candidates,
        k: Math.max(topK, rerankDepth),
        vectorsOf: (keys) => store.vectors(keys),
        ...(signal && { signal }),
      }),
    );
  }

  #passages({ keys, scores }: Hits, topK: number): Passage[] {
    const passages: Passage[] = [];
    const chunks = this.#parts.store.chunks([...keys.subarray(0, topK)]);
    for (let index = 0; index < chunks.length; index += 1) {
      const chunk = chunks[index];
      if (chunk === undefined) continue; // taken away by a change: the caller sees that, and searches again
      const { key, documentId, title, text, start, end, metadata } = chunk;
      const score = scores[index]!;
      passages.push({ key, documentId, title, text, start, end, score, rank: index + 1, metadata });
    }
    return passages;
  }
}

/** The documents in the reranker's order, then those that it was not given, as retrieval had them. */
function rankingAfter(
  { keys, scores }: Hits,
  { ranking }: Retrieval,
  catalogue: ChunkCatalogue,
): RankedDocuments {
  const best = new Map<string, number>();
  for (let index = 0; index < keys.length; index += 1) {
    const document = catalogue.documentOf(keys[index]!);
    const id = document < 0 ? undefined : catalogue.documentId(document);
    if (id !== undefined && !best.has(id)) best.set(id, scores[index]!);
  }
  // The two kinds of score have no common scale: the rest only keeps its order, below everything reranked.
  let score = keys.length === 0 ? 0 : scores[keys.length - 1]!;
  for (const id of ranking.ids) {
    if (best.has(id)) continue;
    score -= 1;
    best.set(id, score);
  }
  const ids = [...best.keys()].slice(0, ranking.ids.length);
  return { ids, scores: Float64Array.from(ids, (id) => best.get(id)!) };
}
