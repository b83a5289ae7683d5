/**
 * A number by row that many targets never tell: it takes room from the first that is told. NaN where none was. Each such
 * column would else be four megabytes of nothing, or eight, for a million requests.
 */
export class ToldColumn {
  readonly #array: Float32ArrayConstructor | Float64ArrayConstructor;
  readonly #capacity: number;
  #values: Float32Array | Float64Array | undefined;

  /** `single` keeps seven digits. Room for `capacity` rows is made at once, and for more where there are more. */
  constructor(precision: 'single' | 'double', capacity: number) {
    this.#array = precision === 'single' ? Float32Array : Float64Array;
    this.#capacity = capacity;
  }

  get isTold(): boolean {
    return this.#values !== undefined;
  }

  at(row: number): number {
    return this.#values?.[row] ?? Number.NaN;
  }

  set(row: number, value: number): void {
    let values = this.#values;
    if (values === undefined || row >= values.length) {
      if (Number.isNaN(value)) return;
      values = this.#widen(row);
    }
    values[row] = value;
  }

  /** The first so many rows as an array of their own; undefined where nothing was told. */
  cut(rows: number): Float32Array | Float64Array | undefined {
    return this.#values && this.copyTo(new this.#array(rows).fill(Number.NaN), 0, rows);
  }

  /** Writes the first so many rows into a larger array, from `start` on; leaves that as it is where nothing was told. */
  copyTo<To extends Float32Array | Float64Array>(into: To, start: number, rows: number): To {
    if (this.#values !== undefined) into.set(this.#values.subarray(0, rows), start);
    return into;
  }

  #widen(row: number): Float32Array | Float64Array {
    const length = Math.max(this.#capacity, row + 1, 2 * (this.#values?.length ?? 0));
    const wider = new this.#array(length).fill(Number.NaN);
    if (this.#values !== undefined) wider.set(this.#values);
    this.#values = wider;
    return wider;
  }
}
