import { GroundspeedError } from '../../kernel/errors.ts';
import type { EngineOptions } from '../options.ts';
import type { ChunkKey, DocumentStore, KeywordIndex, StoreChange, VectorIndex } from '../ports.ts';
import { STORE_ID } from './schema.ts';
import { Snapshot, type SnapshotOrigin, type Snapshotted } from './snapshot.ts';

export interface IndexSet {
  readonly store: DocumentStore;
  /** Where snapshots are kept. */
  readonly folder: string;
  readonly options: EngineOptions['index'];
  /** Of the store's model; undefined for an engine without vectors. */
  readonly vector?: VectorIndex | undefined;
  readonly keyword: KeywordIndex;
  /** Leaves the folder as it is: another process writes it. */
  readonly readOnly?: boolean;
  /** Told how much of the building is done, in chunks, over both indexes. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A snapshot that cannot be written loses nothing: what is in memory serves, and the next opening builds it anew. */
export interface Saving {
  /** Why a snapshot could not be written (`store.unwritable`): a full disk, say. */
  readonly unsaved: GroundspeedError | undefined;
}

/** So many chunks are added at once; the event loop has its turn in between. */
const BATCH = 256;

/**
 * Fills two new, empty indexes with what the store shows: from their snapshots, where these were made of the store as
 * it is and with the same settings; otherwise from the store, and then they are saved, unless for reading only.
 */
export async function openIndexes(
  indexes: IndexSet,
): Promise<{ fromSnapshot: { vector: boolean; keyword: boolean } } & Saving> {
  const members = membersOf(indexes);
  const unfilled: Member[] = [];
  for (const member of members) {
    if (!(await member.snapshot.load(member.index, member.origin))) unfilled.push(member);
  }
  const advance = progress(indexes, unfilled.length * indexes.store.chunkCount);
  let unsaved: GroundspeedError | undefined;
  for (const member of unfilled) {
    await member.fill(advance);
    if (!indexes.readOnly) unsaved = (await save(member)) ?? unsaved;
  }
  const loaded = (name: Member['name']): boolean =>
    members.some((member) => member.name === name && !unfilled.includes(member));
  return { fromSnapshot: { vector: loaded('vectors'), keyword: loaded('keywords') }, unsaved };
}

/**
 * Brings open indexes to what an ingest has changed, and saves them. When the ingest changed the model, pass a new,
 * empty vector index: it is filled from the store.
 */
export async function applyChange(indexes: IndexSet & { readonly change: StoreChange }): Promise<Saving> {
  const { store, change } = indexes;
  const members = membersOf(indexes);
  const refilled = (member: Member): boolean => member.name === 'vectors' && member.index.size === 0;
  const total = members.reduce(
    (sum, member) => sum + (refilled(member) ? store.chunkCount : change.addedKeys.length),
    0,
  );
  const advance = progress(indexes, total);
  for (const member of members) {
    if (refilled(member)) {
      await member.fill(advance);
    } else {
      await member.remove(change.removedKeys);
      for (const keys of inBatches(change.addedKeys)) {
        await member.add(keys);
        advance(keys.length);
      }
    }
  }
  // Saved once both are of the new state: what becomes of the snapshots is no matter to questions.
  let unsaved: GroundspeedError | undefined;
  for (const member of members) {
    if (!(await member.snapshot.isOf(member.origin))) unsaved = (await save(member)) ?? unsaved;
  }
  return { unsaved };
}

/** Which indexes have no snapshot of the store as it is: they are built from the store when it is next opened. */
export async function unsavedIndexes(
  store: DocumentStore,
  folder: string,
): Promise<readonly Member['name'][]> {
  const made = { store: store.fact(STORE_ID), storeVersion: store.version };
  const names: Member['name'][] = ['keywords'];
  if (store.model !== undefined) names.push('vectors');
  const saved = await Promise.all(names.map((name) => new Snapshot(folder, name).isOfStore(made)));
  return names.filter((_, index) => !saved[index]);
}

async function save({ snapshot, index, origin }: Member): Promise<GroundspeedError | undefined> {
  try {
    await snapshot.save(index, origin);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof GroundspeedError && thrown.code === 'store.unwritable') return thrown;
    throw thrown;
  }
}

type Advance = (chunks: number) => void;

/** An index of either kind, with the way into it from the store. */
interface Member {
  readonly name: 'vectors' | 'keywords';
  readonly index: Snapshotted;
  readonly snapshot: Snapshot;
  readonly origin: SnapshotOrigin;
  /** Adds all that the store shows. */
  fill(advance: Advance): Promise<void>;
  add(keys: readonly ChunkKey[]): Promise<void>;
  remove(keys: readonly ChunkKey[]): Promise<void>;
}

function membersOf({ store, folder, options, vector, keyword }: IndexSet): readonly Member[] {
  const made = { store: store.fact(STORE_ID), storeVersion: store.version };
  const { m, efConstruction, k1, b } = options;
  const keywords: Member = {
    name: 'keywords',
    index: keyword,
    snapshot: new Snapshot(folder, 'keywords'),
    origin: { ...made, model: undefined, index: keyword.kind, settings: { k1, b } },
    fill: (advance) => pour(store.publishedChunks(), (batch) => keyword.add(batch), advance),
    add: (keys) => keyword.add(store.chunks(keys).filter((chunk) => chunk !== undefined)),
    remove: (keys) => keyword.remove(keys),
  };
  if (vector === undefined) return [keywords];
  const vectors: Member = {
    name: 'vectors',
    index: vector,
    snapshot: new Snapshot(folder, 'vectors'),
    origin: {
      ...made,
      model: store.model,
      index: vector.kind,
      settings: { dimensions: vector.dimensions, m, efConstruction },
    },
    fill: (advance) => pour(store.publishedVectors(), (batch) => vector.add(batch), advance),
    add: (keys) => vector.add(withVectors(keys, store.vectors(keys))),
    remove: (keys) => vector.remove(keys),
  };
  return [keywords, vectors];
}

function withVectors(keys: readonly ChunkKey[], vectors: readonly (Float32Array | undefined)[]) {
  return keys.flatMap((key, index) => {
    const vector = vectors[index];
    return vector === undefined ? [] : [{ key, vector }];
  });
}

async function pour<Item>(
  items: Iterable<Item>,
  add: (batch: readonly Item[]) => Promise<void>,
  advance: Advance,
): Promise<void> {
  for (const batch of inBatches(items)) {
    await add(batch);
    advance(batch.length);
  }
}

function* inBatches<Item>(items: Iterable<Item>): Generator<readonly Item[]> {
  let batch: Item[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function progress({ onProgress }: IndexSet, total: number): Advance {
  let done = 0;
  return (chunks) => {
    done += chunks;
    onProgress?.(done, total);
  };
}
