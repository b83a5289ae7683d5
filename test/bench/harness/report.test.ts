import { describe, expect, it } from 'vitest';
import { allMet, atLeast, atMost, renderReport } from '../../../bench/harness/report.ts';

const REPORT = { title: 'Speed', about: 'How fast it is.' };

describe('a report', () => {
  it('states its facts first, then its tables, then what must be reached', () => {
    const text = renderReport(
      {
        ...REPORT,
        facts: [['index', 'small']],
        tables: [{ caption: 'Times', columns: ['mode', 'p50'], rows: [['a|b', '1.00']] }],
        bounds: [atMost({ what: 'p95', found: 12.345, limit: 10, unit: 'ms', digits: 1 })],
      },
      [['machine', 'a fast one']],
    );
    expect(text).toBe(
      [
        '# Speed\n',
        'How fast it is.\n',
        '|  |  |\n| --- | --- |\n| machine | a fast one |\n| index | small |\n',
        '## Times\n\n| mode | p50 |\n| --- | ---: |\n| a\\|b | 1.00 |\n',
        '## What must be reached\n\n|  | must be | is |  |\n| --- | ---: | ---: | ---: |\n| p95 | ≤ 10.0 ms | 12.3 ms | **missed** |\n',
      ].join('\n'),
    );
  });

  it('knows whether all that is promised was reached', () => {
    const reached = atLeast({ what: 'recall', found: 0.99, limit: 0.99, digits: 2 });
    const missed = atLeast({ what: 'recall', found: 0.9899, limit: 0.99, digits: 2 });
    expect(reached).toEqual({ what: 'recall', must: '≥ 0.99', found: '0.99', met: true });
    expect(allMet({ ...REPORT, tables: [] })).toBe(true);
    expect(allMet({ ...REPORT, tables: [], bounds: [reached] })).toBe(true);
    expect(allMet({ ...REPORT, tables: [], bounds: [reached, missed] })).toBe(false);
  });
});
