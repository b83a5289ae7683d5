import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, oneLine, visible } from '../../src/reporting/plain.ts';
import { HOSTILE } from './sample-questions.ts';

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE));

describe("other people's text", () => {
  it('shows control characters as pictures and defuses what turns direction', () => {
    expect(visible('a\u0000b\u001b[31m')).toBe('a␀b␛[31m');
    expect(visible('x\u202ey\ud800z')).toBe('x\ufffdy\ufffdz');
  });

  it('keeps ordinary text as it is, in any script', () => {
    expect(visible('Où est la gare?\n\tكم سعر 🚢')).toBe('Où est la gare?\n\tكم سعر 🚢');
  });

  it('never leaves a control character, and puts everything on one line when asked', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(oneLine(text)).not.toMatch(/[\p{Cc}\u2028\u2029\p{Surrogate}]/u);
      }),
    );
  });

  it('cuts to a length without halving a character', () => {
    expect(clip('short', 10)).toBe('short');
    expect(clip('ab🚢cd', 4)).toBe('ab…');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 20 }), (text, length) => {
        const cut = clip(text, length);
        expect(cut.length).toBeLessThanOrEqual(length);
        expect(cut).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});
