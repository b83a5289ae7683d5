/** Bytes that one cell of numbers takes, at most: a sign, sixteen digits, a point. */
const NUMBER = 24;
const ZERO = 48;
const MINUS = 45;
const POINT = 46;

/**
 * Lines of text cells and numbers, put together as bytes. A million lines of numbers that are strings on their way leave
 * their digits in the runtime's cache of such strings, and with it tens of megabytes that only a full collection takes away.
 */
export class LineWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(size = 1 << 16) {
    this.#bytes = Buffer.allocUnsafe(size);
  }

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#length;
  }

  /** What was written since the last time. */
  take(): string {
    const text = this.#bytes.toString('utf8', 0, this.#length);
    this.#length = 0;
    return text;
  }

  /** As it is: whoever calls has quoted it. */
  text(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A whole number from 0. */
  whole(value: number): void {
    this.#makeRoom(NUMBER);
    this.#digits(value);
  }

  /** To a thousandth, without zeros at the end; nothing for NaN. */
  thousandths(value: number): void {
    if (Number.isNaN(value)) return;
    this.#makeRoom(NUMBER);
    let count = Math.round(value * 1000);
    if (count < 0) {
      this.#bytes[this.#length++] = MINUS;
      count = -count;
    }
    const whole = Math.floor(count / 1000);
    this.#digits(whole);
    let rest = count - whole * 1000;
    if (rest === 0) return;
    this.#bytes[this.#length++] = POINT;
    for (let unit = 100; rest > 0; unit /= 10) {
      const digit = Math.floor(rest / unit);
      this.#bytes[this.#length++] = ZERO + digit;
      rest -= digit * unit;
    }
  }

  #digits(value: number): void {
    let unit = 1;
    while (value / unit >= 10) unit *= 10;
    for (let rest = value; unit >= 1; unit /= 10) {
      const digit = Math.floor(rest / unit);
      this.#bytes[this.#length++] = ZERO + digit;
      rest -= digit * unit;
    }
  }

  #makeRoom(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * this.#bytes.length + count);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
