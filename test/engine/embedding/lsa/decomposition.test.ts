import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiply, symmetricProduct } from '../../../../src/engine/embedding/lsa/dense-matrix.ts';
import { eigenOfSymmetric } from '../../../../src/engine/embedding/lsa/eigen.ts';
import { orthonormalise } from '../../../../src/engine/embedding/lsa/orthonormal.ts';
import { rightSingularVectors } from '../../../../src/engine/embedding/lsa/singular-vectors.ts';
import {
  multiplyByGram,
  multiplyByTranspose,
  type SparseMatrix,
  transpose,
} from '../../../../src/engine/embedding/lsa/sparse-matrix.ts';
import { normal, seededRandom } from '../../../../src/kernel/random.ts';

/** Rows of numbers: the plain form that everything here is checked against. */
type Rows = readonly (readonly number[])[];

const rowsOf = (flat: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: width === 0 ? 0 : flat.length / width }, (_, row) =>
    Array.from({ length: width }, (_, column) => flat[row * width + column]!),
  );
const flatOf = (rows: Rows): Float64Array => Float64Array.from(rows.flat());
const turned = (rows: Rows): number[][] =>
  (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]!));
const times = (a: Rows, b: Rows): number[][] =>
  a.map((row) => turned(b).map((column) => row.reduce((sum, value, k) => sum + value * column[k]!, 0)));
const identity = (size: number): number[][] =>
  Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => (row === column ? 1 : 0)),
  );

function sparse(rows: Rows, columnCount = rows[0]?.length ?? 0): SparseMatrix {
  const entries = rows.map((row) => [...row.entries()].filter(([, value]) => value !== 0));
  const ends = entries.map(
    (
      (end) => (row) =>
        (end += row.length)
    )(0),
  );
  return {
    rowCount: rows.length,
    columnCount,
    starts: Uint32Array.from([0, ...ends]),
    columns: Uint32Array.from(entries.flat(), ([column]) => column),
    values: Float32Array.from(entries.flat(), ([, value]) => value),
  };
}

function randomRows(rowCount: number, columnCount: number, seed: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: rowCount }, () => Array.from({ length: columnCount }, () => normal(random)));
}

function expectClose(actual: Rows, expected: Rows, digits = 8): void {
  expect(actual.length).toBe(expected.length);
  for (const [place, row] of actual.entries()) {
    expect(row.length).toBe(expected[place]!.length);
    for (const [column, value] of row.entries()) expect(value).toBeCloseTo(expected[place]![column]!, digits);
  }
}

const size = fc.integer({ min: 1, max: 9 });
const seed = fc.integer();
const anyRows = fc.tuple(size, size).chain(([rowCount, columnCount]) =>
  fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: columnCount, maxLength: columnCount }), {
    minLength: rowCount,
    maxLength: rowCount,
  }),
);

describe('dense products', () => {
  it('equal their definition, whatever the number of rows', () => {
    fc.assert(
      fc.property(size, size, size, seed, (rowCount, inner, width, number) => {
        const a = randomRows(rowCount, inner, number);
        const b = randomRows(inner, width, number + 1);
        expectClose(rowsOf(multiply(flatOf(a), inner, flatOf(b), width), width), times(a, b));
        expectClose(rowsOf(symmetricProduct(flatOf(a), flatOf(a), inner), inner), times(turned(a), a));
      }),
      { numRuns: 60 },
    );
  });
});

describe('sparse products', () => {
  it('equal those of the dense matrix', () => {
    fc.assert(
      fc.property(anyRows, fc.constantFrom(1, 5, 70), seed, (rows, width, number) => {
        const dense = randomRows(rows.length, width, number);
        const matrix = sparse(rows);
        const inner = times(turned(rows), dense);
        expectClose(rowsOf(multiplyByTranspose(matrix, flatOf(dense), width), width), inner);
        expectClose(rowsOf(multiplyByGram(matrix, flatOf(dense), width), width), times(rows, inner));
        expect(transpose(matrix)).toEqual(sparse(turned(rows)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('orthonormalise', () => {
  it('gives an orthonormal basis of the same space', () => {
    fc.assert(
      fc.property(size, seed, (width, number) => {
        const a = randomRows(width + 5, width, number);
        const q = rowsOf(orthonormalise(orthonormalise(flatOf(a), width), width), width);
        expectClose(times(turned(q), q), identity(width), 10);
        expectClose(times(q, times(turned(q), a)), a, 6);
      }),
      { numRuns: 60 },
    );
  });

  it('turns a column that depends on those before it into zeros', () => {
    const a = randomRows(12, 3, 5).map(([x, y, z]) => [x!, y!, 2 * x! - y!, z!]);
    const q = rowsOf(orthonormalise(orthonormalise(flatOf(a), 4), 4), 4);
    expectClose(
      times(turned(q), q),
      identity(4).map((row, place) => (place === 2 ? [0, 0, 0, 0] : row)),
    );
  });
});

describe('eigenOfSymmetric', () => {
  it('gives orthonormal vectors v with Gv = λv, largest first', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const width = rows[0]!.length;
        const gram = times(turned(rows), rows);
        const { values, vectors } = eigenOfSymmetric(flatOf(gram), width);
        const v = rowsOf(vectors, width);
        expectClose(times(v, turned(v)), identity(width));
        expectClose(
          times(v, gram),
          v.map((row, place) => row.map((value) => value * values[place]!)),
          6,
        );
        expect([...values]).toEqual([...values].sort((a, b) => b - a));
      }),
    );
  });
});

describe('rightSingularVectors', () => {
  const find = (rows: Rows, count: number, columnCount?: number) =>
    rowsOf(rightSingularVectors(sparse(rows, columnCount), { count, random: seededRandom('test') }), count);

  it.each([
    ['taller than wide', 60, 25],
    ['wider than tall', 25, 60],
  ])('finds the leading directions of a matrix %s', (_, rowCount, columnCount) => {
    // Singular values that fall by a fifth each: a clear order to be found.
    const scales = Array.from({ length: columnCount }, (_, place) => 0.8 ** place);
    const rows = randomRows(rowCount, columnCount, 3).map((row) =>
      row.map((value, place) => value * scales[place]!),
    );
    const rounded = rows.map((row) => row.map(Math.fround));
    const v = find(rounded, 6);
    expectClose(times(turned(v), v), identity(6), 6);
    const exact = eigenOfSymmetric(flatOf(times(turned(rounded), rounded)), columnCount);
    const truth = turned(rowsOf(exact.vectors, columnCount).slice(0, 6));
    const agreement = times(turned(truth), v);
    for (let place = 0; place < 6; place += 1) expect(Math.abs(agreement[place]![place]!)).toBeCloseTo(1, 5);
  });

  it('spans all rows of a matrix whose rank it reaches, and is zero beyond', () => {
    const rows = [
      [1, 0, 1, 0, 2],
      [0, 1, 0, 0, 1],
      [1, 1, 1, 0, 3],
    ];
    const v = find(rows, 4);
    expectClose(times(rows, times(v, turned(v))), rows, 5);
    for (const row of v) expect(row.slice(2)).toEqual([0, 0]);
  });

  it('is all zeros for a matrix without entries', () => {
    expect(find([[0, 0, 0]], 2)).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(find([[], []], 2, 0)).toEqual([]);
  });

  it('is the same for the same chance', () => {
    const rows = randomRows(20, 30, 9);
    expect(find(rows, 5)).toEqual(find(rows, 5));
  });
});
