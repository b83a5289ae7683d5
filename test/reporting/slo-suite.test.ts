import { describe, expect, it } from 'vitest';
import { sloSuite } from '../../src/reporting/slo-suite.ts';
import { sampleCapacity, sampleSweep } from './sample-capacity.ts';
import { LOAD_PLANS, sampleLoad } from './sample-load-record.ts';
import { sampleRun } from './sample-record.ts';

describe('the SLO as test cases', () => {
  it('is one case a clause and phase, with what was observed where one failed', () => {
    const { name, cases } = sloSuite(sampleLoad().record);
    expect(name).toBe('groundspeed load https://answers.example/api/query');
    expect(cases).toHaveLength(16);
    expect(cases[0]).toEqual({ name: 'p95 < 1.5s', classname: 'load 20 /s', seconds: 60 });
    const failed = cases.filter(({ failure }) => failure);
    expect(failed.map(({ classname }) => classname)).toEqual(Array(4).fill('load 110 /s'));
    expect(failed[0]!.failure!.message).toMatch(/^p95 < 1\.5s failed: observed 2.032 ms$/);
    expect(failed[0]!.failure!.details).toMatch(
      /63\.5 % slower than 1\.5 s, or failed \(95 % interval 61\.8–65\.2 %\), allowed is at most 5 %\n6550 arrivals in 60 s: \d+ errors, 7 timeouts, 0 drops/,
    );
  });

  it('skips what is inconclusive, and every clause of an invalid phase, with the reason', () => {
    const plans = [{ ...LOAD_PLANS[4]!, invalid: 'the generator sent late' }];
    const skipped = sloSuite(sampleLoad({ plans }).record).cases.map((one) => one.skipped);
    expect(skipped).toEqual(Array(4).fill('the phase is invalid: the generator sent late'));
    const open = sampleLoad({ plans: [LOAD_PLANS[1]!], slo: 'attainment >= 80%' }).record;
    expect(sloSuite(open).cases[0]).toMatchObject({ skipped: 'inconclusive: the interval holds the bound' });
  });

  it('of a search is whether any rate holds', () => {
    expect(sloSuite(sampleCapacity().record).cases).toEqual([
      { name: expect.stringContaining('p95 < 1.2s'), classname: 'capacity', seconds: expect.any(Number) },
    ]);
    const none = sampleCapacity({ ratePerSecond: null }).record;
    expect(sloSuite(none).cases[0]!.failure!.message).toBe('No rate was found that holds');
    expect(sloSuite({ ...none, complete: false }).cases[0]!.skipped).toBe('the search was interrupted');
  });

  it('has no cases where nothing was promised', () => {
    expect(sloSuite(sampleRun().record).cases).toEqual([]);
    expect(sloSuite(sampleSweep().record).cases).toEqual([]);
    expect(sloSuite(sampleLoad({ slo: null }).record).cases).toEqual([]);
  });
});
