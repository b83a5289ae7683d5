import { LRUCache } from 'lru-cache';
import { countTokens } from '../text/tokens.ts';
import type { ChunkKey, Passage } from './ports.ts';

/** Chunks whose length is remembered: a chunk's key is never used twice, so what is remembered stays true. */
const REMEMBERED = 20_000;

/**
 * How many of the passages, from the first, fit into `contextTokens` word tokens: the generator sees those. A passage
 * is shown whole or not at all, and none is skipped in favour of a lower one.
 */
export function createContextBudget(contextTokens: number): (passages: readonly Passage[]) => number {
  const lengths = new LRUCache<ChunkKey, number>({ max: REMEMBERED });
  const lengthOf = ({ key, text }: Passage): number => {
    let length = lengths.get(key);
    if (length === undefined) {
      length = countTokens(text);
      lengths.set(key, length);
    }
    return length;
  };

  return (passages) => {
    let tokens = 0;
    for (let size = 0; size < passages.length; size += 1) {
      tokens += lengthOf(passages[size]!);
      if (tokens > contextTokens) return size;
    }
    return passages.length;
  };
}
