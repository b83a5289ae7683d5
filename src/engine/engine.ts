import type { Clock } from '../kernel/clock.ts';
import { canonicalJson, sha256 } from '../kernel/digest.ts';
import { createEmitter, type Emitter } from '../kernel/emitter.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { seededRandom } from '../kernel/random.ts';
import type { Answer, AskOptions } from './answer.ts';
import { type CacheLayers, createCacheLayers } from './caching/layers.ts';
import type { SourceItem } from './documents/source.ts';
import { createEmbedderSource } from './embedding/source.ts';
import type { CacheLayer, EngineEvent } from './events.ts';
import { createGenerator } from './generation/generator.ts';
import { type IndexAccess, openForReading, openForWriting } from './index-access.ts';
import { type IngestResult as DocumentsIngested, ingestDocuments } from './indexing/ingest.ts';
import { openedForReading } from './indexing/sqlite-view.ts';
import { type IndexProgress, LiveIndex, type OpenState, type SearchStages } from './live-index.ts';
import type { EngineOptions } from './options.ts';
import { Pipeline } from './pipeline.ts';
import type { CacheStatistics, DocumentStore, EmbedderSource, Generator } from './ports.ts';
import { createReranker } from './retrieval/reranker.ts';
import { type AnswerEvent, streamAnswer } from './stream.ts';

export interface EngineSetting {
  readonly options: EngineOptions;
  /** Where the index is kept: the store (unless `store.url` says otherwise), the snapshots and the lock. Made when missing. */
  readonly folder: string;
  readonly clock: Clock;
  /** Chance of the simulated generator. */
  readonly seed: number | string;
  /**
   * Reads the index beside the one process that writes it, without a lock and without writing anything: it answers from
   * what was published when it was opened, until `follow`. By default false.
   */
  readonly readOnly?: boolean;
}

export interface IngestOptions {
  readonly signal?: AbortSignal;
  /** Removes documents that the source does not hold. */
  readonly removeMissing?: boolean;
}

export interface IngestResult extends Omit<DocumentsIngested, 'phases'> {
  /** Milliseconds by phase; `index` is bringing the indexes in memory up to date, and saving their snapshots. */
  readonly phases: Readonly<Record<keyof DocumentsIngested['phases'] | 'index', number>>;
}

export interface EngineInfo {
  readonly documents: number;
  readonly chunks: number;
  /** Counts up with every published change. */
  readonly version: number;
  /** The embedder whose vectors the store holds. */
  readonly embedder: string | undefined;
  /** The kinds of index in use; no vectors are searched where the first is undefined. */
  readonly vectorIndex: string | undefined;
  readonly keywordIndex: string;
  readonly generator: string;
  /** The store's file. */
  readonly path: string;
  /** SHA-256 over document hashes, chunking settings and embedder: equal hash, equal content. */
  readonly hash: string;
}

export interface EngineStages extends SearchStages {
  readonly generator: Generator;
}

/** A RAG engine over one index. */
export interface Engine {
  readonly events: Emitter<EngineEvent>;
  readonly store: DocumentStore;
  /**
   * Answers one question. Rejects with a `GroundspeedError`: `query.empty`, `query.tooLong`, `query.aborted`,
   * `store.empty`, `engine.overloaded`, `engine.closed`, or what a stage failed with.
   */
  ask(question: string, options?: AskOptions): Promise<Answer>;
  /** The answer in pieces as they are generated, then whole. Leaving the iteration withdraws the question. */
  stream(question: string, options?: AskOptions): AsyncIterable<AnswerEvent>;
  /** Takes documents in. Questions are answered from the old state until the new one is whole. One ingest at a time; others wait. */
  ingest(
    source: AsyncIterable<SourceItem> | Iterable<SourceItem>,
    options?: IngestOptions,
  ): Promise<IngestResult>;
  /**
   * For an engine that reads only: goes over to what has been published since, and says whether there was anything.
   * Questions are answered from the old state until the new one is whole, and go on when this fails.
   */
  follow(): Promise<boolean>;
  /**
   * For the one that writes, once every reader has followed: lets the store's log begin anew with the next ingest, after the
   * readers have followed once more. Without it the log grows with each ingest for as long as anybody reads.
   */
  checkpoint(): void;
  /** The stages that answer questions now, for whoever measures them one by one. Good until the next ingest. */
  stages(): Promise<EngineStages>;
  clearCaches(): Promise<void>;
  /** Undefined for a layer that is off. */
  cacheStatistics(): Readonly<Record<CacheLayer, CacheStatistics | undefined>>;
  info(): EngineInfo;
  /** Stops a running ingest, then lets go of everything. Calling it again does nothing more. */
  close(): Promise<void>;
}

