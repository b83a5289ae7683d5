import type { HierarchicalNSW } from 'hnswlib-node';
import { loadHnsw } from '../native.ts';
import type { ChunkFilter, ChunkKey, Hits, SearchOptions, VectorIndex } from '../ports.ts';
import { readGraph, writeGraph } from './hnsw-snapshot.ts';
import { TopK } from './top-k.ts';
import { createTurns } from './turns.ts';
import { checkedLength, clampCosine } from './vector-check.ts';

export interface HnswSettings {
  readonly dimensions: number;
  /** Links per node. */
  readonly m: number;
  /** Width of the search while building. */
  readonly efConstruction: number;
  /** Width of the search while asking; the library widens it to k where k is larger. */
  readonly ef: number;
  /** Seed of the levels that nodes are drawn into. */
  readonly seed?: number;
}

const DEFAULT_SEED = 100;
const FIRST_CAPACITY = 1024;
/** Vectors added between two looks at the event loop: some tens of milliseconds. */
const TURN = 64;

/**
 * Approximate nearest neighbours in a hierarchical navigable small world (Malkov and Yashunin, arXiv 1603.09320),
 * by hnswlib-node, whose traps stay in this file. A node's label is a slot of ours, not the chunk's key: slots of
 * removed chunks are used again, and the graph does not grow with every change of a document. Chunks whose vector is
 * zero (nothing in them is known to the model) are kept beside the graph and never found.
 */
export async function createHnswIndex(settings: HnswSettings): Promise<VectorIndex> {
  const { HierarchicalNSW } = await loadHnsw();
  return new HnswIndex(settings, () => new HierarchicalNSW('ip', settings.dimensions));
}

class HnswIndex implements VectorIndex {
  readonly kind = 'hnsw';
  readonly dimensions: number;
  readonly #settings: HnswSettings;
  readonly #newGraph: () => HierarchicalNSW;
  #graph: HierarchicalNSW;
  /** Chunk key by slot; 0, which no chunk bears, where the slot is free. */
  #keys: number[] = [];
  #free: number[] = [];
  #slots = new Map<ChunkKey, number>();
  #zeros = new Set<ChunkKey>();
  /** The library takes plain arrays only: this one carries every vector to it. */
  readonly #point: number[];
  /** Saving and loading run in another thread, so no other write may begin beside them. */
  readonly #inTurn = createTurns();

  constructor(settings: HnswSettings, newGraph: () => HierarchicalNSW) {
    this.#settings = settings;
    this.dimensions = settings.dimensions;
    this.#newGraph = newGraph;
    this.#point = new Array<number>(settings.dimensions).fill(0);
    this.#graph = this.#emptyGraph();
    this.#graph.setEf(settings.ef);
  }

  get size(): number {
    return this.#slots.size + this.#zeros.size;
  }

