import { multiply, symmetricProduct } from './dense-matrix.ts';

/** A column whose part outside the span of those before it is smaller than this, squared and relative, is dependent. */
const DEPENDENT = 1e-12;

/**
 * An orthonormal basis of the columns of A (row-major, `width` columns), by Cholesky QR: AᵀA = RᵀR, Q = A R⁻¹. It is
 * all matrix products, hence quick, and as orthogonal as the square of A's condition number allows; a second pass
 * makes it orthogonal to rounding (CholeskyQR2: Yamamoto et al., ETNA 44, 2015). A column that depends on those
 * before it becomes zero.
 */
export function orthonormalise(a: Float64Array, width: number): Float64Array {
  return multiply(a, width, inverseFactor(symmetricProduct(a, a, width), width), width);
}

/** R⁻¹ for the upper triangular R with RᵀR = G; the columns of dependent directions are zero. */
function inverseFactor(gram: Float64Array, width: number): Float64Array {
  const factor = cholesky(gram, width);
  const inverse = new Float64Array(width * width);
  for (let column = 0; column < width; column += 1) {
    const pivot = factor[column * width + column]!;
    if (pivot === 0) continue;
    inverse[column * width + column] = 1 / pivot;
    for (let row = column - 1; row >= 0; row -= 1) {
      const diagonal = factor[row * width + row]!;
      if (diagonal === 0) continue;
      let sum = 0;
      for (let k = row + 1; k <= column; k += 1)
        sum += factor[row * width + k]! * inverse[k * width + column]!;
      inverse[row * width + column] = -sum / diagonal;
    }
  }
  return inverse;
}

/** The upper triangular R with RᵀR = G, row by row; rows of dependent directions are zero. */
function cholesky(gram: Float64Array, width: number): Float64Array {
  const factor = gram.slice();
  for (let row = 0; row < width; row += 1) {
    const start = row * width;
    const pivot = factor[start + row]!;
    const dependent = !(pivot > DEPENDENT * gram[start + row]!);
    const scale = dependent ? 0 : 1 / Math.sqrt(pivot);
    for (let column = row; column < width; column += 1) factor[start + column]! *= scale;
    for (let later = row + 1; later < width; later += 1) {
      const weight = factor[start + later]!;
      if (weight === 0) continue;
      for (let column = later; column < width; column += 1) {
        factor[later * width + column]! -= weight * factor[start + column]!;
      }
    }
  }
  return factor;
}
