import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReturnedPassage } from '../../src/judging/returned.ts';
import { coveredAt, showsText } from '../../src/measures/evidence.ts';
import { documentText, FARE, passage, TEXTS } from '../judging/golden.ts';

const noCorpus = (): undefined => undefined;

describe('coveredAt', () => {
  it.each<[string, ReturnedPassage[], number | null]>([
    ['a passage that holds the quote covers it', [passage('fares')], 1],
    ['the rank is that of the passage that completes it', [passage('pets'), passage('fares')], 2],
    [
      'two passages that meet in the middle cover it together',
      [passage('fares', '', 'costs'), passage('fares', '12 euros')],
      2,
    ],
    ['half of it is not enough', [passage('fares', '12 euros'), passage('fares', 'euros')], null],
    ['nine tenths of it are enough', [passage('fares', 'A crossing', 'adult')], 1],
    [
      'the same offsets in another document cover nothing',
      [{ ...passage('fares'), documentId: 'pets' }],
      null,
    ],
    [
      'a text without offsets covers the quote that it holds',
      [{ documentId: 'fares', text: 'x A crossing  costs 12 euros for adults. y' }],
      1,
    ],
    [
      'texts without offsets cover together what they share with it',
      [
        { documentId: 'fares', text: 'Welcome. A crossing costs' },
        { documentId: 'fares', text: '12 euros for adults. Children' },
      ],
      2,
    ],
    ['a text from within it covers only itself', [{ documentId: 'fares', text: 'costs 12 euros' }], null],
    ['the text of another known document covers nothing', [{ documentId: 'pets', text: FARE.quote }], null],
    [
      'the text of a document with an unknown id decides by itself',
      [{ documentId: 'https://x.example/1', text: FARE.quote }],
      1,
    ],
    ['an id alone covers nothing', [{ documentId: 'fares' }], null],
    ['no passage covers nothing', [], null],
  ])('%s', (_sentence, passages, rank) => {
    expect(coveredAt(FARE, passages, documentText)).toBe(rank);
  });

  it('goes by the text where there is no corpus', () => {
    expect(coveredAt(FARE, [{ documentId: 'a', start: 0, end: 90, text: TEXTS.fares! }], noCorpus)).toBe(1);
    expect(coveredAt(FARE, [{ documentId: 'fares', start: 0, end: 90 }], noCorpus)).toBeNull();
  });

  it('takes any place at which the quote stands', () => {
    const twice = (): string => 'ask the desk ... ask the desk';
    const quote = { document: 'd', quote: 'ask the desk' };
    expect(coveredAt(quote, [{ documentId: 'd', start: 17, end: 29 }], twice)).toBe(1);
  });

  it('covers a quote exactly when nine tenths of its characters were shown', () => {
    const text = 'abcdefghijklmnopqrst';
    const quote = { document: 'd', quote: text };
    const stretch = fc.tuple(fc.nat(text.length), fc.nat(text.length));
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 6 }), (stretches) => {
        const passages = stretches.map(([a, b]) => ({
          documentId: 'd',
          start: Math.min(a, b),
          end: Math.max(a, b),
        }));
        const shown = new Set<number>();
        const ranks = passages.map(({ start, end }) => {
          for (let at = start; at < end; at += 1) shown.add(at);
          return shown.size >= 18;
        });
        const first = ranks.indexOf(true);
        expect(coveredAt(quote, passages, () => text)).toBe(first < 0 ? null : first + 1);
      }),
    );
  });
});

describe('showsText', () => {
  it.each<[string, ReturnedPassage[], boolean]>([
    ['nothing to show is shown', [], true],
    ['a text shows', [{ documentId: 'x', text: '' }], true],
    ['offsets into a known text show', [{ documentId: 'x' }, passage('fares')], true],
    ['offsets into an unknown text do not', [{ documentId: 'x', start: 0, end: 9 }], false],
    ['ids do not', [{ documentId: 'fares' }], false],
  ])('%s', (_sentence, passages, shows) => {
    expect(showsText(passages, documentText)).toBe(shows);
  });
});
