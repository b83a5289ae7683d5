/** A list of unsigned 32-bit integers that grows by doubling: millions of numbers without boxing one. */
export class Uint32List {
  #items = new Uint32Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#items.length) {
      const grown = new Uint32Array(2 * this.#items.length);
      grown.set(this.#items);
      this.#items = grown;
    }
    this.#items[this.#length] = value;
    this.#length += 1;
  }

  /** What has been pushed, as a view: valid until the next push. */
  view(): Uint32Array {
    return this.#items.subarray(0, this.#length);
  }
}
