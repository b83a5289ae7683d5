import { createCacheLayers } from '../../../src/engine/caching/layers.ts';
import type { EngineEvent } from '../../../src/engine/events.ts';
import { type EngineOptions, engineSchema } from '../../../src/engine/options.ts';
import { Pipeline } from '../../../src/engine/pipeline.ts';
import type {
  Embedder,
  GenerationEvent,
  Generator,
  Hits,
  KeywordIndex,
  VectorIndex,
} from '../../../src/engine/ports.ts';
import type { CannedAnswers } from '../../../src/engine/resilience/canned.ts';
import { GuardedPorts } from '../../../src/engine/resilience/guarded-ports.ts';
import { createPolicies } from '../../../src/engine/resilience/policies.ts';
import { createRetriever } from '../../../src/engine/retrieval/retriever.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { createEmitter } from '../../../src/kernel/emitter.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { fakeChunk, hits } from '../fakes.ts';

/** How a port fails. `silent`: it never answers. `garbage`: it answers with what makes no sense. `late`: after its first piece. */
export const WAYS = ['coded', 'bug', 'thrown', 'silent', 'garbage', 'late'] as const;
export type Way = (typeof WAYS)[number];

export const PORTS = ['embedder', 'vectors', 'keywords', 'store', 'reranker', 'generator'] as const;
export type Port = (typeof PORTS)[number];

export type Failing = Partial<Record<Port, Way | undefined>>;

export interface FailingBench {
  readonly pipeline: Pipeline;
  readonly clock: ManualClock;
  readonly events: EngineEvent[];
  readonly options: EngineOptions;
  readonly caches: ReturnType<typeof createCacheLayers>;
  /** Which ports fail, and how; may be changed between questions. */
  failing: Failing;
  /** How often each port was asked. */
  readonly calls: Record<Port, number>;
  /** The store and the search state move on together. */
  publish(): void;
  /** Asks, and turns the clock until there is an answer or none. */
  ask: Pipeline['ask'];
}

export interface FailingSetting {
  readonly settings?: object;
  readonly canned?: CannedAnswers;
  readonly failing?: Failing;
  readonly reranks?: boolean;
  /** Policies before the ports; by default there are. */
  readonly guarded?: boolean;
}

const FOUND: Hits = hits([3, 9], [1, 7], [5, 3]);
const NEAR: Hits = hits([1, 0.9], [2, 0.8]);
const GENERATED: GenerationEvent[] = [
  { type: 'text', text: 'It is ' },
  { type: 'text', text: 'so.' },
  {
    type: 'done',
    answer: {
      text: 'It is so.',
      citations: [0],
      confidence: 0.8,
      abstained: false,
      usage: { inputTokens: 10, outputTokens: 3 },
    },
  },
];

/** The real pipeline and the real retriever over ports that answer at once, or fail in every way that a port can. */
export function failingBench(setting: FailingSetting = {}): FailingBench {
  const { settings = {}, canned, failing = {}, reranks = false, guarded = true } = setting;
  const options = engineSchema.parse(settings);
  const clock = new ManualClock();
  const emitter = createEmitter<EngineEvent>();
  const events: EngineEvent[] = [];
  emitter.listen((event) => events.push(event));
  const calls = { embedder: 0, vectors: 0, keywords: 0, store: 0, reranker: 0, generator: 0 };
  let version = 1;

  /** What comes of one call; `good` and `garbage` are what it answers with. */
  function answered<T>(port: Port, good: T, garbage: unknown = undefined): Promise<T> {
    calls[port] += 1;
    switch (self.failing[port]) {
      case undefined:
      case 'late':
        return Promise.resolve(good);
      case 'coded':
        return Promise.reject(new GroundspeedError('dependency.failed', `no ${port}`));
      case 'bug':
        return Promise.reject(new TypeError('x is undefined'));
      case 'thrown':
        throw new RangeError('thrown in the caller’s turn');
      case 'silent':
        return new Promise(() => undefined);
      case 'garbage':
        return Promise.resolve(garbage as T);
    }
  }
  function atOnce<T>(port: Port, good: () => T): T {
    calls[port] += 1;
    if (self.failing[port] === undefined) return good();
    throw new GroundspeedError('store.corrupt', 'a page is damaged');
  }

  const embedder: Embedder = {
    id: 'fake/2',
    dimensions: 2,
    embed: () =>
      answered('embedder', { vectors: [Float32Array.of(1, 0)] }, { vectors: [Float32Array.of(Number.NaN)] }),
  };
  const index = { size: 5, add: none, remove: none, save: none, load: none, close: none };
  const vector: VectorIndex = {
    ...index,
    kind: 'fake',
    dimensions: 2,
    search: () => answered('vectors', NEAR, null),
  };
  const keyword: KeywordIndex = { ...index, kind: 'fake', search: () => answered('keywords', FOUND, null) };
  const generator: Generator = {
    id: 'fake',
    async *generate() {
      if (self.failing.generator === 'late') {
        calls.generator += 1;
        yield GENERATED[0]!;
        throw new GroundspeedError('generation.failed', 'broke off');
      }
      const events = await answered('generator', GENERATED, GENERATED.slice(0, 1));
      yield* events;
    },
  };
  const ports = new GuardedPorts(
    createPolicies(options, { clock, random: seededRandom(1), events: emitter }),
  );
  const catalogue = {
    chunkCount: 10,
    documentCount: 5,
    documentOf: (key: number) => Math.ceil(key / 2) - 1,
    documentId: (ordinal: number) => `d${ordinal + 1}`,
    filter: () => () => true,
    apply: () => undefined,
  };
  const retriever = createRetriever({
    options: options.retrieval,
    keyword: guarded ? ports.keyword(keyword) : keyword,
    vector: guarded ? ports.vector(vector) : vector,
    catalogue,
  });
  const source = { prepare: async () => embedder, open: async () => embedder };
  const guardedEmbedder = ports.embedders(source).open(undefined as never);
  const caches = createCacheLayers(options, clock);
  const pipeline = new Pipeline({
    options,
    clock,
    events: emitter,
    store: {
      get version() {
        return version;
      },
      documentCount: 5,
      chunks: (keys) => atOnce('store', () => keys.map(fakeChunk)),
      vectors: (keys) => keys.map(() => Float32Array.of(1, 0)),
      stagedIds: () => [],
    },
    searchState: async () => ({
      version,
      model: 'fake/2',
      embedder: guarded ? await guardedEmbedder : embedder,
      retriever,
      catalogue,
    }),
    reranker: reranks
      ? { id: 'fake', rerank: ({ candidates }) => answered('reranker', candidates, null) }
      : undefined,
    generator: guarded ? ports.generator(generator) : generator,
    caches,
    canned,
  });

  const self: FailingBench = {
    pipeline,
    clock,
    events,
    options,
    caches,
    failing,
    calls,
    publish: () => {
      version += 1;
    },
    ask: async (...given) => {
      let over = false;
      const asked = pipeline.ask(...given).finally(() => {
        over = true;
      });
      asked.catch(() => undefined);
      await clock.advance(0);
      for (let turn = 0; !over; turn += 1) {
        if (turn > 2000) throw new Error('the question is never answered');
        await clock.advance(clock.nextDue === undefined ? 1 : Math.max(0, clock.nextDue - clock.now()));
      }
      return asked;
    },
  };
  return self;
}

const none = async (): Promise<void> => undefined;
