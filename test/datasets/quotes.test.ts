import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locateQuote } from '../../src/datasets/quotes.ts';

describe('locateQuote', () => {
  it.each([
    ['a quote where it stands', 'One. Two. Three.', 'Two.', ['Two.']],
    ['every place of a quote', 'on and on and on', 'on', ['on', 'on', 'on']],
    [
      'a quote across a line break',
      'The fare is\n  12 euros.',
      'The fare is 12 euros.',
      ['The fare is\n  12 euros.'],
    ],
    ['a quote with a line break of its own', 'The fare is 12 euros.', ' fare\nis 12', ['fare is 12']],
    ['signs as themselves', 'a+b (c) [d]? $1.00 x/y - z', '(c) [d]? $1.00\nx/y -', ['(c) [d]? $1.00 x/y -']],
    ['nothing of another case', 'The fare', 'the fare', []],
    ['nothing of a blank quote', 'The fare', '  ', []],
  ])('finds %s', (_case, text, quote, found) => {
    expect(locateQuote(text, quote).map(({ start, end }) => text.slice(start, end))).toEqual(found);
  });

  it('finds any stretch of a text, however its white space is laid out', () => {
    const word = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !/\s/.test(text));
    const gap = fc.constantFrom(' ', '\n', ' \t', '\r\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(word, gap), { minLength: 1, maxLength: 12 }), gap, (words, other) => {
        const text = words.map(([one, space]) => one + space).join('');
        const quote = words.map(([one]) => one).join(other);
        const [first] = locateQuote(`before ${text}`, quote);
        expect(first).toBeDefined();
        expect(`before ${text}`.slice(first?.start, first?.end).split(/\s+/).join(' ')).toBe(
          quote.split(/\s+/).join(' '),
        );
      }),
      { numRuns: 100 },
    );
  });
});
