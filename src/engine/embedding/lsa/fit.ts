import { seededRandom } from '../../../kernel/random.ts';
import type { LsaModel } from './model.ts';
import { rightSingularVectors, SINGULAR_VECTOR_STEPS } from './singular-vectors.ts';
import { termMatrix } from './term-matrix.ts';

/**
 * Terms kept, at most. Even terms of a single chunk are worth keeping (measured: without them SciFact loses 0.016
 * nDCG@10 of vector search); this only bounds the model of a very large corpus, to 51 MB at 256 dimensions.
 */
const MOST_TERMS = 50_000;
/** The model is a function of corpus and dimensions alone, so its chance is always the same. */
const SEED = 'lsa';

export interface FitOptions {
  readonly dimensions: number;
  /** Called with the work done so far; what it throws ends the fit. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Latent semantic analysis (Deerwester et al., 1990) of texts: TF–IDF, truncated by its singular vectors to
 * min(dimensions, texts − 1), at least 1. Deterministic. Blocks the thread: 5,500 abstracts take some five seconds.
 */
export function fitLsa(texts: readonly string[], options: FitOptions): LsaModel {
  const dimensions = Math.max(1, Math.min(options.dimensions, texts.length - 1));
  // A step of the decomposition counts as much as the analysis of all texts, which is about right.
  const total = texts.length * (1 + SINGULAR_VECTOR_STEPS);
  let done = 0;
  const advance = (work: number): void => {
    done += work;
    options.onProgress?.(done, total);
  };
  const { vocabulary, matrix } = termMatrix(texts, { mostTerms: MOST_TERMS, onText: () => advance(1) });
  const directions = rightSingularVectors(matrix, {
    count: dimensions,
    random: seededRandom(SEED),
    onStep: () => advance(texts.length),
  });
  advance(total - done);
  return { ...vocabulary, dimensions, projection: Float32Array.from(directions) };
}
