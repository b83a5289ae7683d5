import type {
  Cache,
  CallLimits,
  DocumentStore,
  Embedder,
  KeywordIndex,
  SearchOptions,
  VectorIndex,
} from '../ports.ts';
import type { CallContext, Policy } from './policy.ts';

export { guardGenerator } from './guarded-stream.ts';

/** What a caller says of a call, made of what the port is told. */
export type ContextOf<Limits = CallLimits> = (limits: Limits) => CallContext;

export const ofQuery: ContextOf = ({ signal, deadline, query }) => ({
  purpose: 'query',
  deadline,
  signal,
  query,
});

/** `document`: it is an ingest that asks. */
export const byPurpose: ContextOf<Parameters<Embedder['embed']>[1]> = ({
  purpose,
  signal,
  deadline,
  query,
}) => ({
  purpose: purpose === 'document' ? 'ingest' : 'query',
  deadline,
  signal,
  query,
});

/** The embedder behind its policy. */
export function guardEmbedder(embedder: Embedder, policy: Policy, contextOf = byPurpose): Embedder {
  return {
    id: embedder.id,
    dimensions: embedder.dimensions,
    embed: (texts, options) =>
      policy.run((signal) => embedder.embed(texts, { ...options, signal }), contextOf(options)),
  };
}

/** The index with its searches behind a policy; whatever changes it goes past. */
export function guardVectorIndex(
  index: VectorIndex,
  policy: Policy,
  contextOf: ContextOf<SearchOptions> = ofQuery,
): VectorIndex {
  return {
    ...rest(index),
    dimensions: index.dimensions,
    get size() {
      return index.size;
    },
    add: (entries) => index.add(entries),
    search: (query, k, options = {}) =>
      policy.run((signal) => index.search(query, k, { ...options, signal }), contextOf(options)),
  };
}

/** The index with its searches behind a policy; whatever changes it goes past. */
export function guardKeywordIndex(
  index: KeywordIndex,
  policy: Policy,
  contextOf: ContextOf<SearchOptions> = ofQuery,
): KeywordIndex {
  return {
    ...rest(index),
    get size() {
      return index.size;
    },
    add: (entries) => index.add(entries),
    search: (query, k, options = {}) =>
      policy.run((signal) => index.search(query, k, { ...options, signal }), contextOf(options)),
  };
}

function rest(
  index: VectorIndex | KeywordIndex,
): Pick<KeywordIndex, 'kind' | 'remove' | 'save' | 'load' | 'close'> {
  return {
    kind: index.kind,
    remove: (keys) => index.remove(keys),
    save: (path) => index.save(path),
    load: (path) => index.load(path),
    close: () => index.close(),
  };
}

/** Of a question, a cache is told no more than its number. */
export type CacheContextOf = (query: number | undefined) => CallContext;

/**
 * The cache behind its policy. One that fails, is too slow or is spared has nothing, and keeps nothing: that costs time, and
 * never an answer. It is asked once. A caller that has left is told so.
 */
export function guardCache<V>(
  cache: Cache<V>,
  policy: Policy,
  contextOf: CacheContextOf = (query) => ({ purpose: 'query', query }),
): Cache<V> {
  const once = async <T>(work: () => Promise<T>, context: CallContext): Promise<T | undefined> => {
    try {
      return await policy.run(work, { ...context, repeatable: () => false });
    } catch {
      context.signal?.throwIfAborted();
      return undefined;
    }
  };
  return {
    get: (key, query) => once(() => cache.get(key, query), contextOf(query)),
    set: (key, value, query) => once(() => cache.set(key, value, query), contextOf(query)),
    clear: () => cache.clear(),
    statistics: () => cache.statistics(),
  };
}

/** What questions read of a store. */
const READS = ['chunks', 'vectors', 'document'] as const;

/** The store, or a part of it, with what questions read behind a policy. Everything else goes past. */
export function guardStore<S extends Partial<DocumentStore>>(store: S, policy: Policy): S {
  const guarded = new Map<PropertyKey, unknown>();
  for (const name of READS) {
    const read = store[name] as ((argument: unknown) => unknown) | undefined;
    if (read !== undefined) {
      guarded.set(name, (argument: unknown) => policy.runSync(() => read.call(store, argument)));
    }
  }
  return new Proxy(store, {
    get(target, name) {
      const known = guarded.get(name);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const bound: unknown = value.bind(target);
      guarded.set(name, bound);
      return bound;
    },
  });
}
