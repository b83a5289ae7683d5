import { expect, it } from 'vitest';
import {
  chooseThreshold,
  isWithin,
  pointAt,
  type SeenPair,
  shareOf,
} from '../../../bench/caching/false-hits.ts';
import { curveSpec, drawCurve } from '../../../bench/caching/threshold-chart.ts';

const seen = (meaning: 'same' | 'other', similarity: number, objection?: 'numbers'): SeenPair => ({
  pair: { id: `${meaning}${similarity}`, a: 'a', b: 'b', meaning, differs: undefined, split: 'dev' },
  similarity,
  objection,
});
const PAIRS = [
  seen('same', 0.95),
  seen('same', 0.8),
  seen('same', 0.7, 'numbers'),
  seen('other', 0.99, 'numbers'),
  seen('other', 0.85),
];

it('counts pairs that reach the threshold, with guards those to which none objects', () => {
  expect(pointAt(PAIRS, 0.7, false)).toMatchObject({
    hits: { count: 3, of: 3 },
    falseHits: { count: 2, of: 2 },
  });
  expect(pointAt(PAIRS, 0.7, true)).toMatchObject({
    hits: { count: 2, of: 3 },
    falseHits: { count: 1, of: 2 },
  });
  expect(pointAt(PAIRS, 0.86, true)).toMatchObject({ hits: { count: 1 }, falseHits: { count: 0 } });
});

it('chooses the highest threshold of most hits within both bounds, or none', () => {
  const points = [0.7, 0.8, 0.86, 0.95, 0.99].map((threshold) => pointAt(PAIRS, threshold, true));
  const safe = { deceptive: shareOf(0, 200), natural: shareOf(0, 500) };
  const unsafe = { ...safe, natural: shareOf(5, 500) };
  expect(isWithin(safe)).toBe(true);
  expect(isWithin(unsafe)).toBe(false);
  expect(chooseThreshold(points, ({ threshold }) => (threshold > 0.85 ? safe : unsafe))?.threshold).toBe(
    0.95,
  );
  expect(chooseThreshold(points, () => unsafe)).toBeUndefined();
});

it('draws the curve', async () => {
  const points = [0.7, 0.86].map((threshold) => pointAt(PAIRS, threshold, true));
  const measured = {
    embedder: 'x',
    pairs: PAIRS,
    bare: points,
    guarded: points,
    chosen: points[1],
    natural: [],
  };
  expect(JSON.stringify(curveSpec(measured))).toContain('"threshold":0.86');
  expect(await drawCurve(measured)).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
});
