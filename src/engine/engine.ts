import { readFile } from 'node:fs/promises';
import type { Clock } from '../kernel/clock.ts';
import { createEmitter, type Emitter } from '../kernel/emitter.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { seededRandom } from '../kernel/random.ts';
import type { Answer, AskOptions } from './answer.ts';
import { type CacheLayers, createCacheLayers } from './caching/layers.ts';
import { ContentHash } from './content-hash.ts';
import type { SourceItem } from './documents/source.ts';
import { createEmbedderSource } from './embedding/source.ts';
import type { CacheLayer, EngineEvent } from './events.ts';
import type { SearchState } from './finding.ts';
import { createGenerator } from './generation/generator.ts';
import { type IndexAccess, openForReading, openForWriting } from './index-access.ts';
import { type IngestResult as DocumentsIngested, ingestDocuments } from './indexing/ingest.ts';
import { noteIngest, wentWell } from './indexing/ingest-times.ts';
import { openedForReading } from './indexing/sqlite-view.ts';
import { type IndexProgress, LiveIndex, type OpenState, type SearchStages } from './live-index.ts';
import type { EngineOptions } from './options.ts';
import { Pipeline } from './pipeline.ts';
import type { CacheStatistics, DocumentStore, EmbedderSource, Generator, PortDecorators } from './ports.ts';
import { type CannedAnswers, parseCannedAnswers, unreadableCannedAnswers } from './resilience/canned.ts';
import { GuardedPorts } from './resilience/guarded-ports.ts';
import { DEPENDENCIES } from './resilience/options.ts';
import { createPolicies, type Policies } from './resilience/policies.ts';
import type { DependencyHealth } from './resilience/policy.ts';
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
  /** What is put around the ports, below the policies: for drills and tests. */
  readonly decorate?: PortDecorators;
}

export interface IngestOptions {
  readonly signal?: AbortSignal;
  /** Removes documents that the source does not hold. */
  readonly removeMissing?: boolean;
  /**
   * For how many resets of its breaker an ingest waits until an embedder that keeps failing works again; 2 unless said
   * otherwise. What is left is skipped, and named.
   */
  readonly waitForBreaker?: number;
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
  /** Also forgets the earlier answers that would be given again when something fails. */
  clearCaches(): Promise<void>;
  /** Undefined for a layer that is off. */
  cacheStatistics(): Readonly<Record<CacheLayer, CacheStatistics | undefined>>;
  info(): EngineInfo;
  /** Of each dependency, as the questions so far have found it: none is asked. */
  health(): readonly DependencyHealth[];
  /** Stops a running ingest, then lets go of everything. Calling it again does nothing more. */
  close(): Promise<void>;
}

/**
 * Opens the index in `folder`, or an empty one. Rejects with `store.locked` while another process has it, and with the
 * other `store.*` errors, `config.invalid`, `canned.format`, and `engine.nativeMissing`. To read only, there must be one:
 * `store.empty`.
 */
export async function openEngine(setting: EngineSetting): Promise<Engine> {
  const { options, folder, clock, seed, readOnly = false, decorate } = setting;
  refuseContradictions(options);
  const random = seededRandom(seed);
  const events = createEmitter<EngineEvent>();
  const policies = createPolicies(options, { clock, random: random.fork('resilience'), events });
  const guarded = new GuardedPorts(policies, decorate);
  const canned = await readCannedAnswers(options);
  const generator = guarded.generator(createGenerator(options, { clock, random: random.fork('generation') }));
  const embedders = guarded.embedders(createEmbedderSource(options));
  const place = { folder, url: options.store.url };
  const access = await (readOnly ? openForReading(place) : openForWriting(place));
  try {
    const store = guarded.decoratedStore(access.store);
    const live = new LiveIndex({ options, store, embedders, folder, readOnly, guarded });
    await live.open();
    const own = { options, clock, events, policies, guarded, canned };
    return new OpenEngine({ ...own, access, store, embedders, live, generator });
  } catch (error) {
    access.close();
    throw error;
  }
}

interface EngineParts {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly events: Emitter<EngineEvent>;
  readonly policies: Policies;
  readonly guarded: GuardedPorts;
  readonly canned: CannedAnswers | undefined;
  readonly access: IndexAccess;
  /** That of the access, with what decorates it. */
  readonly store: DocumentStore;
  readonly embedders: EmbedderSource;
  readonly live: LiveIndex;
  readonly generator: Generator;
}

