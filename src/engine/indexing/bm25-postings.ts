import type { ChunkKey } from '../ports.ts';
import { Uint32List } from './uint32-list.ts';

/** Term → its number, from 0 in order of first sight. Numbers outlive removals: a term may have no posting left. */
export type Dictionary = Map<string, number>;

/**
 * An inverted index in flat arrays; never changed once built. The postings of term t stand from `offsets[t]` up to
 * `offsets[t + 1]`. Chunks are numbered by ascending key ("ordinal"), so that ties by ordinal are ties by key.
 */
export interface Postings {
  /** By ordinal, ascending. */
  readonly keys: Uint32Array;
  /** Terms in the chunk, repeats included; by ordinal. */
  readonly lengths: Uint32Array;
  readonly offsets: Uint32Array;
  /** Which chunk holds the term; by posting. */
  readonly ordinals: Uint32Array;
  /** How often it does, saturating at 65,535 (past which BM25 no longer changes visibly); by posting. */
  readonly counts: Uint16Array;
}

export const MAX_COUNT = 0xffff;
const GONE = 0xffffffff;

export const NO_POSTINGS: Postings = {
  keys: new Uint32Array(0),
  lengths: new Uint32Array(0),
  offsets: new Uint32Array(1),
  ordinals: new Uint32Array(0),
  counts: new Uint16Array(0),
};

/** Chunks added since the postings were built, in order of arrival: each one's terms with their counts. */
export class PostingLog {
  readonly #keys = new Uint32List();
  readonly #lengths = new Uint32List();
  readonly #starts = new Uint32List();
  readonly #terms = new Uint32List();
  readonly #counts = new Uint32List();
  /** Key → its latest place in the log; places that are in it no more were replaced or removed. */
  readonly #places = new Map<ChunkKey, number>();
  /** By term, all zero between calls. */
  #tally = new Uint32Array(1024);

  get size(): number {
    return this.#places.size;
  }

