import { describe, expect, it } from 'vitest';
import { recallByThreshold, truthsOf } from '../../../bench/ann/recall.ts';
import { createExactIndex } from '../../../src/engine/indexing/exact-index.ts';

const angle = (degrees: number): Float32Array =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
const keys = (...found: number[]) => ({ keys: Uint32Array.from(found) });

describe('recall by distance threshold', () => {
  it('counts what is as near as the k-th nearest, whichever of equals is found', async () => {
    const exact = createExactIndex(2);
    // Keys 2 and 3 point the same way: either is a right second.
    for (const [index, degrees] of [0, 10, 10, 80].entries()) {
      await exact.add([{ key: index + 1, vector: angle(degrees) }]);
    }
    const [truth] = await truthsOf(exact, [angle(0)], 2);
    expect(recallByThreshold(keys(1, 2), truth!, 2)).toBe(1);
    expect(recallByThreshold(keys(1, 3), truth!, 2)).toBe(1);
    expect(recallByThreshold(keys(1, 4), truth!, 2)).toBe(0.5);
    expect(recallByThreshold(keys(4), truth!, 2)).toBe(0);
  });
});
