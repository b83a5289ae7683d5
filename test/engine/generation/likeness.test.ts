import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { likeness } from '../../../src/engine/generation/likeness.ts';

describe('likeness', () => {
  it.each([
    ['skarow', 'skarrow'],
    ['proprti', 'properti'],
    ['refrigertion', 'refrigeration'],
    ['passegner', 'passenger'],
    ['remboursé', 'remboursement'],
    ['cabin', 'cahin'],
    ['harbour', 'harbuor'],
    ['itinerary', 'itinrry'],
  ])('takes %s for %s', (a, b) => {
    expect(likeness(a, b)).toBeGreaterThan(0.5);
  });

  it.each([
    ['deck', 'dock0'],
    ['1998', '1999'],
    ['cat', 'car'],
    ['harbour', 'ferries'],
    ['night', 'light'],
    ['interest', 'interval'],
    ['cabin', 'chain'],
    ['itinerary', 'itnrry'],
  ])('does not take %s for %s', (a, b) => {
    expect(likeness(a, b)).toBe(0);
  });

  it('is symmetric and lies in [0, 1]', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const alike = likeness(a, b);
        expect(alike).toBeGreaterThanOrEqual(0);
        expect(alike).toBeLessThanOrEqual(1);
        expect(likeness(b, a)).toBe(alike);
      }),
    );
  });
});
