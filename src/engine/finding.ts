import { GroundspeedError } from '../kernel/errors.ts';
import type { Finding, RankedDocuments } from './answer.ts';
import type { CacheKeys, KeyParts } from './caching/keys.ts';
import type { Compute } from './caching/layered-cache.ts';
import type { CacheLayers } from './caching/layers.ts';
import { costOf, type PriceTable } from './generation/cost.ts';
import { checkedLength } from './indexing/vector-check.ts';
import type { DocumentStore, Embedder, Hits, Metadata, Passage, Reranker } from './ports.ts';
import type { Query } from './query.ts';
import { type Failure, isRefusal } from './resilience/degradation.ts';
import { isOwnFailure } from './resilience/own-failure.ts';
import type { ChunkCatalogue } from './retrieval/catalogue.ts';
import type { Retrieval, Retriever } from './retrieval/retriever.ts';

/** What the engine searches, all of one version of the store. It is replaced or brought up to date after each change. */
export interface SearchState {
  readonly version: number;
  /** Names the content, for caches that several processes share. */
  readonly index?: string | undefined;
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
  /** Whether one of the two searches will do where the other cannot be had. */
  readonly tolerant: boolean;
}

export interface FindRequest {
  readonly question: string;
  readonly topK: number;
  readonly filter: Metadata | undefined;
  /** Whose rights the question has. */
  readonly scope: string | undefined;
  /** False leaves the caches alone. */
  readonly cache: boolean;
}

/** A search that has begun with the question's vector. */
export interface Begun {
  /** Undefined where there is none, or none yet. */
  readonly vector: Float32Array | undefined;
  /** Whether the embedder was asked, whatever came of it. */
  readonly embedded: boolean;
  /** The embedder's, where the search goes on without it. */
  readonly failures: Failure[];
}

export interface Found {
  readonly finding: Finding;
  /** What was done without: the embedder, one of the searches, the reranker. Undefined where all could be had. */
  readonly failures: readonly Failure[] | undefined;
}

/** The first half of every answer: from the question to the passages that the generator is shown. */
export class Finder {
  readonly #parts: FinderParts;

  constructor(parts: FinderParts) {
    this.#parts = parts;
  }

  /** The question's vector: the one that is kept, or, where answers are found by it (`semantic`), a new one. */
  async begin(query: Query, request: FindRequest, { embedder }: SearchState): Promise<Begun> {
    const { caches } = this.#parts;
    const failures: Failure[] = [];
    if (embedder === undefined || !request.cache) return { vector: undefined, embedded: false, failures };
    const vector = await this.#knownVector(query, request, embedder);
    if (vector !== undefined || caches.semantic === undefined) return { vector, embedded: false, failures };
    return { vector: await this.#embedOr(failures, query, request, embedder), embedded: true, failures };
  }

  /**
   * Finds the passages in one state of the index. Whoever changes the index meanwhile makes the result worthless: it
   * is then neither cached nor to be used (`isCurrent`). What was found without a part of the search is never cached.
   */
  async find(query: Query, request: FindRequest, state: SearchState, begun: Begun): Promise<Found> {
    const { caches, keys } = this.#parts;
    const cache = request.cache ? caches.retrieval : undefined;
    if (cache === undefined) return this.#search(query, request, state, begun);

    const key = keys.retrieval(keyPartsOf(request, state));
    const kept = await cache.reach(key, (signal) => this.#findAnew(query.aside(signal), request, state), {
      query: query.number,
    });
    query.lookedUp('retrieval', kept?.state ?? 'miss');
    if (kept !== undefined) return { finding: kept.value, failures: undefined };
    const found = await this.#search(query, request, state, begun);
    if (found.failures === undefined && this.isCurrent(state)) {
      await cache.set(key, found.finding, { query: query.number });
    }
    return found;
  }

  /** Whether the store still is what `state` was made from. */
  isCurrent(state: SearchState): boolean {
    return state.version === this.#parts.store.version;
  }