  append(key: ChunkKey, terms: readonly string[], dictionary: Dictionary): void {
    const first = this.#terms.length;
    this.#places.set(key, this.#keys.length);
    this.#keys.push(key);
    this.#lengths.push(terms.length);
    this.#starts.push(first);
    for (const term of terms) {
      let id = dictionary.get(term);
      if (id === undefined) {
        id = dictionary.size;
        dictionary.set(term, id);
      }
      if (id >= this.#tally.length) this.#growTally(id);
      if (this.#tally[id] === 0) this.#terms.push(id);
      this.#tally[id]! += 1;
    }
    for (const id of this.#terms.view().subarray(first)) {
      this.#counts.push(Math.min(this.#tally[id]!, MAX_COUNT));
      this.#tally[id] = 0;
    }
  }

  /** Whether the key was in the log. */
  forget(key: ChunkKey): boolean {
    return this.#places.delete(key);
  }

  /** The chunks still in the log, by ascending key. */
  read(): LoggedChunks {
    const places = Uint32Array.from(this.#places.values());
    const keys = this.#keys.view();
    places.sort((a, b) => keys[a]! - keys[b]!);
    return {
      places,
      keys,
      lengths: this.#lengths.view(),
      starts: this.#starts.view(),
      terms: this.#terms.view(),
      counts: this.#counts.view(),
    };
  }

  #growTally(id: number): void {
    const grown = new Uint32Array(2 * Math.max(id, this.#tally.length));
    grown.set(this.#tally);
    this.#tally = grown;
  }
}

/** The log as arrays. All but `places` are indexed by place; a chunk's terms end where the next one's start. */
interface LoggedChunks {
  readonly places: Uint32Array;
  readonly keys: Uint32Array;
  readonly lengths: Uint32Array;
  readonly starts: Uint32Array;
  readonly terms: Uint32Array;
  readonly counts: Uint32Array;
}

/**
 * New postings of what `base` holds but for the ordinals in `removed`, with the log's chunks. Two passes over all
 * postings (count, then fill): the result is that of a clean build over the chunks that are left.
 */
export function mergePostings(
  base: Postings,
  changes: { removed: ReadonlySet<number>; log: PostingLog; termCount: number },
): Postings {
  const log = changes.log.read();
  const order = orderChunks(base, changes.removed, log);
  const offsets = countPostings(base, order, log, changes.termCount);
  const ordinals = new Uint32Array(offsets[changes.termCount]!);
  const counts = new Uint16Array(ordinals.length);
  const free = offsets.slice();
  for (let term = 0; term + 1 < base.offsets.length; term += 1) {
    const end = base.offsets[term + 1]!;
    for (let posting = base.offsets[term]!; posting < end; posting += 1) {
      const ordinal = order.ofBase[base.ordinals[posting]!]!;
      if (ordinal === GONE) continue;
      const slot = free[term]!;
      ordinals[slot] = ordinal;
      counts[slot] = base.counts[posting]!;
      free[term] = slot + 1;
    }
  }
  log.places.forEach((place, index) => {
    const ordinal = order.ofLogged[index]!;
    const end = endOf(log, place);
    for (let entry = log.starts[place]!; entry < end; entry += 1) {
      const term = log.terms[entry]!;
      const slot = free[term]!;
      ordinals[slot] = ordinal;
      counts[slot] = log.counts[entry]!;
      free[term] = slot + 1;
    }
  });
  return { keys: order.keys, lengths: order.lengths, offsets, ordinals, counts };
}

interface ChunkOrder {
  readonly keys: Uint32Array;
  readonly lengths: Uint32Array;
  /** New ordinal by old one, or GONE. */
  readonly ofBase: Uint32Array;
  /** New ordinal by index into the log's `places`. */
  readonly ofLogged: Uint32Array;
}

/** Numbers the chunks that are left, by merging two lists that both ascend by key. */
function orderChunks(base: Postings, removed: ReadonlySet<number>, log: LoggedChunks): ChunkOrder {
  const total = base.keys.length - removed.size + log.places.length;
  const keys = new Uint32Array(total);
  const lengths = new Uint32Array(total);
  const ofBase = new Uint32Array(base.keys.length).fill(GONE);
  const ofLogged = new Uint32Array(log.places.length);
  let old = 0;
  let added = 0;
  for (let ordinal = 0; ordinal < total; ordinal += 1) {
    while (old < base.keys.length && removed.has(old)) old += 1;
    const place = log.places[added];
    if (place === undefined || (old < base.keys.length && base.keys[old]! < log.keys[place]!)) {
      keys[ordinal] = base.keys[old]!;
      lengths[ordinal] = base.lengths[old]!;
      ofBase[old] = ordinal;
      old += 1;
    } else {
      keys[ordinal] = log.keys[place]!;
      lengths[ordinal] = log.lengths[place]!;
      ofLogged[added] = ordinal;
      added += 1;
    }
  }
  return { keys, lengths, ofBase, ofLogged };
}

/** Offsets of the merged postings: how many chunks hold each term, summed up. */
function countPostings(base: Postings, order: ChunkOrder, log: LoggedChunks, termCount: number): Uint32Array {
  const offsets = new Uint32Array(termCount + 1);
  for (let term = 0; term + 1 < base.offsets.length; term += 1) {
    const end = base.offsets[term + 1]!;
    for (let posting = base.offsets[term]!; posting < end; posting += 1) {
      if (order.ofBase[base.ordinals[posting]!] !== GONE) offsets[term + 1]! += 1;
    }
  }
  for (const place of log.places) {
    const end = endOf(log, place);
    for (let entry = log.starts[place]!; entry < end; entry += 1) offsets[log.terms[entry]! + 1]! += 1;
  }
  for (let term = 0; term < termCount; term += 1) offsets[term + 1]! += offsets[term]!;
  return offsets;
}

function endOf(log: LoggedChunks, place: number): number {
  return log.starts[place + 1] ?? log.terms.length;
}

/**
 * What each posting adds to its chunk's score, by BM25 with Lucene's idf:
 * ln(1 + (N − n + 0.5) / (n + 0.5)) · tf / (tf + k1 · (1 − b + b · length / average length)).
 * (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009; Lucene's BM25Similarity, which also leaves
 * out the constant factor k1 + 1.)
 */
export function impactsOf(postings: Postings, { k1, b }: { k1: number; b: number }): Float32Array {
  const { offsets, ordinals, counts, lengths } = postings;
  const chunks = lengths.length;
  const averageLength = lengths.reduce((sum, length) => sum + length, 0) / chunks;
  const saturation = Float64Array.from(lengths, (length) => k1 * (1 - b + (b * length) / averageLength));
  const impacts = new Float32Array(ordinals.length);
  for (let term = 0; term + 1 < offsets.length; term += 1) {
    const start = offsets[term]!;
    const end = offsets[term + 1]!;
    const holding = end - start;
    const idf = Math.log1p((chunks - holding + 0.5) / (holding + 0.5));
    for (let posting = start; posting < end; posting += 1) {
      const count = counts[posting]!;
      impacts[posting] = (idf * count) / (count + saturation[ordinals[posting]!]!);
    }
  }
  return impacts;
}
