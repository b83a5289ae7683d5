import { describe, expect, it } from 'vitest';
import { parseVectors } from '../../../bench/ann/vector-files.ts';

/** Little-endian, as the files are. */
function bytes(...numbers: [value: number, kind: 'int' | 'float'][]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * numbers.length));
  for (const [index, [value, kind]] of numbers.entries()) {
    if (kind === 'int') view.setInt32(4 * index, value, true);
    else view.setFloat32(4 * index, value, true);
  }
  return new Uint8Array(view.buffer);
}

describe('vector files', () => {
  it('hold vectors of floating numbers, or of whole ones', () => {
    const floats = bytes([2, 'int'], [0.5, 'float'], [-1, 'float'], [2, 'int'], [3, 'float'], [4, 'float']);
    expect(parseVectors(floats, 'a.fvecs').map((vector) => [...vector])).toEqual([
      [0.5, -1],
      [3, 4],
    ]);
    const whole = bytes([3, 'int'], [7, 'int'], [8, 'int'], [9, 'int']);
    expect(parseVectors(whole, 'a.ivecs').map((vector) => [...vector])).toEqual([[7, 8, 9]]);
  });

  it('are refused when they end within a vector', () => {
    const cut = bytes([2, 'int'], [0.5, 'float']);
    expect(() => parseVectors(cut, 'a.fvecs')).toThrow(/within vector 0/);
    expect(() => parseVectors(cut.subarray(0, 3), 'a.fvecs')).toThrow(/within vector 0/);
  });
});