class OpenEngine implements Engine {
  readonly events: Emitter<EngineEvent>;
  readonly store: DocumentStore;
  readonly #parts: EngineParts;
  readonly #caches: CacheLayers;
  readonly #pipeline: Pipeline;
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;
  /** The end of the last change to the index that was asked for, however it ended. */
  #ingested: Promise<unknown> = Promise.resolve();
  readonly #contentHash: ContentHash;

  constructor(parts: EngineParts) {
    const { options, clock, events, store, generator, guarded, canned } = parts;
    this.#parts = parts;
    this.events = events;
    this.store = store;
    this.#contentHash = new ContentHash({ store, chunking: options.chunking });
    const shared = options.caching.redisUrl !== undefined;
    this.#caches = createCacheLayers(options, clock, guarded.caches({ shared }));
    this.#pipeline = new Pipeline({
      options,
      clock,
      events,
      store: guarded.store(store),
      searchState: () => (shared ? this.#namedState() : this.#searchState()),
      reranker: createReranker(options.reranking),
      generator,
      caches: this.#caches,
      canned,
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
    this.#pipeline.forget();
    for (const cache of Object.values(this.#caches)) await cache?.clear();
  }

  cacheStatistics(): Record<CacheLayer, CacheStatistics | undefined> {
    const { embedding, retrieval, response, semantic } = this.#caches;
    return {
      embedding: embedding?.statistics(),
      retrieval: retrieval?.statistics(),
      response: response?.statistics(),
      semantic: semantic?.statistics(),
    };
  }

  health(): readonly DependencyHealth[] {
    return DEPENDENCIES.map((dependency) => this.#parts.policies[dependency].health());
  }

  info(): EngineInfo {
    const { live, generator, access, store } = this.#parts;
    const { path } = access;
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
      hash: this.#contentHash.take(),
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

  /** With a name for its content where caches are shared: another process's index may be of the same version. */
  #namedState(): SearchState | Promise<SearchState> {
    const state = this.#searchState();
    const hash = this.#contentHash;
    return state instanceof Promise ? state.then((settled) => hash.name(settled)) : hash.name(state);
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
    { signal, removeMissing = false, waitForBreaker }: IngestOptions,
  ): Promise<IngestResult> {
    if (this.#closed) throw closed();
    const { access, store, embedders, options, clock, live, policies } = this.#parts;
    if (access.readOnly) throw openedForReading(access.path);
    const from = store.version;
    const stop = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    const onProgress: IndexProgress = (done, total) => {
      if (this.events.active) this.events.emit({ type: 'ingest.progress', phase: 'index', done, total });
    };
    let taken: DocumentsIngested;
    try {
      const { events } = this;
      const embedderHealth = () => policies.embedder.health();
      const needs = { store, embedders, options, clock, events, signal: stop, removeMissing, embedderHealth };
      taken = await ingestDocuments(source, {
        ...needs,
        ...(waitForBreaker !== undefined && { waitForBreaker }),
      });
    } catch (error) {
      if (store.version !== from) await this.#recover(onProgress);
      throw error;
    }
    const start = clock.now();
    await live.follow(taken.change, from, onProgress);
    const index = clock.now() - start;
    if (wentWell(taken)) noteIngest(access.store, { at: clock.epoch(), indexed: taken.indexed });
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

  async #release(): Promise<void> {
    const { live, access } = this.#parts;
    this.#closing.abort(closed());
    await this.#ingested;
    // What is being computed anew for the caches stops before the index that it searches goes.
    for (const cache of Object.values(this.#caches)) await cache?.close();
    await live.close();
    access.close();
  }
}

/** Undefined where no file is named, or no layer would read it. */
async function readCannedAnswers({ degradation }: EngineOptions): Promise<CannedAnswers | undefined> {
  const { enabled, layers, cannedAnswers: path, language } = degradation;
  if (!enabled || path === undefined || !layers.includes('canned')) return undefined;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw unreadableCannedAnswers(path, error);
  }
  return parseCannedAnswers(text, { where: path, language });
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
