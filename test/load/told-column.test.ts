import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ToldColumn } from '../../src/load/told-column.ts';

describe('a column that is seldom told', () => {
  it('is NaN wherever nothing was told, and takes no room for it', () => {
    const column = new ToldColumn('double', 10);
    column.set(3, Number.NaN);
    expect(column.isTold).toBe(false);
    expect(column.at(3)).toBeNaN();
    expect(column.cut(5)).toBeUndefined();
    expect(column.copyTo(new Float64Array(2).fill(7), 0, 2)).toEqual(Float64Array.of(7, 7));
  });

  it('gives back what was told last, row by row, and as an array of its own', () => {
    const telling = fc.record({
      row: fc.integer({ min: 0, max: 60 }),
      value: fc.oneof(fc.integer({ min: -100, max: 100 }), fc.constant(Number.NaN)),
    });
    fc.assert(
      fc.property(fc.array(telling), fc.integer({ min: 0, max: 40 }), (tellings, capacity) => {
        const column = new ToldColumn('single', capacity);
        const told = new Float32Array(61).fill(Number.NaN);
        for (const { row, value } of tellings) {
          column.set(row, value);
          told[row] = value;
        }
        for (let row = 0; row <= 60; row += 1) expect(column.at(row)).toEqual(told[row]);
        if (column.isTold) expect(column.cut(61)).toEqual(told);
        else expect(told.every(Number.isNaN)).toBe(true);
        const all = column.copyTo(new Float32Array(70).fill(Number.NaN), 9, 61);
        expect(all.subarray(9)).toEqual(told);
      }),
    );
  });
});
