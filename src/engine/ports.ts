import type { CacheLayer } from './events.ts';

/**
 * What the engine needs from the world, as interfaces. Every adapter of a port passes that port's contract suite in
 * `test/contracts`. All calls that could ever cross a network are asynchronous, and take a signal.
 */

/** The number of a chunk in the store: positive, below 2^32, never used twice. It is also the label in every index. */
export type ChunkKey = number;

/** Free-form facts about a document, matched by filters. */
export type Metadata = Readonly<Record<string, unknown>>;

export interface SourceDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly metadata: Metadata;
}

export interface StoredDocument extends SourceDocument {
  /** SHA-256 over title, text and metadata: equal hash, unchanged document. */
  readonly hash: string;
  /** 1 for the first content seen under this id, then counting up. */
  readonly version: number;
}

/** A stretch of a document's text. `text === document.text.slice(start, end)`, in UTF-16 units. */
export interface Chunk {
  readonly key: ChunkKey;
  readonly documentId: string;
  readonly title: string;
  /** Position among the document's chunks, from 0. */
  readonly ordinal: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly metadata: Metadata;
}

/** A chunk before the store has given it a key. */
export type ChunkDraft = Pick<Chunk, 'ordinal' | 'start' | 'end' | 'text'>;

/**
 * A ranked list as parallel arrays: best first, ties by ascending key. Higher scores are better, whatever the index.
 */
export interface Hits {
  readonly keys: Uint32Array;
  readonly scores: Float64Array;
}

/** Which chunks may be returned. It must be pure and must not throw. */
export type ChunkFilter = (key: ChunkKey) => boolean;

/** How long a caller waits, which every call that could cross a network is told. */
export interface CallLimits {
  /** The caller has left. */
  readonly signal?: AbortSignal;
  /** On the engine's clock. What stands before a port ends the call then; an adapter may leave it to that. */
  readonly deadline?: number | undefined;
  /** Number of the question that asks, for the events of the call. */
  readonly query?: number | undefined;
}

export interface SearchOptions extends CallLimits {
  readonly accept?: ChunkFilter;
}

/** `query` for a question's text, `document` for what an ingest takes in. */
export interface EmbedOptions extends CallLimits {
  readonly purpose: 'query' | 'document';
}

export interface Embedding {
  readonly vectors: readonly Float32Array[];
  /** Tokens billed, where the embedder counts them. */
  readonly inputTokens?: number;
}

export interface Embedder {
  /** Names the model and everything that changes its vectors: `lsa/256@3f2a…`, `openai/text-embedding-3-small/1536`. */
  readonly id: string;
  readonly dimensions: number;
  /** One unit-length vector per text, in order. A text with nothing the model knows gets a zero vector. */
  embed(texts: readonly string[], options: EmbedOptions): Promise<Embedding>;
}

/**
 * Where an engine gets its embedder from: a fitted one depends on the corpus, a remote one does not. Undefined stands
 * for an engine without vectors.
 */
export interface EmbedderSource {
  /** The embedder for what the store holds now, fitted (or fitted anew) when need be, and saved there. Ingest calls it once all chunks are stored. */
  prepare(
    store: DocumentStore,
    options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
  ): Promise<Embedder | undefined>;
  /** The embedder whose vectors the store holds; refuses an index made with another one, saying what to do. */
  open(store: DocumentStore): Promise<Embedder | undefined>;
}

/** Nearest neighbours by cosine similarity; scores lie in [−1, 1]. */
export interface VectorIndex {
  readonly kind: string;
  readonly dimensions: number;
  readonly size: number;
  /** Adds vectors, or replaces those whose key is known. Refuses wrong dimensions and non-finite numbers, naming the key. */
  add(entries: readonly { key: ChunkKey; vector: Float32Array }[]): Promise<void>;
  /** Forgets keys; unknown ones are ignored. */
  remove(keys: readonly ChunkKey[]): Promise<void>;
  search(query: Float32Array, k: number, options?: SearchOptions): Promise<Hits>;
  /** Writes the index beside `path` (an adapter may use several files with that prefix). */
  save(path: string): Promise<void>;
  /** Reads what `save` wrote, replacing all content. */
  load(path: string): Promise<void>;
  close(): Promise<void>;
}

/** What a keyword index holds of a chunk: its document's title and its text are searched together. */
export type KeywordEntry = Pick<Chunk, 'key' | 'title' | 'text'>;

/** Lexical search. Scores are BM25's: positive, unbounded. Only chunks that share a term with the query are returned. */
export interface KeywordIndex {
  readonly kind: string;
  readonly size: number;
  add(entries: readonly KeywordEntry[]): Promise<void>;
  remove(keys: readonly ChunkKey[]): Promise<void>;
  search(query: string, k: number, options?: SearchOptions): Promise<Hits>;
  save(path: string): Promise<void>;
  load(path: string): Promise<void>;
  close(): Promise<void>;
}

export interface RerankRequest {
  readonly question: string;
  /** The question's embedding, where one was made. */
  readonly vector: Float32Array | undefined;
  readonly candidates: Hits;
  /** How many of the candidates are wanted, at most. */
  readonly k: number;
  /** Stored vectors of candidates, in the order asked; undefined where a chunk has none. */
  vectorsOf(keys: readonly ChunkKey[]): readonly (Float32Array | undefined)[];
  readonly signal?: AbortSignal;
}

/** Puts candidates in a new order. What comes back holds only keys of the request, each once. */
export interface Reranker {
  readonly id: string;
  rerank(request: RerankRequest): Promise<Hits>;
}

