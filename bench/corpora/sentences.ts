import type { SourceDocument } from '../../src/engine/ports.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { sentences } from '../../src/text/sentences.ts';

/** Shorter stretches are headings, list marks and the crumbs of abbreviations. */
const MIN_SENTENCE_LENGTH = 20;

/** All sentences of the texts, in order, that are long enough to say something. */
export function sentencesOf(texts: Iterable<string>): string[] {
  const found: string[] = [];
  for (const text of texts) {
    for (const { start, end } of sentences(text)) {
      if (end - start >= MIN_SENTENCE_LENGTH) found.push(text.slice(start, end));
    }
  }
  return found;
}

export interface SampleOptions {
  readonly count: number;
  readonly seed: number | string;
  /** Sentences in a passage: 5, unless given. */
  readonly sentences?: number;
}

/**
 * Passages of sentences drawn with replacement: a collection as large as wanted, whose words are as frequent, and
 * whose sentences as long, as in a real one. What is lost is that neighbouring sentences are about the same thing: terms
 * of a question meet in fewer passages than they would. Each passage is a document without a title.
 */
export function* samplePassages(pool: readonly string[], options: SampleOptions): Generator<SourceDocument> {
  if (pool.length === 0) throw new RangeError('There is no sentence to draw from');
  const random = seededRandom(options.seed);
  const perPassage = options.sentences ?? 5;
  for (let index = 0; index < options.count; index += 1) {
    const drawn = Array.from({ length: perPassage }, () => pool[random.integer(pool.length)]!);
    yield { id: `passage-${index}`, title: '', text: drawn.join(' '), metadata: {} };
  }
}
