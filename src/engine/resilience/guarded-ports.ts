import type { CacheDecorator } from '../caching/layers.ts';
import type {
  Cache,
  DocumentStore,
  Embedder,
  EmbedderSource,
  Generator,
  KeywordIndex,
  PortDecorators,
  VectorIndex,
} from '../ports.ts';
import { guardEmbedder, guardGenerator, guardKeywordIndex, guardStore, guardVectorIndex } from './guards.ts';
import type { Policies } from './policies.ts';
import type { Policy } from './policy.ts';

/** The ports of one engine with what stands before them: its policies, and below these whatever decorates the ports. */
export class GuardedPorts {
  readonly #policies: Policies;
  readonly #decorate: PortDecorators;

  constructor(policies: Policies, decorate: PortDecorators = {}) {
    this.#policies = policies;
    this.#decorate = decorate;
  }

  /** Every embedder that comes of the source, for questions and for ingest, each with the retries of its purpose. */
  embedders(source: EmbedderSource): EmbedderSource {
    const guarded = (embedder: Embedder | undefined): Embedder | undefined =>
      embedder && guardEmbedder(this.#decorate.embedder?.(embedder) ?? embedder, this.#policies.embedder);
    return {
      prepare: async (store, options) => guarded(await source.prepare(store, options)),
      open: async (store) => guarded(await source.open(store)),
    };
  }

  /** The index as questions search it. */
  vector(index: VectorIndex): VectorIndex {
    return guardVectorIndex(this.#decorate.vector?.(index) ?? index, this.#policies.vectors);
  }

  /** The index as questions search it. */
  keyword(index: KeywordIndex): KeywordIndex {
    return guardKeywordIndex(this.#decorate.keyword?.(index) ?? index, this.#policies.keywords);
  }

  generator(generator: Generator): Generator {
    return guardGenerator(this.#decorate.generator?.(generator) ?? generator, this.#policies.generator);
  }

  /** The store as everybody has it; `store` below is what questions read. */
  decoratedStore(store: DocumentStore): DocumentStore {
    return this.#decorate.store?.(store) ?? store;
  }

  /** Reads of a store that is decorated already. */
  store(store: DocumentStore): DocumentStore {
    return guardStore(store, this.#policies.store);
  }

  /**
   * For the caches of the layers. One in this process's memory cannot fail, and has no policy unless something decorates it; a
   * shared one has.
   */
  caches({ shared }: { shared: boolean }): CacheDecorator {
    return <V>(layer: Parameters<CacheDecorator>[0], cache: Cache<V>): Cache<V> => {
      const decorated = this.#decorate.cache?.(layer, cache) ?? cache;
      return shared || decorated !== cache ? behind(this.#policies.cache, decorated) : cache;
    };
  }
}

/** Rejects where the cache fails or is spared: the layer above it knows what to do without, and falls back to memory. */
function behind<V>(policy: Policy, cache: Cache<V>): Cache<V> {
  const contextOf = (query: number | undefined) => ({ purpose: 'query', query, repeatable: never }) as const;
  return {
    get: (key, query) => policy.run(() => cache.get(key, query), contextOf(query)),
    set: (key, value, query) => policy.run(() => cache.set(key, value, query), contextOf(query)),
    clear: () => cache.clear(),
    statistics: () => cache.statistics(),
  };
}

const never = (): boolean => false;
