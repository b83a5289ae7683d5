import { GroundspeedError } from '../../kernel/errors.ts';

/**
 * The Euclidean length of a vector that an index can take: of the right dimensions, all numbers finite. `what` names
 * the vector in the error: "Chunk 17".
 */
export function checkedLength(vector: Float32Array, dimensions: number, what: () => string): number {
  if (vector.length !== dimensions) {
    throw new GroundspeedError(
      'embedding.dimension',
      `${what()} has a vector of ${vector.length} numbers; the index holds vectors of ${dimensions}`,
      {
        hint: 'Ingest the documents anew with the embedder in use, or choose another index with --index DIR.',
      },
    );
  }
  let squares = 0;
  for (let index = 0; index < dimensions; index += 1) squares += vector[index]! * vector[index]!;
  if (!Number.isFinite(squares)) {
    const place = vector.findIndex((value) => !Number.isFinite(value));
    throw new GroundspeedError(
      'embedding.notFinite',
      `${what()} has a vector with ${vector[place]} at position ${place}`,
      { hint: 'The embedder is at fault: check its model and its inputs.' },
    );
  }
  return Math.sqrt(squares);
}

/** Cosine similarity as a rounded sum may leave [−1, 1] by a hair; scores never do. */
export function clampCosine(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
