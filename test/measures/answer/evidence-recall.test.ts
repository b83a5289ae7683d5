import { describe, expect, it } from 'vitest';
import { question, returned, scoresOf } from '../golden-cases.ts';

// Ten tokens to the sentence.
const FIRST = 'one two three four five six seven eight nine ten.';
const SECOND = 'uno dos tres cuatro cinco seis siete ocho nueve diez.';
const TEXT = `${FIRST} ${SECOND}`;
const documentText = (id: string) => (id === 'd' || id === 'other' ? TEXT : undefined);
const both = question({ evidence: [[{ document: 'd', quote: FIRST }], [{ document: 'd', quote: SECOND }]] });
const alternatives = question({
  evidence: [
    [
      { document: 'absent', quote: 'no such' },
      { document: 'd', quote: FIRST },
    ],
  ],
});

const span = (start: number, end: number, documentId = 'd') => ({ documentId, start, end });
const whole = span(0, TEXT.length);
const scored = (budget: number, passages: object[] | undefined, of = both) =>
  scoresOf(`evidence-recall@${budget}tokens`, [
    { question: of, returned: returned({ passages: passages as never }), documentText },
  ])[0];

describe('evidence-recall', () => {
  it('is the share of quotes that the passages show', () => {
    expect(scored(2000, [whole])).toBe(1);
    expect(scored(2000, [span(0, FIRST.length)])).toBe(0.5);
    expect(scored(2000, [])).toBe(0);
  });

  it('cuts the passage that crosses the budget', () => {
    expect(scored(10, [whole])).toBe(0.5);
    expect(scored(20, [whole])).toBe(1);
    expect(scored(5, [whole])).toBe(0);
  });

  it('spends the budget on passages that show nothing, in rank order', () => {
    expect(scored(10, [span(0, FIRST.length, 'other'), whole])).toBe(0);
    expect(scored(20, [span(0, FIRST.length, 'other'), whole])).toBe(0.5);
  });

  it('joins passages, and asks for nine tenths of the characters', () => {
    expect(scored(100, [span(0, 20), span(20, FIRST.length)])).toBe(0.5);
    expect(scored(100, [span(0, 20), span(30, FIRST.length)])).toBe(0);
    expect(scored(100, [span(0, Math.ceil(FIRST.length * 0.9))])).toBe(0.5);
    expect(scored(100, [span(0, Math.ceil(FIRST.length * 0.9) - 1)])).toBe(0);
  });

  it('counts a group of alternatives once', () => {
    expect(scored(100, [whole], alternatives)).toBe(1);
  });

  it('matches passages without offsets by their text', () => {
    const cut = TEXT.slice(0, 30);
    expect(scored(100, [{ documentId: 'd', text: `Heading\n${FIRST.replaceAll(' ', '\n')}` }])).toBe(0.5);
    expect(
      scored(100, [
        { documentId: 'd', text: cut },
        { documentId: 'd', text: TEXT.slice(25) },
      ]),
    ).toBe(1);
    expect(scored(100, [{ documentId: 'other', text: FIRST }])).toBe(0);
    expect(scored(100, [{ documentId: 'https://an.id/of-its-own', text: FIRST }])).toBe(0.5);
    expect(scored(5, [{ documentId: 'd', text: FIRST }])).toBe(0);
  });

  it('follows each place of a quote by itself', () => {
    const twice = () => `${FIRST} ${FIRST}`;
    const half = Math.floor(FIRST.length / 2);
    const passages = [span(0, half), span(FIRST.length + 1 + half, 2 * FIRST.length + 1)];
    const once = question({ evidence: [[{ document: 'd', quote: FIRST }]] });
    const input = { question: once, returned: returned({ passages }), documentText: twice };
    expect(scoresOf('evidence-recall@100tokens', [input])).toEqual([0]);
  });

  it('says nothing where there is nothing to compare', () => {
    expect(scored(100, undefined)).toBeNull();
    expect(scored(100, [{ documentId: 'd' }])).toBeNull();
    expect(scored(100, [whole], question())).toBeNull();
    expect(scored(100, [whole], question({ answerable: false }))).toBeNull();
  });

  it('is 0 for a question that failed', () => {
    expect(
      scoresOf('evidence-recall@100tokens', [{ question: both, returned: undefined, documentText }]),
    ).toEqual([0]);
  });
});
