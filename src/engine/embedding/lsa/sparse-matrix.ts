/** Compressed sparse rows: row r holds `values[e]` in column `columns[e]`, for e from `starts[r]` to `starts[r + 1]`. */
export interface SparseMatrix {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

export function transpose({ rowCount, columnCount, starts, columns, values }: SparseMatrix): SparseMatrix {
  const transposed = {
    rowCount: columnCount,
    columnCount: rowCount,
    starts: new Uint32Array(columnCount + 1),
    columns: new Uint32Array(columns.length),
    values: new Float32Array(values.length),
  };
  for (const column of columns) transposed.starts[column + 1]! += 1;
  for (let row = 0; row < columnCount; row += 1) transposed.starts[row + 1]! += transposed.starts[row]!;
  const next = transposed.starts.slice();
  for (let row = 0; row < rowCount; row += 1) {
    for (let entry = starts[row]!; entry < starts[row + 1]!; entry += 1) {
      const place = next[columns[entry]!]!;
      next[columns[entry]!] = place + 1;
      transposed.columns[place] = row;
      transposed.values[place] = values[entry]!;
    }
  }
  return transposed;
}

/** Columns of a dense matrix that are worked on at once, so that rows met at random are mostly in the cache. */
const BLOCK = 32;

/** M Mᵀ Q for a dense Q of `width` columns (row-major). Neither M Mᵀ nor all of Mᵀ Q is ever held. */
export function multiplyByGram(matrix: SparseMatrix, dense: Float64Array, width: number): Float64Array {
  const product = new Float64Array(matrix.rowCount * width);
  const inner = new Float64Array(matrix.columnCount * BLOCK);
  for (let from = 0; from < width; from += BLOCK) {
    const size = Math.min(BLOCK, width - from);
    inner.fill(0);
    scatter(matrix, { dense, width, from, size }, inner);
    gather(matrix, inner, { dense: product, width, from, size });
  }
  return product;
}

/** Mᵀ Q for a dense Q of `width` columns, both row-major. */
export function multiplyByTranspose(matrix: SparseMatrix, dense: Float64Array, width: number): Float64Array {
  const product = new Float64Array(matrix.columnCount * width);
  const inner = new Float64Array(matrix.columnCount * BLOCK);
  for (let from = 0; from < width; from += BLOCK) {
    const size = Math.min(BLOCK, width - from);
    inner.fill(0);
    scatter(matrix, { dense, width, from, size }, inner);
    for (let row = 0; row < matrix.columnCount; row += 1) {
      product.set(inner.subarray(row * BLOCK, row * BLOCK + size), row * width + from);
    }
  }
  return product;
}

/** Columns `from` to `from + size` of a dense matrix of `width` columns. */
interface Slice {
  readonly dense: Float64Array;
  readonly width: number;
  readonly from: number;
  readonly size: number;
}

/** inner += Mᵀ · slice */
function scatter(
  { rowCount, starts, columns, values }: SparseMatrix,
  slice: Slice,
  inner: Float64Array,
): void {
  const { dense, width, from, size } = slice;
  for (let row = 0; row < rowCount; row += 1) {
    const source = row * width + from;
    const end = starts[row + 1]!;
    for (let entry = starts[row]!; entry < end; entry += 1) {
      const value = values[entry]!;
      const target = columns[entry]! * BLOCK;
      for (let index = 0; index < size; index += 1) {
        inner[target + index]! += value * dense[source + index]!;
      }
    }
  }
}

/** slice += M · inner */
function gather(
  { rowCount, starts, columns, values }: SparseMatrix,
  inner: Float64Array,
  slice: Slice,
): void {
  const { dense, width, from, size } = slice;
  for (let row = 0; row < rowCount; row += 1) {
    const target = row * width + from;
    const end = starts[row + 1]!;
    for (let entry = starts[row]!; entry < end; entry += 1) {
      const value = values[entry]!;
      const source = columns[entry]! * BLOCK;
      for (let index = 0; index < size; index += 1) {
        dense[target + index]! += value * inner[source + index]!;
      }
    }
  }
}
