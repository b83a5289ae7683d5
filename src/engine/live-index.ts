import { GroundspeedError } from '../kernel/errors.ts';
import type { SearchState } from './finding.ts';
import { createBm25Index } from './indexing/bm25-index.ts';
import { createExactIndex } from './indexing/exact-index.ts';
import { createFts5Index } from './indexing/fts5-index.ts';
import { createHnswIndex } from './indexing/hnsw-index.ts';
import { applyChange, openIndexes } from './indexing/snapshots.ts';
import type { EngineOptions } from './options.ts';
import type {
  DocumentStore,
  Embedder,
  EmbedderSource,
  KeywordIndex,
  StoreChange,
  VectorIndex,
} from './ports.ts';
import type { GuardedPorts } from './resilience/guarded-ports.ts';
import { createCatalogue } from './retrieval/catalogue.ts';
import { createRetriever } from './retrieval/retriever.ts';

export interface LiveIndexParts {
  readonly options: EngineOptions;
  readonly store: DocumentStore;
  readonly embedders: EmbedderSource;
  /** Where snapshots are kept. */
  readonly folder: string;
  /** Snapshots are read and never written. */
  readonly readOnly?: boolean;
  /** What stands before the indexes where questions search them. By default nothing. */
  readonly guarded?: Pick<GuardedPorts, 'vector' | 'keyword'>;
}

/** Told how much of the building is done, in chunks. */
export type IndexProgress = (done: number, total: number) => void;

/** The stages of retrieval, and the indexes behind them. */
export interface SearchStages extends Pick<SearchState, 'embedder' | 'retriever'> {
  readonly keyword: KeywordIndex;
  /** Undefined where there are no vectors to search. */
  readonly vector: VectorIndex | undefined;
}

/** A search state with the indexes behind it. */
export interface OpenState extends SearchState, SearchStages {}

/**
 * The in-memory half of the index: what is searched, of exactly one version of the store. After a change to the store
 * it is brought to the new version with `follow`; in between there is nothing to search.
 */
export class LiveIndex {
  readonly #parts: LiveIndexParts;
  #state: OpenState | undefined;
  /** Why the store as it is cannot be searched. */
  #obstacle: unknown;

  constructor(parts: LiveIndexParts) {
    this.#parts = parts;
  }

  /**
   * Opens the indexes from their snapshots, where these are of the store as it is, or builds them from the store. An index
   * made by another embedder is no failure yet: it can't be searched, but ingesting with this one makes it whole.
   */
  async open(onProgress?: IndexProgress): Promise<void> {
    try {
      await this.#openAnew(onProgress);
    } catch (error) {
      if (!(error instanceof GroundspeedError && error.code === 'store.incompatible')) throw error;
    }
  }

  /** What to search; undefined while the store is ahead of it. Throws what stands in the way of ever searching it. */
  get current(): OpenState | undefined {
    if (this.#state?.version === this.#parts.store.version) return this.#state;
    if (this.#obstacle !== undefined) throw this.#obstacle;
    return undefined;
  }

  get kinds(): { readonly vector: string | undefined; readonly keyword: string } {
    const { index } = this.#parts.options;
    return { vector: this.#state?.vector?.kind, keyword: this.#state?.keyword.kind ?? index.keyword };
  }

  /**
   * Brings the indexes to the store's version. `change` leads there from the version `from`; if that is not the one
   * they are of, because an earlier change failed halfway, all is opened anew.
   */
  async follow(change: StoreChange, from: number, onProgress?: IndexProgress): Promise<void> {
    const { store } = this.#parts;
    const state = this.#state;
    if (state?.version === store.version && state.model === store.model) return;
    if (state?.version !== from) return this.#openAnew(onProgress);
    try {
      await this.#replace(await followed(this.#parts, state, change, onProgress));
    } catch (error) {
      this.#obstacle = error;
      throw error;
    }
  }

  /**
   * Opens the indexes of `store`, which is ahead of the parts' own, and goes over to them in the same turn in which `adopt`
   * makes the parts' own store the same. Until then, and where this fails, what was there is searched.
   */
  async goOver(store: DocumentStore, adopt: () => void): Promise<void> {
    const state = await openState({ ...this.#parts, store }, undefined);
    adopt();
    await this.#replace(state);
  }

  async close(): Promise<void> {
    await this.#replace(undefined);
  }

  async #openAnew(onProgress: IndexProgress | undefined): Promise<void> {
    try {
      await this.#replace(await openState(this.#parts, onProgress));
    } catch (error) {
      this.#obstacle = error;
      throw error;
    }
  }

  /** Questions that still search the old indexes are asked again by the pipeline, for the store's version has changed. */
  async #replace(state: OpenState | undefined): Promise<void> {
    const old = this.#state;
    this.#state = state;
    this.#obstacle = undefined;
    if (old?.keyword !== state?.keyword) await old?.keyword.close();
    if (old?.vector !== state?.vector) await old?.vector?.close();
  }
}

async function followed(
  parts: LiveIndexParts,
  before: OpenState,
  change: StoreChange,
  onProgress: IndexProgress | undefined,
): Promise<OpenState> {
  const { options, store, folder } = parts;
  const { keyword, catalogue } = before;
  const sameModel = before.model === store.model;
  const embedder = sameModel ? before.embedder : await embedderFor(parts);
  const vector = sameModel ? before.vector : await createVectorIndex(options, embedder);
  const indexes = { store, folder, options: options.index, vector, keyword };
  await applyChange({ ...indexes, change, ...(onProgress && { onProgress }) });
  catalogue.apply(change);
  return stateOver(parts, { embedder, keyword, vector, catalogue });
}

async function openState(parts: LiveIndexParts, onProgress: IndexProgress | undefined): Promise<OpenState> {
  const { options, store, folder, readOnly = false } = parts;
  const embedder = await embedderFor(parts);
  const keyword = await createKeywordIndex(options);
  const vector = await createVectorIndex(options, embedder);
  const indexes = { store, folder, options: options.index, vector, keyword };
  await openIndexes({ ...indexes, readOnly, ...(onProgress && { onProgress }) });
  return stateOver(parts, { embedder, keyword, vector, catalogue: createCatalogue(store) });
}

/** None where only words are searched: no question needs a vector then, nor any index of them. */
async function embedderFor({ options, store, embedders }: LiveIndexParts): Promise<Embedder | undefined> {
  return options.retrieval.mode === 'keyword' ? undefined : embedders.open(store);
}

function stateOver(
  { options, store, guarded }: LiveIndexParts,
  members: Pick<OpenState, 'embedder' | 'keyword' | 'vector' | 'catalogue'>,
): OpenState {
  const { catalogue } = members;
  const keyword = guarded?.keyword(members.keyword) ?? members.keyword;
  const vector = members.vector && (guarded?.vector(members.vector) ?? members.vector);
  return {
    ...members,
    version: store.version,
    model: store.model,
    retriever: createRetriever({ options: options.retrieval, keyword, vector, catalogue }),
  };
}

async function createVectorIndex(
  { index: { vector, m, efConstruction, ef } }: EngineOptions,
  embedder: Embedder | undefined,
): Promise<VectorIndex | undefined> {
  if (embedder === undefined) return undefined;
  const { dimensions } = embedder;
  return vector === 'exact'
    ? createExactIndex(dimensions)
    : createHnswIndex({ dimensions, m, efConstruction, ef });
}

async function createKeywordIndex({ index: { keyword, k1, b } }: EngineOptions): Promise<KeywordIndex> {
  return keyword === 'bm25' ? createBm25Index({ k1, b }) : createFts5Index({ k1, b });
}
