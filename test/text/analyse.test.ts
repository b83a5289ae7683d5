import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/text/analyse.ts';

describe('analyse', () => {
  it('drops stop words and stems the rest', () => {
    expect(analyse('The ferries are cancelled, and refunds will be issued')).toEqual([
      'ferri',
      'cancel',
      'refund',
      'will',
      'issu',
    ]);
  });

  it("drops the s that a possessive's apostrophe leaves", () => {
    expect(analyse("captain's orders")).toEqual(['captain', 'order']);
  });

  it('gives nothing for stop words alone', () => {
    expect(analyse('what is it that they would')).toEqual([]);
  });

  it('gives equal terms for equal words, the first time and the next', () => {
    expect(analyse('embarkation')).toEqual(analyse('Embarkation'));
  });

  it('keeps accents and numbers', () => {
    expect(analyse('Estación 42')).toEqual(['estación', '42']);
  });

  it('takes an overlong token as it stands', () => {
    const blob = 'running'.repeat(10);
    expect(analyse(blob)).toEqual([blob]);
  });
});
