import { describe, expect, it } from 'vitest';
import { nearnessIn } from '../../../src/engine/generation/nearness.ts';
import { analysePassage } from '../../../src/engine/generation/passage-analysis.ts';

/** How near one term, as it is analysed, stands to each unit of a passage. */
function nearnessOf(term: string, text: string, title = '') {
  const { near, anywhere } = nearnessIn(analysePassage({ title, text }), new Map([[term, 0]]));
  return { near: [...near], anywhere: anywhere[0] };
}

describe('nearnessIn', () => {
  it('gives a term its full weight in the unit that holds it, and less in the one behind it', () => {
    const { near, anywhere } = nearnessOf('ferri', 'The ferry sails. It is late. It is full.');
    expect(near).toEqual([1, 0.3, 0]);
    expect(anywhere).toBe(0.15);
  });

  it('carries a heading down to the next one', () => {
    expect(nearnessOf('ferri', '# Ferries\n\nOne. Two.\n\n# Trains\n\nThree.').near).toEqual([
      1, 0.6, 0.6, 0, 0,
    ]);
  });

  it('carries a table’s header to its rows', () => {
    const { near, anywhere } = nearnessOf(
      'fee',
      '| Berth | Fee |\n| --- | --- |\n| North | £18 |\n| South | £14 |',
    );
    expect(near).toEqual([0.5, 0.5]);
    expect(anywhere).toBe(0.15);
  });

  it('counts the unit itself where the term stands near it as well', () => {
    expect(nearnessOf('ferri', '# Ferries\n\nThe ferry sails. The ferry is late.').near).toEqual([1, 1, 1]);
  });

  it('counts the title for every unit', () => {
    expect(nearnessOf('ferri', 'It sails. It is late.', 'The ferry')).toEqual({
      near: [0, 0],
      anywhere: 0.4,
    });
  });

  it('gives nothing to a term that stands nowhere', () => {
    expect(nearnessOf('train', 'The ferry sails.', 'The ferry')).toEqual({ near: [0], anywhere: 0 });
  });

  it('keeps terms apart by their columns', () => {
    const columns = new Map([
      ['ferri', 0],
      ['late', 1],
    ]);
    const { near } = nearnessIn(analysePassage({ title: '', text: 'The ferry sails. It is late.' }), columns);
    expect([...near]).toEqual([1, 0, 0.3, 1]);
  });
});
