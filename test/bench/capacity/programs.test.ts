import { describe, expect, it } from 'vitest';
import { evidence } from '../../../bench/capacity/evidence.ts';
import { simulated } from '../../../bench/capacity/simulated.ts';
import { renderReport } from '../../../bench/harness/report.ts';

const context = { root: '', seed: 3, progress: () => {} };

describe('the proofs of the search for capacity', () => {
  it('print what the search finds, next to what it must', async () => {
    const report = await simulated.run({ positionals: [], values: { searches: '1' } }, context);
    const text = renderReport(report, []);
    expect(text).toContain('| M/M/4 | 100/s |');
    expect(text).toContain('attainment and errors');
    expect(report.bounds).toHaveLength(18);
    expect(text).not.toMatch(/NaN|undefined/);
  });

  it('print how often evidence and trend hold', async () => {
    const report = await evidence.run({ positionals: [], values: { trials: '4' } }, context);
    const text = renderReport(report, []);
    expect(text).toContain('wrong 10 %, or late 5 %');
    expect(text).toContain('Requests in flight found to rise');
    expect(text).not.toMatch(/NaN|undefined/);
  });

  it('refuse a number of trials that is none', async () => {
    const run = evidence.run({ positionals: [], values: { trials: '0' } }, context);
    await expect(run).rejects.toMatchObject({ code: 'usage.argument' });
  });
});
