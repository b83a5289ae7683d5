import { canonicalJson, sha256 } from '../kernel/digest.ts';
import type { SearchState } from './finding.ts';
import type { EngineOptions } from './options.ts';
import type { DocumentStore } from './ports.ts';

export interface ContentHashParts {
  readonly store: Pick<DocumentStore, 'version' | 'model' | 'hashes' | 'stagedIds'>;
  readonly chunking: EngineOptions['chunking'];
}

/** SHA-256 over document hashes, chunking settings and embedder, taken once a version: equal hash, equal content. */
export class ContentHash {
  readonly #parts: ContentHashParts;
  #taken: { readonly version: number; readonly value: string } | undefined;
  #named: { readonly of: SearchState; readonly as: SearchState } | undefined;

  constructor(parts: ContentHashParts) {
    this.#parts = parts;
  }

  take(): string {
    const { store, chunking } = this.#parts;
    const { version } = store;
    if (this.#taken?.version === version) return this.#taken.value;
    const content = { documents: [...store.hashes()], chunking, embedder: store.model ?? null };
    const value = sha256(canonicalJson(content));
    // What an ingest has taken in so far is part of it, and grows within one version.
    if (store.stagedIds().length === 0) this.#taken = { version, value };
    return value;
  }

  /**
   * The state of the store's version with its name. Documents of an ingest under way are in the hash already, and in no state yet:
   * a state that is first asked for meanwhile has no name until they are out of it, and shares nothing.
   */
  name(state: SearchState): SearchState {
    if (this.#named?.of === state) return this.#named.as;
    if (this.#parts.store.stagedIds().length > 0) return state;
    const as = { ...state, index: this.take() };
    this.#named = { of: state, as };
    return as;
  }
}
