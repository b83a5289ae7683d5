import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkText } from '../../../src/engine/chunking/chunk.ts';
import { indexedText } from '../../../src/engine/chunking/indexed-text.ts';
import { sentences } from '../../../src/text/sentences.ts';
import { countTokens } from '../../../src/text/tokens.ts';

const textsOf = (text: string, size: number, overlap: number) =>
  chunkText(text, { size, overlap }).map((chunk) => chunk.text);

describe('chunking', () => {
  it('makes nothing of a text without words or signs', () => {
    expect(chunkText(' \n\t ', { size: 16, overlap: 4 })).toEqual([]);
    expect(chunkText('', { size: 16, overlap: 4 })).toEqual([]);
  });

  it('keeps a short text whole, without the white space around it', () => {
    expect(chunkText('\n One two. Three four.\n', { size: 16, overlap: 4 })).toEqual([
      { ordinal: 0, start: 2, end: 22, text: 'One two. Three four.' },
    ]);
  });

  it('fills chunks with whole sentences up to the budget', () => {
    const text = 'One two three. Four five. Six seven eight. Nine.';
    expect(textsOf(text, 5, 0)).toEqual(['One two three. Four five.', 'Six seven eight. Nine.']);
  });

  it('begins a chunk with the sentences before it that fit in the overlap', () => {
    const text = 'One two three. Four five. Six seven. Eight nine ten. Eleven.';
    expect(textsOf(text, 7, 4)).toEqual([
      'One two three. Four five. Six seven.',
      'Four five. Six seven. Eight nine ten.',
      'Eight nine ten. Eleven.',
    ]);
  });

  it('gives up overlap where the next sentence needs the room', () => {
    expect(textsOf('One two. Three four five six seven. Eight.', 5, 3)).toEqual([
      'One two.',
      'Three four five six seven.',
      'Eight.',
    ]);
  });

  it('cuts a sentence longer than a chunk between words', () => {
    const words = Array.from({ length: 10 }, (_, i) => `word${i}`);
    expect(textsOf(`${words.join(', ')}.`, 4, 1)).toEqual([
      'word0, word1, word2, word3,',
      'word4, word5, word6, word7,',
      'word8, word9.',
    ]);
  });

  const word = fc.oneof(
    fc.constantFrom('ferry', 'Fare', 'a', '3.5', "l'escale", 'naïve', '海', '😀', '—', '…'),
    fc.string({ maxLength: 5 }),
  );
  const sign = fc.constantFrom(' ', ' ', ' ', '. ', '? ', '\n\n', '\n- ', '! ', '。', '\r\n', '|');
  const text = fc
    .array(fc.tuple(word, sign), { maxLength: 80 })
    .map((pairs) => pairs.map(([before, after]) => before + after).join(''));
  const settings = fc
    .integer({ min: 1, max: 24 })
    .chain((size) => fc.record({ size: fc.constant(size), overlap: fc.nat(size - 1) }));

  it('holds to the budget, to the text, and covers every sentence in order, for any text', () => {
    fc.assert(
      fc.property(text, settings, (content, { size, overlap }) => {
        const chunks = chunkText(content, { size, overlap });
        let covered = 0;
        chunks.forEach((chunk, index) => {
          expect(chunk.ordinal).toBe(index);
          expect(chunk.text).toBe(content.slice(chunk.start, chunk.end));
          expect(chunk.text).not.toBe('');
          expect(chunk.text.trim()).toBe(chunk.text);
          expect(countTokens(chunk.text)).toBeLessThanOrEqual(size);
          expect(content.slice(covered, chunk.start).trim()).toBe('');
          expect(chunk.end).toBeGreaterThan(covered);
          if (index > 0) {
            const previous = chunks[index - 1]!;
            expect(chunk.start).toBeGreaterThan(previous.start);
            expect(
              countTokens(content.slice(chunk.start, Math.max(chunk.start, previous.end))),
            ).toBeLessThanOrEqual(overlap);
          }
          covered = chunk.end;
        });
        expect(content.slice(covered).trim()).toBe('');
        expect(chunkText(content, { size, overlap })).toEqual(chunks);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps every sentence that fits whole in some chunk, for any text', () => {
    fc.assert(
      fc.property(text, settings, (content, options) => {
        const chunks = chunkText(content, options);
        for (const { start, end } of sentences(content)) {
          if (countTokens(content.slice(start, end)) > options.size) continue;
          expect(chunks.some((chunk) => chunk.start <= start && chunk.end >= end)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('what is indexed of a chunk', () => {
  it('is its title and its text, or its text alone', () => {
    expect(indexedText({ title: 'Fares', text: 'Adults pay.' })).toBe('Fares\nAdults pay.');
    expect(indexedText({ title: '', text: 'Adults pay.' })).toBe('Adults pay.');
  });
});
