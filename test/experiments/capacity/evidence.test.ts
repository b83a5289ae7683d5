import { describe, expect, it } from 'vitest';
import { doseOf, poolEvidence, risingBound } from '../../../src/experiments/capacity/evidence.ts';
import type { RunEvidence } from '../../../src/experiments/capacity/port.ts';
import type { Clause } from '../../../src/objectives/slo.ts';
import { shareBounds } from '../../../src/statistics/share-evidence.ts';
import { ATTAINMENT, P95 } from './scripted-port.ts';

const NDCG: Clause = {
  text: 'ndcg@10 >= 0.4',
  subject: { kind: 'measure', measure: 'ndcg@10' },
  comparison: '>=',
  bound: 0.4,
};

function share(estimate: number, size: number, effectiveSize: number): RunEvidence {
  const [low, high] = shareBounds(estimate, effectiveSize);
  return { observed: 150, tested: { estimate, low, high }, size, effectiveSize };
}

function mean(estimate: number, half: number, size: number): RunEvidence {
  return {
    observed: estimate,
    tested: { estimate, low: estimate - half, high: estimate + half },
    size,
    effectiveSize: null,
  };
}

const NOTHING: RunEvidence = {
  observed: null,
  tested: { estimate: null, low: null, high: null },
  size: 0,
  effectiveSize: null,
  reason: 'no first token',
};

describe('evidence of several runs', () => {
  it('is that of the run where there is one', () => {
    const { observed, tested } = share(0.04, 1000, 200);
    expect(poolEvidence(P95, [share(0.04, 1000, 200)])).toEqual({ observed, tested });
  });

  it('is a share of all requests, worth as many independent ones as the runs together', () => {
    const pooled = poolEvidence(P95, [share(0.02, 1000, 100), share(0.06, 3000, 300)]);
    const [low, high] = shareBounds(0.05, 400);
    expect(pooled.tested.estimate).toBeCloseTo(0.05, 12);
    expect(pooled.tested.low).toBeCloseTo(low, 9);
    expect(pooled.tested.high).toBeCloseTo(high, 9);
  });

  it('has no quantile, since quantiles can not be averaged', () => {
    expect(poolEvidence(P95, [share(0.02, 1000, 100), share(0.06, 1000, 100)]).observed).toBeNull();
    expect(poolEvidence(ATTAINMENT, [share(0.9, 1000, 100), share(0.8, 1000, 100)]).observed).toBeCloseTo(
      0.85,
    );
  });

  it('is a mean over all requests, half as uncertain from four times as many', () => {
    const pooled = poolEvidence(
      NDCG,
      Array.from({ length: 4 }, () => mean(0.5, 0.04, 500)),
    );
    expect(pooled.tested.estimate).toBeCloseTo(0.5, 12);
    expect(pooled.tested.high! - pooled.tested.estimate!).toBeCloseTo(0.02, 9);
  });

  it('leaves out runs that do not tell, and says why where none does', () => {
    const pooled = poolEvidence(P95, [share(0.02, 1000, 100), NOTHING]);
    expect(pooled.tested.estimate).toBeCloseTo(0.02, 12);
    expect(poolEvidence(P95, [NOTHING, NOTHING])).toEqual({
      observed: null,
      tested: { estimate: null, low: null, high: null },
      reason: 'no first token',
    });
  });
});

describe('a run as a point of a rising curve', () => {
  it('is the share that fails, with its variance over that of independent requests', () => {
    expect(doseOf(P95, 80, share(0.04, 1000, 200))).toEqual({
      x: 80,
      estimate: 0.04,
      size: 1000,
      variance: 5,
    });
    expect(risingBound(P95)).toBe(0.05);
  });

  it('is the share that is missing where more is better', () => {
    const dose = doseOf(ATTAINMENT, 80, share(0.9, 1000, 200))!;
    expect(dose.estimate).toBeCloseTo(0.1, 12);
    expect(risingBound(ATTAINMENT)).toBeCloseTo(0.05, 12);
  });

  it('is none where nothing was measured', () => {
    expect(doseOf(P95, 80, NOTHING)).toBeNull();
  });
});
