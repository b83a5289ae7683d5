import type { CacheLayers } from '../../src/engine/caching/layers.ts';
import { createCacheLayers } from '../../src/engine/caching/layers.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import type { SearchState } from '../../src/engine/finding.ts';
import { type EngineOptions, engineSchema } from '../../src/engine/options.ts';
import { Pipeline, type PipelineParts } from '../../src/engine/pipeline.ts';
import type { Chunk, Embedder, GenerationRequest, Generator, Hits } from '../../src/engine/ports.ts';
import type { RetrievalRequest } from '../../src/engine/retrieval/retriever.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { createEmitter } from '../../src/kernel/emitter.ts';

/** Chunk n belongs to document d⌈n/2⌉ and has n × 10 words. */
export function fakeChunk(key: number): Chunk {
  const text = Array.from({ length: key * 10 }, (_, index) => `w${index}`).join(' ');
  const documentId = `d${Math.ceil(key / 2)}`;
  return {
    key,
    documentId,
    title: documentId,
    ordinal: 0,
    start: 0,
    end: text.length,
    text,
    metadata: { document: documentId },
  };
}

export const hits = (...entries: [key: number, score: number][]): Hits => ({
  keys: Uint32Array.from(entries, ([key]) => key),
  scores: Float64Array.from(entries, ([, score]) => score),
});

/** A pipeline over ports that answer at once, each of which can be exchanged, and what was asked of them. */
export interface Bench {
  readonly pipeline: Pipeline;
  readonly clock: ManualClock;
  readonly caches: CacheLayers;
  readonly events: EngineEvent[];
  readonly calls: {
    embed: string[];
    retrieve: RetrievalRequest[];
    generate: GenerationRequest[];
    states: number;
  };
  /** Publishes a change: the store and the search state move on together. */
  publish(): void;
  /** The store moves on; the search state does so when `settle` is called. */
  publishHalfway(): { settle(): void };
  embed: Embedder['embed'];
  retrieve: SearchState['retriever']['retrieve'];
  generate: Generator['generate'];
  documentCount: number;
}

export interface BenchSetting {
  readonly settings?: object;
  readonly reranker?: PipelineParts['reranker'];
  readonly listen?: boolean;
  readonly embedder?: boolean;
}

export function bench({ settings = {}, reranker, listen = true, embedder = true }: BenchSetting = {}): Bench {
  const options: EngineOptions = engineSchema.parse(settings);
  const clock = new ManualClock();
  const emitter = createEmitter<EngineEvent>();
  const events: EngineEvent[] = [];
  if (listen) emitter.listen((event) => events.push(event));
  const caches = createCacheLayers(options, clock);
  const calls: Bench['calls'] = { embed: [], retrieve: [], generate: [], states: 0 };
  let version = 1;
  let settled: Promise<void> | undefined;

  const store: PipelineParts['store'] = {
    get version() {
      return version;
    },
    get documentCount() {
      return self.documentCount;
    },
    chunks: (keys) => keys.map(fakeChunk),
    vectors: (keys) => keys.map(() => Float32Array.of(1, 0)),
    stagedIds: () => [],
  };
  const state = (): SearchState => ({
    version,
    model: 'fake/2',
    embedder: embedder
      ? { id: 'fake/2', dimensions: 2, embed: (...given) => self.embed(...given) }
      : undefined,
    retriever: { retrieve: (request) => self.retrieve(request) },
    catalogue: {
      chunkCount: 10,
      documentCount: 5,
      documentOf: (key) => Math.ceil(key / 2) - 1,
      documentId: (ordinal) => `d${ordinal + 1}`,
      filter: () => () => true,
      apply: () => undefined,
    },
  });
  const searchState = (): SearchState | Promise<SearchState> => {
    calls.states += 1;
    return settled === undefined ? state() : settled.then(state);
  };
  const generator: Generator = { id: 'fake', generate: (request) => self.generate(request) };
  const pipeline = new Pipeline({
    options,
    clock,
    events: emitter,
    store,
    searchState,
    reranker,
    generator,
    caches,
  });

  const self: Bench = {
    pipeline,
    clock,
    caches,
    events,
    calls,
    documentCount: 5,
    publish: () => {
      version += 1;
    },
    publishHalfway: () => {
      version += 1;
      let settle = (): void => undefined;
      settled = new Promise<void>((resolve) => {
        settle = () => {
          settled = undefined;
          resolve();
        };
      });
      return { settle: () => settle() };
    },
    embed: async (texts) => {
      calls.embed.push(...texts);
      return { vectors: [Float32Array.of(1, 0)], inputTokens: 4 };
    },
    retrieve: async (request) => {
      calls.retrieve.push(request);
      const fused = hits([1, 0.9], [3, 0.8], [2, 0.7], [5, 0.6]);
      const ranking = { ids: ['d1', 'd2', 'd3'], scores: Float64Array.of(0.9, 0.8, 0.6) };
      return { keyword: hits([3, 7]), vector: hits([1, 0.5]), fused, ranking };
    },
    generate: async function* (request) {
      calls.generate.push(request);
      yield { type: 'text', text: 'It is ' };
      yield { type: 'text', text: 'so.' };
      yield {
        type: 'done',
        answer: {
          text: 'It is so.',
          citations: [0],
          confidence: 0.8,
          abstained: false,
          usage: { inputTokens: 1000, outputTokens: 100 },
          model: 'fake-chat',
        },
      };
    },
  };
  return self;
}
