/** A queue of so many items at most: one that comes while it is full is left out and counted. A push costs a write to an array. */
export class BoundedRing<Item> {
  readonly #items: (Item | undefined)[];
  #first = 0;
  #length = 0;
  #dropped = 0;

  constructor(capacity: number) {
    this.#items = new Array<Item | undefined>(capacity).fill(undefined);
  }

  get length(): number {
    return this.#length;
  }

  /** Items that were left out so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** False where there is no room. */
  push(item: Item): boolean {
    const capacity = this.#items.length;
    if (this.#length === capacity) {
      this.#dropped += 1;
      return false;
    }
    this.#items[(this.#first + this.#length) % capacity] = item;
    this.#length += 1;
    return true;
  }

  /** The oldest; undefined where there is none. */
  shift(): Item | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#items[this.#first];
    this.#items[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#items.length;
    this.#length -= 1;
    return item;
  }
}