  add(entries: readonly { key: ChunkKey; vector: Float32Array }[]): Promise<void> {
    return this.#inTurn(async () => {
      const lengths = entries.map(({ key, vector }) =>
        checkedLength(vector, this.dimensions, () => `Chunk ${key}`),
      );
      this.#reserve(this.#keys.length + entries.length);
      for (const [index, { key, vector }] of entries.entries()) {
        this.#put(key, vector, lengths[index]!);
        if (index % TURN === TURN - 1) await new Promise((resume) => setImmediate(resume));
      }
    });
  }

  remove(keys: readonly ChunkKey[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const key of keys) this.#drop(key);
    });
  }

  async search(query: Float32Array, k: number, { accept, signal }: SearchOptions = {}): Promise<Hits> {
    signal?.throwIfAborted();
    const length = checkedLength(query, this.dimensions, () => 'The question');
    const accepted = accept === undefined ? undefined : this.#accepted(accept);
    const reachable = length === 0 ? 0 : (accepted?.count ?? this.#slots.size);
    const wanted = Math.max(0, Math.min(k, reachable));
    const best = new TopK(wanted);
    if (wanted === 0) return best.take();
    this.#carry(query, length);
    const few = accepted !== undefined && reachable <= this.#fewest(k);
    if (few || !this.#searchGraph(best, wanted, accepted?.flags)) this.#scan(best, accepted?.flags);
    return best.take();
  }

  save(path: string): Promise<void> {
    return this.#inTurn(() =>
      writeGraph(path, {
        graph: this.#graph,
        dimensions: this.dimensions,
        keys: this.#keys,
        zeros: this.#zeros,
      }),
    );
  }

  load(path: string): Promise<void> {
    return this.#inTurn(async () => {
      // Into a new object: a failed load leaves the library's old one pointing at freed memory.
      const { graph, keys, zeros } = await readGraph(path, this.dimensions, this.#newGraph());
      this.#replace(keys.length === 0 ? this.#emptyGraph() : graph, keys, zeros);
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#replace(this.#emptyGraph(), [], new Set());
    });
  }

  #emptyGraph(): HierarchicalNSW {
    const { m, efConstruction, seed = DEFAULT_SEED } = this.#settings;
    const graph = this.#newGraph();
    graph.initIndex(FIRST_CAPACITY, m, efConstruction, seed);
    return graph;
  }

  #replace(graph: HierarchicalNSW, keys: readonly ChunkKey[], zeros: ReadonlySet<ChunkKey>): void {
    this.#graph = graph;
    graph.setEf(this.#settings.ef); // the library does not save it
    this.#keys = [...keys];
    this.#zeros = new Set(zeros);
    this.#free = [];
    this.#slots = new Map();
    for (const [slot, key] of keys.entries()) {
      if (key === 0) this.#free.push(slot);
      else this.#slots.set(key, slot);
    }
  }

  /** The library refuses a vector too many, so there is always room for those to come. */
  #reserve(count: number): void {
    const capacity = this.#graph.getMaxElements();
    if (count > capacity) this.#graph.resizeIndex(Math.max(count, Math.ceil(capacity * 1.5)));
  }

  #put(key: ChunkKey, vector: Float32Array, length: number): void {
    if (length === 0) {
      this.#drop(key);
      this.#zeros.add(key);
      return;
    }
    this.#zeros.delete(key);
    const slot = this.#slots.get(key) ?? this.#free.pop() ?? this.#keys.length;
    this.#carry(vector, length);
    // On a label that it knows, the library moves the node to the new vector, and takes back its mark of deletion.
    this.#graph.addPoint(this.#point, slot);
    this.#keys[slot] = key;
    this.#slots.set(key, slot);
  }

  #drop(key: ChunkKey): void {
    this.#zeros.delete(key);
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#graph.markDelete(slot);
    this.#keys[slot] = 0;
    this.#slots.delete(key);
    this.#free.push(slot);
  }

  #carry(vector: Float32Array, length: number): void {
    for (let index = 0; index < vector.length; index += 1) this.#point[index] = vector[index]! / length;
  }

  /**
   * Asks the filter about every chunk before the search. Inside it an exception would end the process; here it is an
   * exception. The library then reads flags.
   */
  #accepted(accept: ChunkFilter): { flags: Uint8Array; count: number } {
    const flags = new Uint8Array(this.#keys.length);
    let count = 0;
    for (let slot = 0; slot < flags.length; slot += 1) {
      const key = this.#keys[slot]!;
      if (key === 0 || !accept(key)) continue;
      flags[slot] = 1;
      count += 1;
    }
    return { flags, count };
  }

  /**
   * With no more accepted than this, comparing them all is quicker than the graph. The search must find its list full
   * of accepted nodes: with a accepted among n it walks some 5 · n · ef / a of them, and all where a is below ef.
   * Reading a vector back from the library costs as much as forty steps (measured, 100,000 vectors of 256).
   */
  #fewest(k: number): number {
    const width = Math.max(this.#settings.ef, k);
    return Math.max(width, Math.sqrt((this.#slots.size * width) / 8));
  }

  /** False where the graph gave fewer than wanted: duplicates and removals can cut off parts of it. */
  #searchGraph(best: TopK, wanted: number, flags: Uint8Array | undefined): boolean {
    const filter = flags === undefined ? undefined : (slot: number): boolean => flags[slot] === 1;
    const { neighbors, distances } = this.#graph.searchKnn(this.#point, wanted, filter);
    if (neighbors.length < wanted) return false;
    for (let rank = 0; rank < wanted; rank += 1) {
      best.push(this.#keys[neighbors[rank]!]!, clampCosine(1 - distances[rank]!));
    }
    return true;
  }

  #scan(best: TopK, flags: Uint8Array | undefined): void {
    for (let slot = 0; slot < this.#keys.length; slot += 1) {
      const key = this.#keys[slot]!;
      if (key === 0 || (flags !== undefined && flags[slot] === 0)) continue;
      const point = this.#graph.getPoint(slot);
      let score = 0;
      for (let index = 0; index < point.length; index += 1) score += point[index]! * this.#point[index]!;
      best.push(key, clampCosine(score));
    }
  }
}
