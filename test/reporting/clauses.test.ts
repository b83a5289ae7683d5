import { describe, expect, it } from 'vitest';
import type { ClauseRecord } from '../../src/records/schema.ts';
import { clauseRow, clausesThat, judgedSlo } from '../../src/reporting/clauses.ts';
import { sampleLoad } from './sample-load-record.ts';

const clause: ClauseRecord = {
  text: 'ttft.p95 < 800ms',
  observed: 612.4,
  bound: 800,
  unit: 'ms',
  tested: { estimate: 0.0394, low: 0.0312, high: 0.0489 },
  testedBound: 0.05,
  verdict: 'PASS',
  reason: null,
};

describe('a clause', () => {
  it('of a quantile is judged by the share that was slower', () => {
    expect(clauseRow(clause)).toEqual({
      objective: 'ttft.p95 < 800ms',
      verdict: 'PASS',
      observed: '612 ms',
      judged: 'slower than 800 ms, or failed',
      tested: '3.9 %',
      interval: '3.1–4.9 %',
      allowed: 'at most 5 %',
      reason: '',
    });
  });

  it.each<[Partial<ClauseRecord>, Partial<ReturnType<typeof clauseRow>>]>([
    [
      { text: 'mean < 1.5s', bound: 1500, testedBound: 1500, tested: { estimate: 310, low: 300, high: 321 } },
      { judged: 'mean', tested: '310 ms', interval: '300–321 ms', allowed: 'at most 1.5 s' },
    ],
    [
      {
        text: 'error < 0.1%',
        unit: 'share',
        observed: 0.00042,
        bound: 0.001,
        testedBound: 0.001,
        tested: { estimate: 0.00042, low: null, high: 0.0011 },
      },
      { observed: '0.042 %', interval: '≤ 0.11 %', allowed: 'at most 0.1 %' },
    ],
    [
      {
        text: 'goodput >= 50/s',
        unit: 'per-second',
        observed: 61.2,
        bound: 50,
        testedBound: 50,
        tested: { estimate: 61.2, low: 58, high: null },
      },
      { observed: '61.2 /s', interval: '≥ 58.0 /s', allowed: 'at least 50 /s' },
    ],
    [
      {
        text: 'cost.good < $0.01',
        unit: 'usd',
        observed: 0.00214,
        bound: 0.01,
        testedBound: 0.01,
        tested: { estimate: 0.00214, low: 0.002, high: 0.0023 },
      },
      { observed: '$0.00214', tested: '$0.00214', allowed: 'at most $0.0100' },
    ],
    [
      {
        text: 'nDCG@10 >= 0.4',
        unit: 'score',
        observed: null,
        bound: 0.4,
        testedBound: 0.4,
        tested: { estimate: null, low: null, high: null },
        verdict: 'INCONCLUSIVE',
        reason: 'the target returns no passages',
      },
      {
        observed: '–',
        tested: '–',
        interval: '–',
        allowed: 'at least 0.400',
        reason: 'the target returns no passages',
      },
    ],
  ])('writes %o in its unit', (change, expected) => {
    expect(clauseRow({ ...clause, ...change })).toMatchObject(expected);
  });
});

describe('an SLO', () => {
  it('lists each clause of a verdict once, however many phases it was judged in', () => {
    const slo = judgedSlo(sampleLoad().record)!;
    expect(clausesThat('PASS', slo)).toEqual([
      'p95 < 1.5s',
      'ttft.p95 < 800ms',
      'error < 2%',
      'attainment >= 75%',
    ]);
  });

  it('is none where it is deadlines alone', () => {
    expect(judgedSlo(sampleLoad({ slo: 'deadline 2s' }).record)).toBeUndefined();
  });
});