/**
 * Opens the index in `folder`, or an empty one. Rejects with `store.locked` while another process has it, and with the
 * other `store.*` errors, `config.invalid`, and `engine.nativeMissing`. To read only, there must be one: `store.empty`.
 */
export async function openEngine(setting: EngineSetting): Promise<Engine> {
  const { options, folder, clock, seed, readOnly = false } = setting;
  refuseContradictions(options);
  const generator = createGenerator(options, { clock, random: seededRandom(seed).fork('generation') });
  const embedders = createEmbedderSource(options);
  const place = { folder, url: options.store.url };
  const access = await (readOnly ? openForReading(place) : openForWriting(place));
  try {
    const live = new LiveIndex({ options, store: access.store, embedders, folder, readOnly });
    await live.open();
    return new OpenEngine({ options, clock, access, embedders, live, generator });
  } catch (error) {
    access.close();
    throw error;
  }
}

interface EngineParts {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly access: IndexAccess;
  readonly embedders: EmbedderSource;
  readonly live: LiveIndex;
  readonly generator: Generator;
}

class OpenEngine implements Engine {
  readonly events = createEmitter<EngineEvent>();
  readonly store: DocumentStore;
  readonly #parts: EngineParts;
  readonly #caches: CacheLayers;
  readonly #pipeline: Pipeline;
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;
  /** The end of the last change to the index that was asked for, however it ended. */
  #ingested: Promise<unknown> = Promise.resolve();
  #hash: { readonly version: number; readonly value: string } | undefined;