  async #knownVector(
    query: Query,
    request: FindRequest,
    embedder: Embedder,
  ): Promise<Float32Array | undefined> {
    const { embedding } = this.#parts.caches;
    if (embedding === undefined) return undefined;
    const anew: Compute<Float32Array> = async (signal) =>
      (await this.#embedded(query.aside(signal), request.question, embedder)).vector;
    const key = this.#parts.keys.embedding(embedder.id, request.question);
    const kept = await embedding.reach(key, anew, { query: query.number });
    query.lookedUp('embedding', kept?.state ?? 'miss');
    return kept?.value;
  }

  /** For the cache alone: all of it or nothing. */
  async #findAnew(query: Query, request: FindRequest, state: SearchState): Promise<Finding> {
    const begun = await this.begin(query, request, state);
    const { finding, failures } = await this.#search(query, request, state, begun);
    if (failures !== undefined) throw failures[0]!.error;
    if (!this.isCurrent(state)) throw new Error('the index has changed');
    return finding;
  }

  async #search(
    query: Query,
    request: FindRequest,
    state: SearchState,
    { vector: known, embedded, failures }: Begun,
  ): Promise<Found> {
    const { reranker, contextSize } = this.#parts;
    const { topK } = request;
    const embedder = embedded || known !== undefined ? undefined : state.embedder;
    const vector = embedder ? await this.#embedOr(failures, query, request, embedder) : known;
    const retrieval = await this.#retrieve(failures, query, request, { state, vector });
    query.retrieved(retrieval);
    const reranked =
      reranker && (await this.#rerankOr(failures, query, request, { vector, reranker, retrieval }));
    if (reranked) query.note({ rerankedSize: reranked.keys.length });
    const finding = await query.during('prompt', () => {
      const { keyword, vector: vectorHits, fused, similarity } = retrieval;
      const passages = this.#passages(reranked ?? fused, topK);
      return {
        passages,
        contextSize: contextSize(passages),
        ranking: reranked ? rankingAfter(reranked, retrieval, state.catalogue) : retrieval.ranking,
        ...(similarity !== undefined && { similarity }),
        trace: { keyword, vector: vectorHits, fused, reranked },
      };
    });
    return { finding, failures: failures.length === 0 ? undefined : failures };
  }

  /** Undefined, with the failure noted, where the search can do without a vector. */
  async #embedOr(
    failures: Failure[],
    query: Query,
    request: FindRequest,
    embedder: Embedder,
  ): Promise<Float32Array | undefined> {
    try {
      return await this.#embed(query, request, embedder);
    } catch (error) {
      return this.#without(failures, query, error);
    }
  }

  async #retrieve(
    failures: Failure[],
    query: Query,
    { question, topK, filter }: FindRequest,
    { state, vector }: { state: SearchState; vector: Float32Array | undefined },
  ): Promise<Retrieval> {
    const { signal, stageDeadline: deadline } = query;
    const limits = { signal, deadline, earlyDeadline: this.#mayTake(query), query: query.number };
    const vectorLost = failures.length > 0;
    const retrieval = await query.during('retrieve', () =>
      state.retriever.retrieve({ question, vector, filter, topK, ...limits, tolerant: true, vectorLost }),
    );
    if (retrieval.failures === undefined) return retrieval;
    for (const failure of retrieval.failures) {
      if (!this.#parts.tolerant || isRefusal(failure.error)) throw blamed(query, failure);
      failures.push(failure);
    }
    if (retrieval.keyword !== undefined || retrieval.vector !== undefined) return retrieval;
    throw blamed(query, retrieval.failures.at(-1)!);
  }

  /** Undefined, with the failure noted, where the order of retrieval will do. */
  async #rerankOr(
    failures: Failure[],
    query: Query,
    request: FindRequest,
    found: { vector: Float32Array | undefined; reranker: Reranker; retrieval: Retrieval },
  ): Promise<Hits | undefined> {
    try {
      return await this.#rerank(query, request, found);
    } catch (error) {
      return this.#without(failures, query, error);
    }
  }

  /** Until when something may take that the search can do without. */
  #mayTake({ searchDeadline, stageDeadline }: Query): number | undefined {
    return this.#parts.tolerant ? searchDeadline : stageDeadline;
  }

  #without(failures: Failure[], query: Query, error: unknown): undefined {
    query.throwIfWithdrawn();
    if (!this.#parts.tolerant || isRefusal(error)) throw error;
    failures.push(query.failureOf(error));
    query.blame(undefined);
    return undefined;
  }

  /** Once for all who ask the same at the same time; the others wait for it as long as each may. */
  async #embed(query: Query, request: FindRequest, embedder: Embedder): Promise<Float32Array> {
    const { caches, keys } = this.#parts;
    const { question } = request;
    const cache = request.cache ? caches.embedding : undefined;
    if (cache === undefined) return (await this.#embedded(query, question, embedder)).vector;
    let own = false;
    let costUsd = 0;
    const compute: Compute<Float32Array> = async (signal) => {
      own = true;
      const embedded = await this.#embedded(query.under(signal), question, embedder);
      costUsd = embedded.costUsd;
      return embedded.vector;
    };
    try {
      const { value } = await cache.make(keys.embedding(embedder.id, question), compute, {
        query: query.number,
        signal: query.signal,
        patience: () => query.patience(this.#mayTake(query)),
        costUsd: () => costUsd,
        ownFailure: (error) => isOwnFailure(error) && query.hasTime,
      });
      return value;
    } catch (error) {
      if (!own) query.blame('embedder');
      throw error;
    }
  }

  async #embedded(
    query: Query,
    question: string,
    embedder: Embedder,
  ): Promise<{ vector: Float32Array; costUsd: number }> {
    const { prices, embeddingModel } = this.#parts;
    const { signal } = query;
    const deadline = this.#mayTake(query);
    return query.during('embed', async () => {
      const { vectors, inputTokens = 0 } = await embedder.embed([question], {
        purpose: 'query',
        query: query.number,
        deadline,
        ...(signal && { signal }),
      });
      const costUsd = costOf(prices, embeddingModel, { inputTokens, outputTokens: 0 });
      query.used('embeddings', { inputTokens, outputTokens: 0 }, costUsd);
      return { vector: checkedVector(vectors, embedder), costUsd };
    });
  }

  #rerank(
    query: Query,
    { question, topK }: FindRequest,
    {
      vector,
      reranker,
      retrieval,
    }: { vector: Float32Array | undefined; reranker: Reranker; retrieval: Retrieval },
  ): Promise<Hits> {
    const { store, rerankDepth } = this.#parts;
    const { signal } = query;
    return query.during('rerank', () => {
      const reranked = reranker.rerank({
        question,
        vector,
        candidates: retrieval.fused,
        k: Math.max(topK, rerankDepth),
        vectorsOf: (keys) => store.vectors(keys),
        ...(signal && { signal }),
      });
      return query.inTime(reranked, this.#mayTake(query));
    });
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

/** What the cached results of a request in this state are named by. */
export function keyPartsOf(request: FindRequest, { version, model, index }: SearchState): KeyParts {
  const { question, topK, filter, scope } = request;
  return { question, topK, filter, scope, version, model, index };
}

/** The vector that came back for one text; what cannot be searched for is the embedder's fault, not the index's. */
function checkedVector(vectors: readonly Float32Array[], { id, dimensions }: Embedder): Float32Array {
  const [vector] = vectors;
  if (vector === undefined) {
    throw new GroundspeedError('embedding.failed', 'The embedder gave no vector for the question', {
      where: id,
    });
  }
  checkedLength(vector, dimensions, () => 'The question');
  return vector;
}

function blamed(query: Query, { source, error }: Failure): unknown {
  query.blame(source);
  return error;
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
