import { describe, expect, it } from 'vitest';
import { independentOutcomes, queueOutcomes, shareOutcomes } from '../../../bench/statistics/intervals.ts';
import { POPULATIONS, sojournTimes } from '../../../bench/statistics/populations.ts';
import { writeTally } from '../../../bench/statistics/tallies.ts';
import { seededRandom } from '../../../src/kernel/random.ts';

describe('a cell of the coverage table', () => {
  it('is the share among the intervals that were printed, and says how many were not', () => {
    expect(writeTally({ trials: 1000, covered: 951, withheld: 0 })).toBe('.951');
    expect(writeTally({ trials: 100, covered: 100, withheld: 0 })).toBe('1.000');
    expect(writeTally({ trials: 1000, covered: 855, withheld: 100 })).toBe('.950 (10 % withheld)');
    expect(writeTally({ trials: 1000, covered: 950, withheld: 1 })).toBe('.951 (< 1 % withheld)');
  });

  it('calls an interval approximate below 93 %', () => {
    expect(writeTally({ trials: 1000, covered: 930, withheld: 0 })).toBe('.930');
    expect(writeTally({ trials: 1000, covered: 929, withheld: 0 })).toBe('.929, approximate');
  });

  it('is a dash where no interval was printed', () => {
    expect(writeTally({ trials: 50, covered: 0, withheld: 50 })).toBe('—');
  });
});

describe('one trial', () => {
  it('judges every interval, and withholds quantiles that the samples cannot carry', () => {
    const [normal] = POPULATIONS;
    const samples = Float64Array.from({ length: 30 }, (_, index) => index - 14.5);
    const outcomes = independentOutcomes(normal!, samples, seededRandom(1));
    expect(outcomes).toEqual({
      'order statistics, p50': 'covered',
      'order statistics, p90': 'withheld',
      'order statistics, p95': 'withheld',
      'order statistics, p99': 'withheld',
      'bootstrap (BCa), mean': 'covered',
    });
    const far = independentOutcomes(
      normal!,
      samples.map((sample) => sample + 100),
      seededRandom(1),
    );
    expect(far['order statistics, p50']).toBe('missed');
    expect(far['bootstrap (BCa), mean']).toBe('missed');
  });

  it('covers shares and queues mostly', () => {
    expect(shareOutcomes(0.5, 1000, seededRandom(2))).toEqual({ 'Wilson, share': 'covered' });
    const outcomes = queueOutcomes(0.5, sojournTimes(0.5, 20_000, seededRandom(3)));
    const batch = Object.entries(outcomes).filter(([name]) => name.startsWith('batch means'));
    expect(batch).toHaveLength(7);
    expect(batch.filter(([, outcome]) => outcome === 'missed').length).toBeLessThanOrEqual(1);
    expect(batch.filter(([, outcome]) => outcome === 'covered').length).toBeGreaterThanOrEqual(4);
  });
});
