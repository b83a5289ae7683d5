import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indentJson } from '../../src/cli/json-text.ts';

describe('indented JSON', () => {
  it('is what JSON.stringify makes of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(typeof value === 'object' && value !== null);
        expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  it('goes as far as the text does, and loses nothing of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(200), (value, length) => {
        const text = JSON.stringify({ value }).slice(0, length + 1);
        const shown = indentJson(text);
        expect(shown.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('leaves alone what is no JSON', () => {
    expect(indentJson('data: {"a":1}\n\n')).toBe('data: {"a":1}');
    expect(indentJson('<html>')).toBe('<html>');
  });
});
