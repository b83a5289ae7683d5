import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passageIds } from '../../../../src/load/targets/http/passage-ids.ts';

const QUOTE = 'A bicycle costs 6.50 on the morning crossing, and nothing at all on the night boat.';
const questions = [
  {
    id: 'q0',
    text: 'How much?',
    evidence: [
      [{ document: 'fares', quote: QUOTE }],
      [{ document: 'dogs', quote: 'The kennel deck is heated in winter.' }],
    ],
  },
  { id: 'q1', text: 'Unanswerable?' },
];

describe('mapping ids exactly', () => {
  const ids = passageIds({ mode: 'exact' }, questions);

  it('takes the id as it is, and gives passages without one a name that is nobody’s', () => {
    expect(ids({ id: 'a/b.md', text: undefined, rank: 1 }, 0)).toBe('a/b.md');
    expect(ids({ id: undefined, text: 'x', rank: 3 }, 0)).toBe('#3');
  });
});

describe('mapping ids by a pattern', () => {
  const ids = passageIds({ mode: 'pattern', pattern: String.raw`([^/]+)\.md(?:#\d+)?$` }, questions);

  it('takes the first group, else the id as it is', () => {
    expect(ids({ id: 'docs/fares.md#12', text: undefined, rank: 1 }, 0)).toBe('fares');
    expect(ids({ id: 'fares', text: undefined, rank: 1 }, 0)).toBe('fares');
  });
});

describe('mapping ids by evidence', () => {
  const ids = passageIds({ mode: 'evidence' }, questions);
  const of = (text: string | undefined, question = 0): string =>
    ids({ id: 'chunk-9', text, rank: 1 }, question);

  it('knows the document by a quote in the passage, whatever the line breaks and capitals', () => {
    expect(of(`FARES\n\n${QUOTE.toUpperCase().replaceAll(' ', '\n ')} See also dogs.`)).toBe('fares');
    expect(of('Welcome aboard. The kennel deck is heated in winter. Dogs sleep well.')).toBe('dogs');
  });

  it('knows it by a passage that is cut within the quote, if half of it is there', () => {
    expect(of(`Prices. ${QUOTE.slice(0, 50)}`)).toBe('fares');
    expect(of(`${QUOTE.slice(-50)} More.`)).toBe('fares');
    expect(of(QUOTE.slice(10, 70))).toBe('fares');
    expect(of(`Prices. ${QUOTE.slice(0, 30)}`)).toBe('chunk-9');
  });

  it('leaves its own id to a passage that holds no evidence of this very question', () => {
    expect(of('Something else.')).toBe('chunk-9');
    expect(of(undefined)).toBe('chunk-9');
    expect(of('a')).toBe('chunk-9');
    expect(of(QUOTE, 1)).toBe('chunk-9');
    expect(of(QUOTE, 99)).toBe('chunk-9');
  });

  it('finds a quote in any text around it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(of(`${before} ${QUOTE} ${after}`)).toBe('fares');
      }),
    );
  });
});