/** A retrieved chunk as the answer shows it. */
export interface Passage {
  readonly key: ChunkKey;
  readonly documentId: string;
  readonly title: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
  /** From 1. */
  readonly rank: number;
  readonly metadata: Metadata;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface GenerationRequest extends CallLimits {
  readonly question: string;
  /** The context, best first. */
  readonly passages: readonly Passage[];
}

export interface GeneratedAnswer {
  readonly text: string;
  /** Indexes into the request's passages, in the order in which they are cited. */
  readonly citations: readonly number[];
  /** From 0 to 1; how it is computed is the generator's own, and documented there. */
  readonly confidence: number;
  /** The generator says that the passages do not answer the question. */
  readonly abstained: boolean;
  readonly usage: TokenUsage;
  /** The model that answered, as the price table names it; undefined when nothing is billed. */
  readonly model?: string;
}

/** The answer as it grows, then once whole. The texts, joined, equal the whole answer's text. */
export type GenerationEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'done'; readonly answer: GeneratedAnswer };

export interface Generator {
  readonly id: string;
  /** Ends after exactly one `done`; a stream that breaks off throws. */
  generate(request: GenerationRequest): AsyncIterable<GenerationEvent>;
}

export interface CacheStatistics {
  readonly entries: number;
  /** Of these, those that other processes have too, since they share them; each process tells them alike. By default none. */
  readonly commonEntries?: number;
  /** That keys and values take, about. */
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
}

/** Values by key. Keys hold whatever makes a value valid (index version, settings): a cache never judges staleness. */
export interface Cache<V> {
  /** `query`: number of the question that asks, for the events of the call. */
  get(key: string, query?: number): Promise<V | undefined>;
  set(key: string, value: V, query?: number): Promise<void>;
  clear(): Promise<void>;
  statistics(): CacheStatistics;
}

export interface DocumentDraft {
  readonly document: SourceDocument;
  readonly hash: string;
  readonly chunks: readonly ChunkDraft[];
}

/**
 * What a published write changed, so that the in-memory indexes can follow: removals first, then additions. A key in
 * both lists is a chunk whose vector is new. A change of model is not in it: indexes of vectors are then built anew.
 */
export interface StoreChange {
  readonly addedKeys: readonly ChunkKey[];
  readonly removedKeys: readonly ChunkKey[];
}

/**
 * The one durable truth: documents, chunks, vectors, the fitted embedding model. Documents are staged (chunks
 * stored, vectors perhaps missing) and published; only published ones are visible to any reading call.
 */
export interface DocumentStore {
  /** Counts up with every published change. Cache keys and index snapshots carry it. */
  readonly version: number;
  readonly documentCount: number;
  readonly chunkCount: number;

  /** Hash by id, of every published document and of those staged since (a staged hash wins). */
  hashes(): ReadonlyMap<string, string>;
  /** Stores drafts without showing them. One transaction: after a crash all of them are there, or none. */
  stage(drafts: readonly DocumentDraft[]): void;
  /** Ids of the documents that are staged and not yet shown, in order: what an interrupted ingest left, or what failed. */
  stagedIds(): readonly string[];
  /**
   * Chunks of staged and published documents that lack a vector of `model`, in document-id order, then by ordinal;
   * those that follow the chunk `after`, when it is given, so that a pass over all of them skips those that failed.
   */
  chunksWithoutVector(model: string, limit: number, after?: ChunkKey): readonly Chunk[];
  /** How many chunks lack a vector of `model`. */
  countWithoutVector(model: string): number;
  /** Every staged and published chunk that would be current after publishing, in document-id order, then by ordinal. */
  currentChunks(): Iterable<Chunk>;
  putVectors(model: string, entries: readonly { key: ChunkKey; vector: Float32Array }[]): void;
  /**
   * Shows everything staged whose chunks all have vectors of `model` (or everything staged, when `model` is undefined:
   * an engine without vectors), drops what it replaces, and makes `model` the one in use. One transaction.
   */
  publish(model: string | undefined): StoreChange;
  /** Removes published and staged documents. One transaction; unknown ids are ignored. */
  remove(ids: readonly string[]): StoreChange;

  document(id: string): StoredDocument | undefined;
  documentIds(): readonly string[];
  /** In the order asked; undefined for a key that is unknown or not published. */
  chunks(keys: readonly ChunkKey[]): readonly (Chunk | undefined)[];
  publishedChunks(): Iterable<Chunk>;
  /** Vectors of the model in use, in the order asked. */
  vectors(keys: readonly ChunkKey[]): readonly (Float32Array | undefined)[];
  publishedVectors(): Iterable<{ key: ChunkKey; vector: Float32Array }>;

  /** The model in use, as `publish` was told; undefined before. */
  readonly model: string | undefined;
  /** Fitted models by embedder id. */
  saveModel(id: string, bytes: Uint8Array): void;
  loadModel(id: string): Uint8Array | undefined;

  /** Small facts that belong to the index: schema version, chunking settings, counts at the last fit. */
  fact(name: string): string | undefined;
  setFact(name: string, value: string): void;

  /** Fails, saying what to do, when the store is damaged. */
  check(): void;
  close(): void;
}

/**
 * What is put around the ports as an engine makes them, below its timeouts, retries and breakers: faults of a drill, for
 * example. Each gets the port and gives what is used in its place.
 */
export interface PortDecorators {
  embedder?(port: Embedder): Embedder;
  vector?(port: VectorIndex): VectorIndex;
  keyword?(port: KeywordIndex): KeywordIndex;
  generator?(port: Generator): Generator;
  cache?<V>(layer: CacheLayer, port: Cache<V>): Cache<V>;
  store?(port: DocumentStore): DocumentStore;
}
