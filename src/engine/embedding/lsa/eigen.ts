export interface Eigen {
  /** Descending. */
  readonly values: Float64Array;
  /** Vector v is the row from `v · size`. */
  readonly vectors: Float64Array;
}

const MOST_SWEEPS = 40;
const PRECISION = 1e-12;

/**
 * Eigenvalues and unit eigenvectors of a symmetric positive semidefinite matrix, by one-sided Jacobi rotations
 * (Hestenes, 1958): rows of the matrix are rotated, two by two, until they are orthogonal; the rotations, applied to
 * the identity, give the vectors, and the rows' lengths the values.
 */
export function eigenOfSymmetric(matrix: Float64Array, size: number): Eigen {
  const rows = matrix.slice();
  const vectors = new Float64Array(size * size);
  for (let index = 0; index < size; index += 1) vectors[index * size + index] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep += 1) {
    let rotations = 0;
    for (let p = 0; p < size - 1; p += 1) {
      for (let q = p + 1; q < size; q += 1) {
        if (rotatePair(rows, vectors, size, p * size, q * size)) rotations += 1;
      }
    }
    if (rotations === 0) break;
  }
  return sorted(rows, vectors, size);
}

function rotatePair(rows: Float64Array, vectors: Float64Array, size: number, p: number, q: number): boolean {
  let pp = 0;
  let qq = 0;
  let pq = 0;
  for (let index = 0; index < size; index += 1) {
    const x = rows[p + index]!;
    const y = rows[q + index]!;
    pp += x * x;
    qq += y * y;
    pq += x * y;
  }
  if (!(Math.abs(pq) > PRECISION * Math.sqrt(pp * qq))) return false;
  const cotangent = (qq - pp) / (2 * pq);
  const tangent = Math.sign(cotangent || 1) / (Math.abs(cotangent) + Math.hypot(1, cotangent));
  const cosine = 1 / Math.hypot(1, tangent);
  rotate(rows, size, { p, q, cosine, sine: cosine * tangent });
  rotate(vectors, size, { p, q, cosine, sine: cosine * tangent });
  return true;
}

function rotate(
  rows: Float64Array,
  size: number,
  { p, q, cosine, sine }: { p: number; q: number; cosine: number; sine: number },
): void {
  for (let index = 0; index < size; index += 1) {
    const x = rows[p + index]!;
    const y = rows[q + index]!;
    rows[p + index] = cosine * x - sine * y;
    rows[q + index] = sine * x + cosine * y;
  }
}

function sorted(rows: Float64Array, vectors: Float64Array, size: number): Eigen {
  const lengths = new Float64Array(size);
  for (let row = 0; row < size; row += 1) {
    let squares = 0;
    for (let index = row * size; index < (row + 1) * size; index += 1) squares += rows[index]! * rows[index]!;
    lengths[row] = Math.sqrt(squares);
  }
  const order = Array.from(lengths.keys()).sort((a, b) => lengths[b]! - lengths[a]!);
  const result = { values: new Float64Array(size), vectors: new Float64Array(size * size) };
  for (const [place, row] of order.entries()) {
    result.values[place] = lengths[row]!;
    result.vectors.set(vectors.subarray(row * size, (row + 1) * size), place * size);
  }
  return result;
}
