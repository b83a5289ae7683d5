import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html, quoted, trusted } from '../../../src/reporting/html/markup.ts';
import { visible } from '../../../src/reporting/plain.ts';
import { HOSTILE } from '../sample-questions.ts';

function decoded(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

describe('markup', () => {
  it('escapes every value, and loses nothing of it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE)), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"'`]/);
        expect(escaped.replace(/&#\d+;/g, '')).not.toContain('&');
        expect(decoded(escaped)).toBe(visible(text));
      }),
    );
  });

  it('inserts markup as it stands, joins lists, and prints nothing for nothing', () => {
    const parts = ['<a>', quoted('<b>')];
    expect(html`<p>${parts}${null}${false}${undefined}${0}</p>`.text).toBe(
      '<p>&#60;a&#62;<bdi>&#60;b&#62;</bdi>0</p>',
    );
    expect(html`${trusted('<hr>')}`.text).toBe('<hr>');
  });
});
