import { describe, expect, it } from 'vitest';
import { analysePassage } from '../../../src/engine/generation/passage-analysis.ts';

describe('analysePassage', () => {
  it('takes each unit apart into its own distinct terms, in their order', () => {
    const { units } = analysePassage({ title: '', text: 'Tides turn. The tide and the ferry: tides!' });
    expect(units.map(({ terms }) => terms)).toEqual([
      ['tide', 'turn'],
      ['tide', 'ferri'],
    ]);
  });

  it('keeps the terms of a table’s header apart from those of its rows', () => {
    const { units } = analysePassage({ title: '', text: '| Berth | Fee |\n| --- | --- |\n| North | £18 |' });
    expect(units).toMatchObject([{ terms: ['north', '18'], header: ['berth', 'fee'] }]);
  });

  it('counts the distinct terms with a digit', () => {
    const { units } = analysePassage({ title: '', text: 'From 12 to 14, or 12 to 20. No digits here.' });
    expect(units.map(({ numbers }) => numbers)).toEqual([3, 0]);
  });

  it('counts the word tokens of the text, not of the title', () => {
    expect(analysePassage({ title: 'Opening hours', text: 'Open **all** day.' }).tokens).toBe(3);
  });
});
