import { GroundspeedError } from '../../kernel/errors.ts';
import type { ChunkKey, Hits, SearchOptions, VectorIndex } from '../ports.ts';
import { readSnapshot, writeSnapshot } from './snapshot-file.ts';
import { TopK } from './top-k.ts';
import { createTurns } from './turns.ts';
import { checkedLength, clampCosine } from './vector-check.ts';

const MAGIC = 'GSEXACT1';
const HEADER_WORDS = 3;

/**
 * Every vector is compared with the query: no recall is lost, and time grows with the corpus. The oracle of the
 * approximate index. Chunks whose vector is zero (nothing in them is known to the model) are kept and never found.
 */
export function createExactIndex(dimensions: number): VectorIndex {
  return new ExactIndex(dimensions);
}

class ExactIndex implements VectorIndex {
  readonly kind = 'exact';
  readonly dimensions: number;
  /** Unit vectors, one after another; the vector at place p starts at p · dimensions and belongs to keys[p]. */
  #vectors: Float32Array = new Float32Array(0);
  #keys: Uint32Array = new Uint32Array(0);
  #places = new Map<ChunkKey, number>();
  #zeros = new Set<ChunkKey>();
  readonly #query: Float64Array;
  readonly #inTurn = createTurns();

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#query = new Float64Array(dimensions);
  }

  get size(): number {
    return this.#places.size + this.#zeros.size;
  }

  add(entries: readonly { key: ChunkKey; vector: Float32Array }[]): Promise<void> {
    return this.#inTurn(async () => {
      const lengths = entries.map(({ key, vector }) =>
        checkedLength(vector, this.dimensions, () => `Chunk ${key}`),
      );
      this.#reserve(this.#places.size + entries.length);
      for (const [index, { key, vector }] of entries.entries()) this.#put(key, vector, lengths[index]!);
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
    const count = this.#places.size;
    const best = new TopK(length === 0 ? 0 : Math.max(0, Math.min(k, count)));
    for (let index = 0; index < query.length; index += 1) this.#query[index] = query[index]! / length;
    for (let place = 0; place < count; place += 1) {
      const key = this.#keys[place]!;
      if (accept !== undefined && !accept(key)) continue;
      const score = dot(this.#vectors, place * this.dimensions, this.#query);
      if (score >= best.floor) best.push(key, clampCosine(score));
    }
    return best.take();
  }

  save(path: string): Promise<void> {
    return this.#inTurn(async () => {
      const count = this.#places.size;
      const parts = [
        Uint32Array.of(this.dimensions, count, this.#zeros.size),
        this.#keys.subarray(0, count),
        Uint32Array.from(this.#zeros),
        this.#vectors.subarray(0, count * this.dimensions),
      ];
      await writeSnapshot(`${path}.exact`, MAGIC, parts.map(bytesOf));
    });
  }

  load(path: string): Promise<void> {
    return this.#inTurn(async () => {
      const file = `${path}.exact`;
      const { buffer } = await readSnapshot(file, MAGIC);
      const header = new Uint32Array(buffer, 0, HEADER_WORDS);
      const [dimensions, count, zeroCount] = header as unknown as [number, number, number];
      if (dimensions !== this.dimensions) {
        throw new GroundspeedError(
          'store.incompatible',
          `The snapshot holds vectors of ${dimensions} numbers; the index holds vectors of ${this.dimensions}`,
          { where: file, hint: 'Delete the file: it is rebuilt from the store.' },
        );
      }
      const [keysAt, zerosAt] = [4 * HEADER_WORDS, 4 * (HEADER_WORDS + count)];
      this.#keys = new Uint32Array(buffer, keysAt, count);
      this.#zeros = new Set(new Uint32Array(buffer, zerosAt, zeroCount));
      this.#vectors = new Float32Array(buffer, zerosAt + 4 * zeroCount, count * dimensions);
      this.#places = new Map(Array.from(this.#keys, (key, place) => [key, place]));
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#vectors = new Float32Array(0);
      this.#keys = new Uint32Array(0);
      this.#places.clear();
      this.#zeros.clear();
    });
  }

  #put(key: ChunkKey, vector: Float32Array, length: number): void {
    if (length === 0) {
      this.#drop(key);
      this.#zeros.add(key);
      return;
    }
    this.#zeros.delete(key);
    const place = this.#places.get(key) ?? this.#places.size;
    this.#places.set(key, place);
    this.#keys[place] = key;
    const start = place * this.dimensions;
    for (let index = 0; index < this.dimensions; index += 1) {
      this.#vectors[start + index] = vector[index]! / length;
    }
  }

  /** The last vector takes the place of the one that goes, so that the storage has no holes. */
  #drop(key: ChunkKey): void {
    this.#zeros.delete(key);
    const place = this.#places.get(key);
    if (place === undefined) return;
    const last = this.#places.size - 1;
    const lastKey = this.#keys[last]!;
    this.#keys[place] = lastKey;
    this.#places.set(lastKey, place);
    this.#vectors.copyWithin(place * this.dimensions, last * this.dimensions, (last + 1) * this.dimensions);
    this.#places.delete(key);
  }

  #reserve(count: number): void {
    if (count <= this.#keys.length) return;
    const capacity = Math.max(count, Math.ceil(this.#keys.length * 1.5));
    const keys = new Uint32Array(capacity);
    const vectors = new Float32Array(capacity * this.dimensions);
    keys.set(this.#keys);
    vectors.set(this.#vectors);
    this.#keys = keys;
    this.#vectors = vectors;
  }
}

/** Four sums side by side, because one would make each addition wait for the last. */
function dot(vectors: Float32Array, start: number, query: Float64Array): number {
  const length = query.length;
  const even = length - (length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let index = 0; index < even; index += 4) {
    a += vectors[start + index]! * query[index]!;
    b += vectors[start + index + 1]! * query[index + 1]!;
    c += vectors[start + index + 2]! * query[index + 2]!;
    d += vectors[start + index + 3]! * query[index + 3]!;
  }
  for (let index = even; index < length; index += 1) a += vectors[start + index]! * query[index]!;
  return a + b + (c + d);
}

function bytesOf(array: Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
