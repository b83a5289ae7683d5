import type { Chunk, ChunkFilter, ChunkKey, DocumentStore, Metadata, StoreChange } from '../ports.ts';
import { compileMetadataFilter } from './metadata-filter.ts';

/** Which document a chunk belongs to, without asking the store. Documents are numbered from 0 ("ordinal"). */
export interface ChunkCatalogue {
  readonly chunkCount: number;
  readonly documentCount: number;
  /** The ordinal of the chunk's document, or −1 for an unknown key. */
  documentOf(key: ChunkKey): number;
  documentId(ordinal: number): string;
  /** Compiles a metadata filter for one question; it holds until the next `apply`. Unknown keys are refused. */
  filter(metadata: Metadata): ChunkFilter;
  /** Follows what a write to the store published. */
  apply(change: StoreChange): void;
}

/** Reads the published chunks of the store, once. Costs 4 bytes for every key ever given, and the documents' ids and metadata. */
export function createCatalogue(store: DocumentStore): ChunkCatalogue {
  return new StoreCatalogue(store);
}

/** Chunks are read from the store in batches of this many: their texts come along. */
const READ_BATCH = 500;

interface DocumentEntry {
  readonly id: string;
  metadata: Metadata;
  chunks: number;
}

class StoreCatalogue implements ChunkCatalogue {
  readonly #store: DocumentStore;
  /** By key: the document's ordinal + 1, or 0 for a key that is not known. */
  #documents = new Uint32Array(1024);
  readonly #entries: DocumentEntry[] = [];
  readonly #ordinals = new Map<string, number>();
  #chunkCount = 0;
  #documentCount = 0;

  constructor(store: DocumentStore) {
    this.#store = store;
    for (const chunk of store.publishedChunks()) this.#add(chunk);
  }

  get chunkCount(): number {
    return this.#chunkCount;
  }

  get documentCount(): number {
    return this.#documentCount;
  }

  documentOf(key: ChunkKey): number {
    return (this.#documents[key] ?? 0) - 1;
  }

  documentId(ordinal: number): string {
    return this.#entries[ordinal]!.id;
  }

  filter(metadata: Metadata): ChunkFilter {
    const matches = compileMetadataFilter(metadata);
    const documents = this.#documents;
    const entries = this.#entries;
    // By ordinal + 1: 0 not looked at yet, 1 accepted, 2 refused. Each document is judged once, whatever its chunks.
    const verdicts = new Uint8Array(entries.length + 1);
    verdicts[0] = 2;
    return (key) => {
      const document = documents[key] ?? 0;
      if (verdicts[document] === 0) verdicts[document] = matches(entries[document - 1]!.metadata) ? 1 : 2;
      return verdicts[document] === 1;
    };
  }

  apply({ addedKeys, removedKeys }: StoreChange): void {
    for (const key of removedKeys) this.#remove(key);
    for (let start = 0; start < addedKeys.length; start += READ_BATCH) {
      for (const chunk of this.#store.chunks(addedKeys.slice(start, start + READ_BATCH))) {
        if (chunk !== undefined) this.#add(chunk);
      }
    }
  }

  #add({ key, documentId, metadata }: Chunk): void {
    const ordinal = this.#ordinalOf(documentId);
    const entry = this.#entries[ordinal]!;
    entry.metadata = metadata;
    if (key >= this.#documents.length) {
      const grown = new Uint32Array(Math.max(2 * this.#documents.length, key + 1));
      grown.set(this.#documents);
      this.#documents = grown;
    }
    if (this.#documents[key] !== 0) this.#remove(key);
    this.#documents[key] = ordinal + 1;
    this.#chunkCount += 1;
    entry.chunks += 1;
    if (entry.chunks === 1) this.#documentCount += 1;
  }

  #remove(key: ChunkKey): void {
    const ordinal = this.documentOf(key);
    if (ordinal < 0) return;
    const entry = this.#entries[ordinal]!;
    this.#documents[key] = 0;
    this.#chunkCount -= 1;
    entry.chunks -= 1;
    if (entry.chunks === 0) this.#documentCount -= 1;
  }

  #ordinalOf(id: string): number {
    let ordinal = this.#ordinals.get(id);
    if (ordinal === undefined) {
      ordinal = this.#entries.length;
      this.#entries.push({ id, metadata: {}, chunks: 0 });
      this.#ordinals.set(id, ordinal);
    }
    return ordinal;
  }
}
