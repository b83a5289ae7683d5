import type { ChunkKey, Hits } from '../ports.ts';

/**
 * The best k of a stream of scored keys: highest score first, ties by ascending key, so that the result does not
 * depend on the order of arrival. A binary heap in two typed arrays with the worst kept pair at its root: a push
 * costs O(log k) at most and allocates nothing. Scores must not be NaN.
 */
export class TopK {
  readonly #capacity: number;
  readonly #keys: Uint32Array;
  readonly #scores: Float64Array;
  #count = 0;

  /** `k` is allocated at once: callers bound it by the number of keys there are. */
  constructor(k: number) {
    this.#capacity = k;
    this.#keys = new Uint32Array(k);
    this.#scores = new Float64Array(k);
  }

  get count(): number {
    return this.#count;
  }

  /** A score below this cannot enter any more; −∞ while there is room, +∞ where k is 0. */
  get floor(): number {
    if (this.#count < this.#capacity) return Number.NEGATIVE_INFINITY;
    return this.#capacity === 0 ? Number.POSITIVE_INFINITY : this.#scores[0]!;
  }

  push(key: ChunkKey, score: number): void {
    if (this.#count < this.#capacity) {
      this.#siftUp(this.#count, key, score);
      this.#count += 1;
    } else if (this.#capacity > 0 && isWorse(this.#scores[0]!, this.#keys[0]!, score, key)) {
      this.#siftDown(this.#count, key, score);
    }
  }

  /** The kept pairs, best first. Leaves the selection empty, ready for another stream. */
  take(): Hits {
    const keys = new Uint32Array(this.#count);
    const scores = new Float64Array(this.#count);
    for (let place = this.#count - 1; place >= 0; place -= 1) {
      keys[place] = this.#keys[0]!;
      scores[place] = this.#scores[0]!;
      this.#siftDown(place, this.#keys[place]!, this.#scores[place]!);
    }
    this.#count = 0;
    return { keys, scores };
  }

  /** Places a pair at or above the free leaf `hole`. */
  #siftUp(hole: number, key: ChunkKey, score: number): void {
    const keys = this.#keys;
    const scores = this.#scores;
    let place = hole;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isWorse(score, key, scores[parent]!, keys[parent]!)) break;
      keys[place] = keys[parent]!;
      scores[place] = scores[parent]!;
      place = parent;
    }
    keys[place] = key;
    scores[place] = score;
  }

  /** Replaces the root by a pair, in the heap of the first `count` places. */
  #siftDown(count: number, key: ChunkKey, score: number): void {
    const keys = this.#keys;
    const scores = this.#scores;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= count) break;
      const right = child + 1;
      if (right < count && isWorse(scores[right]!, keys[right]!, scores[child]!, keys[child]!)) child = right;
      if (!isWorse(scores[child]!, keys[child]!, score, key)) break;
      keys[place] = keys[child]!;
      scores[place] = scores[child]!;
      place = child;
    }
    keys[place] = key;
    scores[place] = score;
  }
}

/** Whether pair a ranks after pair b. */
function isWorse(scoreA: number, keyA: number, scoreB: number, keyB: number): boolean {
  return scoreA < scoreB || (scoreA === scoreB && keyA > keyB);
}
