import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTokens, tokenise, tokenSpans } from '../../src/text/tokens.ts';

const slices = (text: string): string[] => {
  const spans = tokenSpans(text);
  return Array.from({ length: spans.length / 2 }, (_, at) => text.slice(spans[2 * at], spans[2 * at + 1]));
};

describe('tokenise', () => {
  it.each([
    ['The 07:40 ferry, twice.', ['the', '07', '40', 'ferry', 'twice']],
    ["Alice's l’escale 3.5", ['alice', 's', 'l', 'escale', '3', '5']],
    ['Élève à Besançon', ['élève', 'à', 'besançon']],
    ['snake_case e-mail', ['snake', 'case', 'e', 'mail']],
    ['', []],
    ['— … !?', []],
  ])('splits %j into words and numbers, in lower case', (text, tokens) => {
    expect(tokenise(text)).toEqual(tokens);
  });

  it('keeps a combining accent in its word and composes it', () => {
    expect(tokenise('cafe\u0301 noir')).toEqual(['café', 'noir']);
  });

  it('takes ideographs one by one, and characters beyond the basic plane whole', () => {
    expect(tokenise('東京の港 𝒳y 𠮷')).toEqual(['東', '京', 'の', '港', '𝒳y', '𠮷']);
  });

  it('survives halves of surrogate pairs', () => {
    expect(tokenise('a\ud83d b \udc00c')).toEqual(['a', 'b', 'c']);
  });
});

describe('tokenSpans and countTokens', () => {
  it('agree with tokenise on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const tokens = tokenise(text);
        expect(slices(text).map((slice) => slice.toLowerCase().normalize('NFC'))).toEqual(tokens);
        expect(countTokens(text)).toBe(tokens.length);
      }),
    );
  });

  it('leave nothing that is a letter or a digit between two tokens', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const spans = tokenSpans(text);
        let from = 0;
        let between = '';
        for (let at = 0; at < spans.length; at += 2) {
          expect(spans[at]!).toBeGreaterThanOrEqual(from);
          between += `${text.slice(from, spans[at])} `;
          from = spans[at + 1]!;
        }
        expect(between + text.slice(from)).not.toMatch(/[\p{L}\p{N}]/u);
      }),
    );
  });
});
