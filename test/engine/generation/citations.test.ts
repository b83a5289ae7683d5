import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CitationReader } from '../../../src/engine/generation/citations.ts';

function read(pieces: readonly string[], passages = 5): { text: string; citations: number[] } {
  const reader = new CitationReader(passages);
  const text = pieces.map((piece) => reader.push(piece)).join('') + reader.finish();
  return { text, citations: reader.citations };
}

describe('CitationReader', () => {
  it.each([
    ['The fare is 12 [2].', 'The fare is 12.', [1]],
    ['A [1][3] and b [3, 1].', 'A and b.', [0, 2]],
    ['In [2019] it grew [6].', 'In [2019] it grew [6].', []],
    ['An open [1', 'An open [1', []],
    ['array[i] and [x]', 'array[i] and [x]', []],
    ['[1]', '', [0]],
  ])('reads %j', (raw, text, citations) => {
    expect(read([raw])).toEqual({ text, citations });
  });

  it('reads the same whatever the pieces in which the text arrives', () => {
    const part = fc.constantFrom('word', ' ', '[', '1', '2', ']', ',', '. ', '[3]', ' [1, 2]');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const whole = parts.join('');
        expect(read([...whole])).toEqual(read([whole]));
      }),
    );
  });
});
