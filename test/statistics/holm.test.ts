import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from '../../src/statistics/holm.ts';

const p = fc.double({ min: 0, max: 1, noNaN: true });

describe('Holm’s adjustment', () => {
  it('multiplies the smallest by how many there are, the next by one less, and never lets order turn', () => {
    // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it('leaves a single p as it is, and none as none', () => {
    expect(holm([0.2])).toEqual([0.2]);
    expect(holm([])).toEqual([]);
  });

  it('lies between p and Bonferroni’s, and keeps the order', () => {
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 30 }), (pValues) => {
        const adjusted = holm(pValues);
        for (const [index, value] of pValues.entries()) {
          expect(adjusted[index]).toBeGreaterThanOrEqual(value);
          expect(adjusted[index]).toBeLessThanOrEqual(1);
          for (const [other, otherValue] of pValues.entries())
            if (value < otherValue) expect(adjusted[index]!).toBeLessThanOrEqual(adjusted[other]!);
        }
        const smallest = pValues.indexOf(Math.min(...pValues));
        expect(adjusted[smallest]).toBe(Math.min(1, pValues.length * pValues[smallest]!));
      }),
    );
  });
});
