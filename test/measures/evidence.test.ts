import { describe, expect, it } from 'vitest';
import { coveredAt, showsText } from '../../src/measures/evidence.ts';

const TEXT = 'The last ferry leaves at 23:10. It takes no cars.';
const documentText = (id: string) => (id === 'd' ? TEXT : undefined);
const quote = { document: 'd', quote: 'The last ferry\nleaves at 23:10.' };

describe('coveredAt', () => {
  it('gives the rank at which the passages together show the quote', () => {
    const passages = [
      { documentId: 'd', start: 32, end: TEXT.length },
      { documentId: 'd', start: 0, end: 15 },
      { documentId: 'd', start: 10, end: 31 },
    ];
    expect(coveredAt(quote, passages, documentText)).toBe(3);
    expect(coveredAt(quote, passages.slice(0, 2), documentText)).toBeNull();
  });
});

describe('showsText', () => {
  it('asks for a text, or offsets into a known one', () => {
    expect(showsText([{ documentId: 'x', text: 'a' }], documentText)).toBe(true);
    expect(showsText([{ documentId: 'd', start: 0, end: 3 }], documentText)).toBe(true);
    expect(showsText([{ documentId: 'x', start: 0, end: 3 }], documentText)).toBe(false);
    expect(showsText([{ documentId: 'd' }], documentText)).toBe(false);
    expect(showsText([], documentText)).toBe(true);
  });
});