  constructor(parts: EngineParts) {
    const { options, clock, access, generator } = parts;
    const { store } = access;
    this.#parts = parts;
    this.store = store;
    this.#caches = createCacheLayers(options, clock);
    this.#pipeline = new Pipeline({
      options,
      clock,
      events: this.events,
      store,
      searchState: () => this.#searchState(),
      reranker: createReranker(options.reranking),
      generator,
      caches: this.#caches,
    });
  }

  async ask(question: string, options?: AskOptions): Promise<Answer> {
    if (this.#closed) throw closed();
    try {
      return await this.#pipeline.ask(question, options);
    } catch (error) {
      throw this.#closed ? closed() : error;
    }
  }

  stream(question: string, options: AskOptions = {}): AsyncIterable<AnswerEvent> {
    return streamAnswer((streamed) => this.ask(question, streamed), options);
  }

  ingest(
    source: AsyncIterable<SourceItem> | Iterable<SourceItem>,
    options: IngestOptions = {},
  ): Promise<IngestResult> {
    return this.#inTurn(() => this.#ingest(source, options));
  }

  follow(): Promise<boolean> {
    return this.#inTurn(() => this.#follow());
  }

  checkpoint(): void {
    this.#parts.access.checkpoint();
  }

  async stages(): Promise<EngineStages> {
    const { embedder, retriever, keyword, vector } = await this.#searchState();
    return { embedder, retriever, keyword, vector, generator: this.#parts.generator };
  }

  async clearCaches(): Promise<void> {
    for (const cache of Object.values(this.#caches)) await cache?.clear();
  }

  cacheStatistics(): Record<CacheLayer, CacheStatistics | undefined> {
    const { embedding, retrieval, response } = this.#caches;
    return {
      embedding: embedding?.statistics(),
      retrieval: retrieval?.statistics(),
      response: response?.statistics(),
    };
  }

  info(): EngineInfo {
    const { live, generator, access } = this.#parts;
    const { store, path } = access;
    const { vector, keyword } = live.kinds;
    return {
      documents: store.documentCount,
      chunks: store.chunkCount,
      version: store.version,
      embedder: store.model,
      vectorIndex: vector,
      keywordIndex: keyword,
      generator: generator.id,
      path,
      hash: this.#contentHash(),
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#release();
    return this.#closed;
  }

  /** Waits while an ingest brings the indexes to a state that the store has published already. */
  #searchState(): OpenState | Promise<OpenState> {
    return this.#parts.live.current ?? this.#stateAfterIngest();
  }

  async #stateAfterIngest(): Promise<OpenState> {
    for (;;) {
      const last = this.#ingested;
      await last;
      const state = this.#parts.live.current;
      if (state !== undefined) return state;
      if (last === this.#ingested) throw new Error('the store has changed without an ingest');
    }
  }

  async #ingest(
    source: AsyncIterable<SourceItem> | Iterable<SourceItem>,
    { signal, removeMissing = false }: IngestOptions,
  ): Promise<IngestResult> {
    if (this.#closed) throw closed();
    const { access, embedders, options, clock, live } = this.#parts;
    const { store } = access;
    if (access.readOnly) throw openedForReading(access.path);
    const from = store.version;
    const stop = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    const onProgress: IndexProgress = (done, total) => {
      if (this.events.active) this.events.emit({ type: 'ingest.progress', phase: 'index', done, total });
    };
    let taken: DocumentsIngested;
    try {
      const { events } = this;
      const needs = { store, embedders, options, clock, events, signal: stop, removeMissing };
      taken = await ingestDocuments(source, needs);
    } catch (error) {
      if (store.version !== from) await this.#recover(onProgress);
      throw error;
    }
    const start = clock.now();
    await live.follow(taken.change, from, onProgress);
    const index = clock.now() - start;
    const durationMs = taken.durationMs + index;
    return {
      ...taken,
      phases: { ...taken.phases, index },
      durationMs,
      documentsPerSecond: durationMs > 0 ? (taken.indexed / durationMs) * 1000 : 0,
    };
  }

  async #follow(): Promise<boolean> {
    if (this.#closed) throw closed();
    const { access, live } = this.#parts;
    const newer = await access.newer();
    if (newer === undefined) return false;
    try {
      await live.goOver(newer.store, newer.adopt);
      return true;
    } catch (error) {
      newer.discard();
      throw error;
    }
  }

  /** One after another, in the order of the calls; one that fails fails its caller only. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#ingested.then(work);
    this.#ingested = turn.catch(() => undefined);
    return turn;
  }

  /** An ingest that failed after it had published something leaves no list of what: all is opened anew. */
  async #recover(onProgress: IndexProgress): Promise<void> {
    const unknown = { addedKeys: [], removedKeys: [] };
    // What stands in the way is told to whoever asks; the ingest's own failure comes first.
    await this.#parts.live.follow(unknown, Number.NaN, onProgress).catch(() => undefined);
  }

  #contentHash(): string {
    const { access, options } = this.#parts;
    const { store } = access;
    const { version } = store;
    if (this.#hash?.version !== version) {
      const documents = [...store.hashes()];
      const content = { documents, chunking: options.chunking, embedder: store.model ?? null };
      this.#hash = { version, value: sha256(canonicalJson(content)) };
    }
    return this.#hash.value;
  }

  async #release(): Promise<void> {
    const { live, access } = this.#parts;
    this.#closing.abort(closed());
    await this.#ingested;
    await live.close();
    access.close();
  }
}

function refuseContradictions({ retrieval, embedding }: EngineOptions): void {
  if (retrieval.mode !== 'vector' || embedding.provider !== 'none') return;
  throw new GroundspeedError('config.invalid', 'retrieval.mode is vector, but embedding.provider is none', {
    where: 'retrieval.mode',
    hint: 'Set retrieval.mode to keyword, or embedding.provider to lsa or openai.',
  });
}

function closed(): GroundspeedError {
  return new GroundspeedError('engine.closed', 'The engine has been closed', {
    hint: 'Open it again with openEngine.',
  });
}
