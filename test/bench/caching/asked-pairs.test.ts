import { expect, it } from 'vitest';
import { type AskedPair, askPair, outcomeOf } from '../../../bench/caching/asked-pairs.ts';
import type { SeenPair } from '../../../bench/caching/false-hits.ts';
import type { Answer } from '../../../src/engine/answer.ts';

const seen = (meaning: 'same' | 'other', similarity: number, objection?: 'numbers'): SeenPair => ({
  pair: { id: `${meaning}${similarity}`, a: 'a?', b: 'b?', meaning, differs: undefined, split: 'dev' },
  similarity,
  objection,
});

const asked = (of: SeenPair, hit: boolean, question = 'a?'): AskedPair => ({
  seen: of,
  hit,
  matched: hit ? { question, similarity: of.similarity } : undefined,
  abstained: false,
});

it('asks the first question, then the second, of caches that are empty', async () => {
  const calls: string[] = [];
  const engine = {
    async clearCaches() {
      calls.push('clear');
    },
    async ask(question: string) {
      calls.push(question);
      const semantic = question === 'b?' ? 'hit' : 'miss';
      const matched = question === 'b?' ? { question: 'a?', similarity: 0.95 } : undefined;
      return { abstained: question === 'a?', cache: { semantic }, matched } as unknown as Answer;
    },
  };
  const one = await askPair(engine, seen('same', 0.95));
  expect(calls).toEqual(['clear', 'a?', 'b?']);
  expect(one).toMatchObject({ hit: true, matched: { question: 'a?' }, abstained: true });
});

it('counts hits and false hits, and finds no difference where the engine does what the curve says', () => {
  const outcome = outcomeOf(
    [
      asked(seen('same', 0.95), true),
      asked(seen('same', 0.8), false),
      asked(seen('other', 0.92), true),
      asked(seen('other', 0.99, 'numbers'), false),
    ],
    0.9,
  );
  expect(outcome).toMatchObject({
    hits: { count: 1, of: 2 },
    falseHits: { count: 1, of: 2 },
    different: [],
  });
});

it('names the pairs on which they differ: hits too many, too few, and of another question', () => {
  const tooMany = asked(seen('other', 0.99, 'numbers'), true);
  const tooFew = asked(seen('same', 0.95), false);
  const another = asked(seen('same', 0.96), true, 'c?');
  expect(outcomeOf([tooMany, tooFew, another], 0.9).different).toEqual([tooMany, tooFew, another]);
});
