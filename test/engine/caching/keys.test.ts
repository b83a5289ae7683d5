import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createCacheKeys, type KeyParts } from '../../../src/engine/caching/keys.ts';
import { engineSchema } from '../../../src/engine/options.ts';

const keys = createCacheKeys(engineSchema.parse({}));
const parts: KeyParts = {
  version: 3,
  index: 'content',
  model: 'lsa/256',
  topK: 5,
  filter: undefined,
  scope: undefined,
  question: 'What does a dog pay?',
};

it('tells apart whatever may change an answer: index, version, model, passages, filter, rights, question', () => {
  const others: Partial<KeyParts>[] = [
    { version: 4 },
    { index: 'other' },
    { index: undefined },
    { model: undefined },
    { topK: 6 },
    { filter: { kind: 'fares' } },
    { scope: 'staff' },
    { scope: '' },
    { question: 'What does a cat pay?' },
  ];
  const all = [parts, ...others.map((other) => ({ ...parts, ...other }))];
  expect(new Set(all.map(keys.response)).size).toBe(all.length);
  expect(new Set(all.map(keys.retrieval)).size).toBe(all.length);
});

it('never lets rights or a question pass for one another', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '"', '\\', '{', '}') });
  fc.assert(
    fc.property(text, text, text, text, (scope, question, otherScope, otherQuestion) => {
      const same = scope === otherScope && question === otherQuestion;
      const [one, other] = [
        { ...parts, scope, question },
        { ...parts, scope: otherScope, question: otherQuestion },
      ];
      expect(keys.response(one) === keys.response(other)).toBe(same);
      expect(keys.semantic(one) === keys.semantic(other)).toBe(scope === otherScope);
    }),
  );
});

it('tells settings apart that change an answer, and not prices', () => {
  const keyOf = (settings: object) => createCacheKeys(engineSchema.parse(settings)).response(parts);
  expect(keyOf({ generation: { sentences: 3 } })).not.toBe(keyOf({}));
  expect(keyOf({ generation: { prices: { x: { input: 1 } } } })).toBe(keyOf({}));
});

it('gives questions one partition, whatever they are', () => {
  expect(keys.semantic(parts)).toBe(keys.semantic({ ...parts, question: 'another' } as KeyParts));
});
