const FEWEST_SLOTS = 64;

/** Which slot a set of recent vectors finds nearest, and how near. Slot −1: none. */
export interface Nearest {
  slot: number;
  similarity: number;
}

/**
 * The vectors of the latest questions in one stretch of memory, found again by exact search. Slots are numbered from 0; whoever uses
 * them says which one to fill, and which partition its vector is of.
 */
export class RecentVectors {
  readonly dimensions: number;
  #vectors: Float32Array;
  /** 0: the slot is empty. */
  #partitions: Uint32Array;
  readonly #nearest: Nearest = { slot: -1, similarity: Number.NEGATIVE_INFINITY };
  #used = 0;

  /** Takes room for a few vectors, then doubles it as slots are used. */
  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#vectors = new Float32Array(FEWEST_SLOTS * dimensions);
    this.#partitions = new Uint32Array(FEWEST_SLOTS);
  }

  get bytes(): number {
    return this.#vectors.byteLength + this.#partitions.byteLength;
  }

  /** Puts a vector of unit length into a slot. Partitions are numbered from 1. */
  put(slot: number, partition: number, vector: Float32Array): void {
    if (slot >= this.#partitions.length) this.#grow(slot);
    this.#vectors.set(vector, slot * this.dimensions);
    this.#partitions[slot] = partition;
    if (slot >= this.#used) this.#used = slot + 1;
  }

  remove(slot: number): void {
    this.#partitions[slot] = 0;
  }

  /**
   * The accepted vector of `partition` with the greatest cosine similarity to `query` (of unit length) from `threshold` on; of equals, that
   * of the lowest slot. `accept` is asked only of those that would be the best so far. The result is one object, overwritten by the
   * next call.
   */
  nearest(
    query: Float32Array,
    partition: number,
    threshold: number,
    accept: (slot: number) => boolean,
  ): Readonly<Nearest> {
    const { dimensions } = this;
    const vectors = this.#vectors;
    const partitions = this.#partitions;
    let slot = -1;
    let best = threshold;
    for (let candidate = 0; candidate < this.#used; candidate += 1) {
      if (partitions[candidate] !== partition) continue;
      const similarity = product(query, vectors, candidate * dimensions);
      const better = slot < 0 ? similarity >= best : similarity > best;
      if (better && accept(candidate)) {
        best = similarity;
        slot = candidate;
      }
    }
    this.#nearest.slot = slot;
    this.#nearest.similarity = slot < 0 ? Number.NEGATIVE_INFINITY : best;
    return this.#nearest;
  }

  #grow(slot: number): void {
    const slots = Math.max(this.#partitions.length * 2, slot + 1);
    const vectors = new Float32Array(slots * this.dimensions);
    vectors.set(this.#vectors);
    this.#vectors = vectors;
    const partitions = new Uint32Array(slots);
    partitions.set(this.#partitions);
    this.#partitions = partitions;
  }
}

/** The scalar product of `query` and the vector that starts at `start`: four sums at once, which a processor adds side by side. */
function product(query: Float32Array, vectors: Float32Array, start: number): number {
  const whole = query.length & ~3;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let index = 0; index < whole; index += 4) {
    a += query[index]! * vectors[start + index]!;
    b += query[index + 1]! * vectors[start + index + 1]!;
    c += query[index + 2]! * vectors[start + index + 2]!;
    d += query[index + 3]! * vectors[start + index + 3]!;
  }
  for (let index = whole; index < query.length; index += 1) a += query[index]! * vectors[start + index]!;
  return a + b + (c + d);
}
