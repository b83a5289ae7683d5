import { normal, type Random } from '../kernel/random.ts';
import type { Corruption } from './fault.ts';

/** A vector that is wrong in one way; the one given stays as it is. Noise: any other direction, of the same length. */
export function corrupted(vector: Float32Array, how: Corruption, random: Random): Float32Array {
  switch (how) {
    case 'noise':
      return ofLength(
        vector.map(() => normal(random)),
        lengthOf(vector),
      );
    case 'nan': {
      const wrong = vector.slice();
      wrong[random.integer(vector.length)] = Number.NaN;
      return wrong;
    }
    case 'dimension':
      return vector.slice(0, -1);
  }
}

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, number) => sum + number * number, 0));
}

function ofLength(vector: Float32Array, length: number): Float32Array {
  const own = lengthOf(vector);
  return own === 0 ? vector : vector.map((number) => (number * length) / own);
}
