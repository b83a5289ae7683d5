import type { Hits, Reranker, RerankRequest } from '../ports.ts';
import { minMax } from './fusion.ts';

export interface MmrOptions {
  /** 1 is relevance alone, 0 is diversity alone. */
  readonly lambda: number;
  /** Candidates that are considered, from the best down; at least as many as are wanted. */
  readonly depth: number;
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein, 1998): picks, one after another, the candidate with the
 * greatest λ · relevance − (1 − λ) · (greatest cosine to a picked one). Relevance is the candidates' scores, min–max
 * normalised; a chunk without a vector resembles nothing, and a negative cosine counts as 0. The scores that come back
 * are those values; they never rise from one pick to the next, because a candidate only loses by what is picked
 * before it.
 */
export function createMmrReranker({ lambda, depth }: MmrOptions): Reranker {
  return {
    id: `mmr/${lambda}/${depth}`,
    async rerank(request) {
      request.signal?.throwIfAborted();
      return diversify(request, lambda, depth);
    },
  };
}

function diversify({ candidates, k, vectorsOf }: RerankRequest, lambda: number, depth: number): Hits {
  const keys = candidates.keys.subarray(0, Math.max(depth, k));
  const relevance = minMax(candidates.scores.subarray(0, keys.length));
  const vectors = vectorsOf([...keys]).map((vector) => vector && unit(vector));
  const wanted = Math.min(k, keys.length);
  const picked: Hits = { keys: new Uint32Array(wanted), scores: new Float64Array(wanted) };
  const values = relevance.map((score) => lambda * score);
  const closest = new Float64Array(keys.length);
  const open = new Set(keys.keys());
  for (let place = 0; place < wanted; place += 1) {
    const best = bestOf(open, values, keys);
    open.delete(best);
    picked.keys[place] = keys[best]!;
    picked.scores[place] = values[best]!;
    for (const other of open) {
      closest[other] = Math.max(closest[other]!, cosine(vectors[best], vectors[other]));
      values[other] = lambda * relevance[other]! - (1 - lambda) * closest[other]!;
    }
  }
  return picked;
}

/** The open candidate of the greatest value, ties by the lowest key. */
function bestOf(open: ReadonlySet<number>, values: Float64Array, keys: Uint32Array): number {
  let best = -1;
  for (const index of open) {
    const lead = best < 0 ? 1 : values[index]! - values[best]!;
    if (lead > 0 || (lead === 0 && keys[index]! < keys[best]!)) best = index;
  }
  return best;
}

/** The vector at unit length; a zero vector stays as it is. */
function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, component) => sum + component * component, 0));
  return length > 0 ? vector.map((component) => component / length) : vector;
}

/** Of unit vectors; 0 where one is missing. */
function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined) return 0;
  let dot = 0;
  for (let index = 0; index < a.length; index += 1) dot += a[index]! * b[index]!;
  return dot;
}
