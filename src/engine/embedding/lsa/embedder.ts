import { analyse } from '../../../text/analyse.ts';
import type { Embedder } from '../../ports.ts';
import type { LsaModel } from './model.ts';
import { termWeight } from './term-matrix.ts';

/** A projection this much shorter than what was projected is rounding: nothing in the text is known to the model. */
const NOTHING = 1e-6;

/**
 * Folds texts into a fitted model: v = qᵀV over the text's TF–IDF q, made unit length. Questions and chunks are folded
 * in alike, whether or not the model was fitted on them (for a chunk of the fit it is its row of UΣ).
 */
export function createLsaEmbedder(id: string, model: LsaModel): Embedder {
  const numbers = new Map(model.terms.map((term, number) => [term, number]));
  const sums = new Float64Array(model.dimensions);
  const frequencies = new Map<number, number>();

  function embedOne(text: string): Float32Array {
    frequencies.clear();
    for (const term of analyse(text)) {
      const number = numbers.get(term);
      if (number !== undefined) frequencies.set(number, (frequencies.get(number) ?? 0) + 1);
    }
    sums.fill(0);
    let squares = 0;
    for (const [number, frequency] of frequencies) {
      const weight = termWeight(frequency, model.idf[number]!);
      squares += weight * weight;
      addRow(sums, model.projection, number, weight);
    }
    return unitVector(sums, NOTHING * Math.sqrt(squares));
  }

  return {
    id,
    dimensions: model.dimensions,
    async embed(texts, { signal }) {
      signal?.throwIfAborted();
      return { vectors: texts.map(embedOne) };
    },
  };
}

function addRow(sums: Float64Array, rows: Float32Array, row: number, weight: number): void {
  const start = row * sums.length;
  for (let index = 0; index < sums.length; index += 1) sums[index]! += weight * rows[start + index]!;
}

/** Zero where the length is not above `least`. */
function unitVector(sums: Float64Array, least: number): Float32Array {
  let squares = 0;
  for (let index = 0; index < sums.length; index += 1) squares += sums[index]! * sums[index]!;
  const length = Math.sqrt(squares);
  const vector = new Float32Array(sums.length);
  if (!(length > least)) return vector;
  for (let index = 0; index < sums.length; index += 1) vector[index] = sums[index]! / length;
  return vector;
}
