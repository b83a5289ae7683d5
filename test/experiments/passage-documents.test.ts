import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentFinder } from '../../src/experiments/passage-documents.ts';

const documents = [
  {
    id: 'fares',
    text: 'Adults pay 4.50 euros for the crossing.\nChildren under five travel free of charge.',
  },
  { id: 'dogs', text: 'Dogs must be kept on a lead. The crew may refuse a dog on board.' },
  { id: 'notice', text: 'From May on: Dogs must be kept on a lead. Cats need a basket of their own.' },
];

describe('the document of a passage', () => {
  const { find } = documentFinder(documents);

  it.each([
    ['stands in one', 'Children under five  travel free', 'fares'],
    ['is broken at other places', 'Adults pay 4.50\neuros for the\ncrossing. Children under five', 'fares'],
    ['stands in several', 'Dogs must be kept on a lead.', undefined],
    ['stands in one of several alike', 'kept on a lead. Cats need a basket', 'notice'],
    ['stands in none', 'Bicycles must be left on the lower deck.', undefined],
    ['is too short to tell', 'Cats need', undefined],
    ['runs over from one to the next', 'free of charge. Dogs must be kept', undefined],
    ['is empty', '', undefined],
  ])('whose text %s', (_what, text, id) => {
    expect(find(text)).toBe(id);
    expect(find(text)).toBe(id);
  });

  it('is the one that it was cut from, wherever it is cut', () => {
    const texts = Array.from({ length: 30 }, (_, index) => `Chapter ${index} of the handbook: `.repeat(4));
    const known = documentFinder(texts.map((text, index) => ({ id: `d${index}`, text })));
    fc.assert(
      fc.property(
        fc.nat({ max: 29 }),
        fc.nat({ max: 40 }),
        fc.integer({ min: 35, max: 70 }),
        (at, from, length) => {
          const holder = texts.filter((text) =>
            text.trim().includes(texts[at]!.slice(from, from + length).trim()),
          );
          expect(known.find(texts[at]!.slice(from, from + length))).toBe(
            holder.length === 1 ? `d${at}` : undefined,
          );
        },
      ),
    );
  });
});
