import { normal, type Random } from '../../../kernel/random.ts';
import { multiply, symmetricProduct } from './dense-matrix.ts';
import { type Eigen, eigenOfSymmetric } from './eigen.ts';
import { orthonormalise } from './orthonormal.ts';
import { multiplyByGram, multiplyByTranspose, type SparseMatrix, transpose } from './sparse-matrix.ts';

/** More directions are followed than wanted, because the last of them converge slowly. */
const OVERSAMPLING = 16;
/** Measured on four collections: six rank documents no better than four, two a little worse on the largest. */
const ITERATIONS = 4;
/** Singular values below this, relative to the largest, are rounding. */
const NOTHING = 1e-6;

/** How often `onStep` is called, at most. */
export const SINGULAR_VECTOR_STEPS = ITERATIONS;

/**
 * The `count` leading right singular vectors of a sparse matrix A, as the columns of a row-major matrix with a row for
 * each column of A. Directions past the rank of A are zero.
 *
 * Randomised subspace iteration (Halko, Martinsson and Tropp, SIAM Review 53, 2011, algorithm 4.4, from a Gaussian
 * test matrix), then Rayleigh–Ritz: with Q a basis of the leading left vectors, the eigenvectors W of QᵀAAᵀQ give
 * U = QW, and V = AᵀUΣ⁻¹. All dense work is done on the shorter side of A: a matrix taller than wide is transposed,
 * and then U is the answer. Where that side is so short that Q would be square, there is nothing to search for: Q is
 * the identity, and the result is exact.
 */
export function rightSingularVectors(
  matrix: SparseMatrix,
  { count, random, onStep }: { count: number; random: Random; onStep?: () => void },
): Float64Array {
  const wide = matrix.rowCount <= matrix.columnCount;
  const m = wide ? matrix : transpose(matrix);
  const width = Math.min(count + OVERSAMPLING, m.rowCount);
  if (width === 0) return new Float64Array(matrix.columnCount * count);
  const basis = width === m.rowCount ? identity(width) : leadingBasis(m, { width, random, onStep });
  const eigen = eigenOfSymmetric(symmetricProduct(basis, multiplyByGram(m, basis, width), width), width);
  const left = multiply(basis, width, ritzRotation(eigen, { width, count, scaled: wide }), count);
  return wide ? multiplyByTranspose(matrix, left, count) : left;
}

function leadingBasis(
  matrix: SparseMatrix,
  { width, random, onStep }: { width: number; random: Random; onStep: (() => void) | undefined },
): Float64Array {
  let basis: Float64Array = new Float64Array(matrix.rowCount * width).map(() => normal(random));
  for (let iteration = 0; iteration < ITERATIONS; iteration += 1) {
    basis = orthonormalise(multiplyByGram(matrix, basis, width), width);
    onStep?.();
  }
  return orthonormalise(basis, width);
}

function identity(size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let index = 0; index < size; index += 1) matrix[index * size + index] = 1;
  return matrix;
}

/**
 * The leading eigenvectors as `count` columns, divided by their singular values where `scaled`. Columns without a
 * direction stay zero.
 */
function ritzRotation(
  { values, vectors }: Eigen,
  { width, count, scaled }: { width: number; count: number; scaled: boolean },
): Float64Array {
  const rotation = new Float64Array(width * count);
  const largest = Math.sqrt(values[0]!);
  for (let column = 0; column < Math.min(count, width); column += 1) {
    const singular = Math.sqrt(values[column]!);
    if (!(singular > NOTHING * largest)) break;
    const scale = scaled ? 1 / singular : 1;
    for (let row = 0; row < width; row += 1) {
      rotation[row * count + column] = vectors[column * width + row]! * scale;
    }
  }
  return rotation;
}
