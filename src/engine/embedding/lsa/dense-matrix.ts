/**
 * Products of tall dense matrices (row-major, Float64). The inner loops take four rows at a time: each number that is
 * read serves four multiplications, which is most of the speed there is to have.
 */

/** Aᵀ B for A and B of `width` columns, where it is known to be symmetric: the upper triangle is computed, then mirrored. */
export function symmetricProduct(a: Float64Array, b: Float64Array, width: number): Float64Array {
  const product = new Float64Array(width * width);
  const rowCount = a.length / width;
  let row = 0;
  for (; row + 4 <= rowCount; row += 4) {
    const first = row * width;
    const second = first + width;
    const third = second + width;
    const fourth = third + width;
    for (let i = 0; i < width; i += 1) {
      const a0 = a[first + i]!;
      const a1 = a[second + i]!;
      const a2 = a[third + i]!;
      const a3 = a[fourth + i]!;
      const target = i * width;
      for (let j = i; j < width; j += 1) {
        product[target + j]! +=
          a0 * b[first + j]! + a1 * b[second + j]! + a2 * b[third + j]! + a3 * b[fourth + j]!;
      }
    }
  }
  for (; row < rowCount; row += 1) {
    const start = row * width;
    for (let i = 0; i < width; i += 1) {
      const a0 = a[start + i]!;
      for (let j = i; j < width; j += 1) product[i * width + j]! += a0 * b[start + j]!;
    }
  }
  for (let i = 0; i < width; i += 1) {
    for (let j = 0; j < i; j += 1) product[i * width + j] = product[j * width + i]!;
  }
  return product;
}

/** A B for A of `inner` columns and B of `width` columns. */
export function multiply(a: Float64Array, inner: number, b: Float64Array, width: number): Float64Array {
  const rowCount = a.length / inner;
  const product = new Float64Array(rowCount * width);
  for (let row = 0; row < rowCount; row += 1) {
    const target = row * width;
    const source = row * inner;
    let k = 0;
    for (; k + 4 <= inner; k += 4) {
      const a0 = a[source + k]!;
      const a1 = a[source + k + 1]!;
      const a2 = a[source + k + 2]!;
      const a3 = a[source + k + 3]!;
      const first = k * width;
      const second = first + width;
      const third = second + width;
      const fourth = third + width;
      for (let j = 0; j < width; j += 1) {
        product[target + j]! +=
          a0 * b[first + j]! + a1 * b[second + j]! + a2 * b[third + j]! + a3 * b[fourth + j]!;
      }
    }
    for (; k < inner; k += 1) {
      const a0 = a[source + k]!;
      for (let j = 0; j < width; j += 1) product[target + j]! += a0 * b[k * width + j]!;
    }
  }
  return product;
}
