import type { Clock } from '../../kernel/clock.ts';
import { agree, type QuestionFacts, questionFacts } from './guards/agreement.ts';
import type { LayerStatistics } from './layered-cache.ts';
import { RecentVectors } from './recent-vectors.ts';
import { sizeOf, sizeOfText } from './size.ts';

/** The earlier question that answered in place of the one asked. */
export interface Matched {
  readonly question: string;
  /** Cosine similarity of the two. */
  readonly similarity: number;
}

export interface SemanticMatch<V> {
  readonly value: V;
  readonly matched: Matched;
}

export interface SemanticQuestion {
  /** Only questions of the same partition are compared: index, settings, filter, the caller's rights. */
  readonly partition: string;
  readonly question: string;
  /** Of unit length. A zero vector is like nothing. */
  readonly vector: Float32Array;
}

export interface SemanticOptions {
  /** Cosine similarity from which two questions may mean the same. */
  readonly threshold: number;
  /** Questions kept, at most; the least recently used goes first. */
  readonly entries: number;
  readonly maxBytes: number;
  readonly ttlSeconds: number;
  readonly clock: Clock;
}

export interface SemanticCache<V> {
  /** The answer to the nearest earlier question that guards let pass. */
  find(question: SemanticQuestion): SemanticMatch<V> | undefined;
  /** Keeps an answer that is whole: neither degraded, nor itself found here. */
  remember(entry: SemanticQuestion & { readonly value: V; readonly costUsd?: number }): void;
  clear(): Promise<void>;
  close(): Promise<void>;
  statistics(): LayerStatistics;
}

interface Entry<V> {
  readonly slot: number;
  readonly partition: string;
  readonly question: string;
  readonly facts: QuestionFacts;
  readonly value: V;
  readonly costUsd: number;
  readonly storedAt: number;
  readonly bytes: number;
}

/** Beside what is measured: the entry's object, its places in tables. */
const ENTRY_BYTES = 200;

/** Answers by the meaning of their questions, in this process's memory. A vector of another length means another model: all is forgotten. */
export function createSemanticCache<V>(options: SemanticOptions): SemanticCache<V> {
  return new RecentQuestions<V>(options);
}

class RecentQuestions<V> implements SemanticCache<V> {
  readonly #options: SemanticOptions;
  #vectors: RecentVectors | undefined;
  /** By slot. */
  #entries: (Entry<V> | undefined)[] = [];
  #free: number[] = [];
  /** Slots by last use, the oldest first. */
  readonly #used = new Set<number>();
  readonly #slots = new Map<string, number>();
  /** Partitions by name, with how many entries each has. */
  readonly #partitions = new Map<string, { readonly number: number; entries: number }>();
  #partitionsMade = 0;
  #bytes = 0;
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #savedUsd = 0;

  constructor(options: SemanticOptions) {
    this.#options = options;
  }

  find({ partition, question, vector }: SemanticQuestion): SemanticMatch<V> | undefined {
    const entry = this.#nearest(partition, question, vector);
    if (entry === undefined) {
      this.#misses += 1;
      return undefined;
    }
    const { value, costUsd } = entry.held;
    this.#hits += 1;
    this.#savedUsd += costUsd;
    this.#touch(entry.held.slot);
    return { value, matched: { question: entry.held.question, similarity: entry.similarity } };
  }

  remember(entry: SemanticQuestion & { readonly value: V; readonly costUsd?: number }): void {
    const { partition, question, vector, value, costUsd = 0 } = entry;
    const { entries, maxBytes, clock } = this.#options;
    if (isZero(vector)) return;
    const vectors = this.#vectorsOf(vector.length);
    const facts = questionFacts(question);
    const text = sizeOfText(question) + sizeOfText(partition);
    const bytes = ENTRY_BYTES + vector.byteLength + 2 * text + sizeOf(facts) + sizeOf(value);
    const known = this.#slots.get(nameOf(partition, question));
    if (known !== undefined) this.#drop(known);
    if (bytes > maxBytes) return;
    while (this.#used.size >= entries || this.#bytes + bytes > maxBytes) {
      this.#drop(this.#used.values().next().value!);
      this.#evictions += 1;
    }
    const slot = this.#free.pop() ?? this.#used.size;
    this.#entries[slot] = {
      slot,
      partition,
      question,
      facts,
      value,
      costUsd,
      storedAt: clock.now(),
      bytes,
    };
    vectors.put(slot, this.#join(partition), vector);
    this.#slots.set(nameOf(partition, question), slot);
    this.#used.add(slot);
    this.#bytes += bytes;
  }

  async clear(): Promise<void> {
    this.#forget();
  }

  async close(): Promise<void> {
    this.#forget();
  }

  statistics(): LayerStatistics {
    return {
      entries: this.#used.size,
      bytes: this.#bytes,
      hits: this.#hits,
      stale: 0,
      misses: this.#misses,
      shared: 0,
      evictions: this.#evictions,
      failures: 0,
      savedUsd: this.#savedUsd,
    };
  }

  #nearest(
    partition: string,
    question: string,
    vector: Float32Array,
  ): { held: Entry<V>; similarity: number } | undefined {
    const number = this.#partitions.get(partition)?.number;
    if (number === undefined || this.#vectors?.dimensions !== vector.length || isZero(vector))
      return undefined;
    const { threshold, ttlSeconds, clock } = this.#options;
    const oldest = ttlSeconds === 0 ? Number.NEGATIVE_INFINITY : clock.now() - ttlSeconds * 1000;
    let facts: QuestionFacts | undefined;
    const { slot, similarity } = this.#vectors.nearest(vector, number, threshold, (candidate) => {
      const entry = this.#entries[candidate]!;
      if (entry.storedAt <= oldest) return false;
      facts ??= questionFacts(question);
      return agree(facts, entry.facts);
    });
    return slot < 0 ? undefined : { held: this.#entries[slot]!, similarity };
  }

  #vectorsOf(dimensions: number): RecentVectors {
    if (this.#vectors?.dimensions !== dimensions) {
      this.#forget();
      this.#vectors = new RecentVectors(dimensions);
    }
    return this.#vectors!;
  }

  #join(name: string): number {
    let partition = this.#partitions.get(name);
    if (partition === undefined) {
      this.#partitionsMade += 1;
      partition = { number: this.#partitionsMade, entries: 0 };
      this.#partitions.set(name, partition);
    }
    partition.entries += 1;
    return partition.number;
  }

  #touch(slot: number): void {
    this.#used.delete(slot);
    this.#used.add(slot);
  }

  #drop(slot: number): void {
    const { partition, question, bytes } = this.#entries[slot]!;
    const held = this.#partitions.get(partition)!;
    held.entries -= 1;
    if (held.entries === 0) this.#partitions.delete(partition);
    this.#vectors!.remove(slot);
    this.#entries[slot] = undefined;
    this.#used.delete(slot);
    this.#slots.delete(nameOf(partition, question));
    this.#free.push(slot);
    this.#bytes -= bytes;
  }

  #forget(): void {
    this.#vectors = undefined;
    this.#entries = [];
    this.#free = [];
    this.#used.clear();
    this.#slots.clear();
    this.#partitions.clear();
    this.#bytes = 0;
  }
}

const nameOf = (partition: string, question: string): string => `${partition}\n${question}`;

function isZero(vector: Float32Array): boolean {
  for (let index = 0; index < vector.length; index += 1) {
    if (vector[index] !== 0) return false;
  }
  return true;
}
