import { describe, expect, it } from 'vitest';
import { unitsOf } from '../../../src/engine/generation/units.ts';

const texts = (text: string): string[] => unitsOf(text).map((unit) => unit.text);

describe('unitsOf', () => {
  it('tells headings, sentences and rows apart', () => {
    const text = '# Fares\n\nAll are single. Dues included.\n\n| A | B |\n| --- | --- |\n| x | y |';
    expect(unitsOf(text).map(({ kind }) => kind)).toEqual(['heading', 'sentence', 'sentence', 'row']);
  });

  it('names a row’s cells by the header of their own table', () => {
    const text = '| A | B |\n|---|:--:|\n| 1 | 2 |\n\nBetween.\n\n| C | D |\n| - | - |\n| 3 | 4 |';
    expect(texts(text)).toEqual(['A: 1; B: 2', 'Between.', 'C: 3; D: 4']);
  });

  it('reads a row whose header was cut off with its chunk', () => {
    expect(texts('| Adult | £3.00 | £4.00 |\n| Child | £1.00 | £2.00 |')).toEqual([
      'Adult: £3.00; £4.00',
      'Child: £1.00; £2.00',
    ]);
  });

  it('keeps empty cells and missing headers readable', () => {
    expect(texts('| | Low |\n|---|---|\n| Adult | £3 |')).toEqual(['Adult; Low: £3']);
  });

  it('leaves out rules, list marks and emphasis, and keeps what only looks like them', () => {
    expect(texts('- **Bold** and _slanted_\n\n---\n\n2. `code` in snake_case * 2')).toEqual([
      'Bold and slanted',
      'code in snake_case * 2',
    ]);
  });

  it.each(['', '   ', '| --- | --- |', '---'])('finds nothing in %j', (text) => {
    expect(unitsOf(text)).toEqual([]);
  });
});
