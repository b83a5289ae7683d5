import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeClause, judgeClause, judgeSlo, testedBound } from '../../src/objectives/judge.ts';
import type { Clause, ClauseEvidence, Verdict } from '../../src/objectives/slo.ts';
import { betterOf } from '../../src/objectives/vocabulary.ts';
import { slos } from './arbitrary-slo.ts';
import { read } from './reading.ts';

const clauseOf = (text: string): Clause => read(text).clauses[0]!;
const between = (low: number | null, high: number | null): ClauseEvidence => ({
  observed: null,
  tested: { estimate: null, low, high },
});
const verdictOf = (text: string, low: number | null, high: number | null) =>
  judgeClause(clauseOf(text), between(low, high)).verdict;

describe('the bound under test', () => {
  it.each([
    ['p95 < 200ms', 0.05],
    ['p90 < 200ms', 0.1],
    ['ttft.p99.9 < 800ms', 0.001],
    ['service.p50 <= 1s', 0.5],
    ['mean < 1.5s', 1500],
    ['error < 1%', 0.01],
    ['attainment >= 95%', 0.95],
    ['goodput >= 50/s', 50],
    ['cost.right < $0.02', 0.02],
    ['ndcg@10 >= .4', 0.4],
  ])('of %s is %d', (text, bound) => {
    expect(testedBound(clauseOf(text))).toBe(bound);
  });
});

describe('a clause', () => {
  it.each<[string, number | null, number | null, Verdict]>([
    // A share of slow or failed requests, of which 5 % are allowed.
    ['p95 < 200ms', 0.01, 0.04, 'PASS'],
    ['p95 < 200ms', 0.01, 0.05, 'PASS'],
    ['p95 < 200ms', 0.04, 0.06, 'INCONCLUSIVE'],
    ['p95 < 200ms', 0.05, 0.06, 'INCONCLUSIVE'],
    ['p95 < 200ms', 0.051, 0.06, 'FAIL'],
    ['p90 < 200ms', 0.08, 0.1, 'PASS'],
    ['p95 < 200ms', null, 0.04, 'PASS'],
    ['p95 < 200ms', null, 0.06, 'INCONCLUSIVE'],
    ['p95 < 200ms', 0.06, null, 'FAIL'],
    ['p95 < 200ms', 0.04, null, 'INCONCLUSIVE'],
    ['p95 < 200ms', null, null, 'INCONCLUSIVE'],
    ['mean < 120ms', 100, 119, 'PASS'],
    ['mean < 120ms', 110, 130, 'INCONCLUSIVE'],
    ['mean < 120ms', 121, 130, 'FAIL'],
    ['error < 1%', 0, 0.01, 'PASS'],
    ['error <= 1%', 0, 0.01, 'PASS'],
    ['error <= 0%', 0, 0, 'PASS'],
    ['error <= 0%', 0, 0.001, 'INCONCLUSIVE'],
    ['error <= 0%', 0.001, 0.002, 'FAIL'],
    ['cost < $0.01', 0.011, null, 'FAIL'],
    // From here on more is better.
    ['attainment >= 95%', 0.95, 0.98, 'PASS'],
    ['attainment >= 95%', 0.94, 0.96, 'INCONCLUSIVE'],
    ['attainment >= 95%', 0.94, 0.95, 'INCONCLUSIVE'],
    ['attainment >= 95%', 0.9, 0.949, 'FAIL'],
    ['attainment >= 95%', 0.96, null, 'PASS'],
    ['attainment >= 95%', 0.9, null, 'INCONCLUSIVE'],
    ['attainment >= 95%', null, 0.9, 'FAIL'],
    ['attainment >= 95%', null, 0.96, 'INCONCLUSIVE'],
    ['right >= 80%', 0.7, 0.79, 'FAIL'],
    ['goodput > 50/s', 50, 52, 'PASS'],
    ['throughput >= 100/s', 80, 99, 'FAIL'],
    ['cache >= 30%', 0.2, 0.4, 'INCONCLUSIVE'],
    ['ndcg@10 >= 0.4', 0.41, 0.45, 'PASS'],
    // What is no number is no knowledge.
    ['error < 1%', Number.NaN, Number.NaN, 'INCONCLUSIVE'],
    ['right >= 80%', Number.NaN, Number.NaN, 'INCONCLUSIVE'],
  ])('%s, between %d and %d: %s', (text, low, high, verdict) => {
    expect(verdictOf(text, low, high)).toBe(verdict);
  });

  it('is judged by the share under test alone, whatever was observed', () => {
    const evidence: ClauseEvidence = { observed: 500, tested: { estimate: 0.9, low: 0.01, high: 0.02 } };
    expect(judgeClause(clauseOf('p95 < 200ms'), evidence).verdict).toBe('PASS');
  });

  it('keeps its evidence and the reason why there is no more', () => {
    const clause = clauseOf('p95 < 200ms');
    const evidence = { ...between(null, null), observed: 183, reason: 'fewer than 20 batches' };
    expect(judgeClause(clause, evidence)).toEqual({ ...evidence, clause, verdict: 'INCONCLUSIVE' });
    expect(judgeClause(clause, between(0, 0.01))).not.toHaveProperty('reason');
  });
});

const finite = fc.double({ min: 0, max: 1e6, noNaN: true });
const clauses = slos.filter((slo) => slo.clauses.length > 0).map((slo) => slo.clauses[0]!);

describe('verdicts of a clause', () => {
  it('are never turned by a narrower interval, only found', () => {
    fc.assert(
      fc.property(clauses, fc.tuple(finite, finite, finite, finite), (clause, ends) => {
        const [a, b, c, d] = ends.toSorted((x, y) => x - y) as [number, number, number, number];
        const wide = judgeClause(clause, between(a, d)).verdict;
        const narrow = judgeClause(clause, between(b, c)).verdict;
        if (wide !== 'INCONCLUSIVE') expect(narrow).toBe(wide);
      }),
    );
  });

  it('need but the end that matters', () => {
    fc.assert(
      fc.property(clauses, finite, finite, (clause, x, y) => {
        const [low, high] = [Math.min(x, y), Math.max(x, y)];
        const { verdict } = judgeClause(clause, between(low, high));
        const lower = betterOf(clause.subject) === 'lower';
        const [worst, best] = lower
          ? [between(null, high), between(low, null)]
          : [between(low, null), between(null, high)];
        if (verdict === 'PASS') expect(judgeClause(clause, worst).verdict).toBe('PASS');
        if (verdict === 'FAIL') expect(judgeClause(clause, best).verdict).toBe('FAIL');
      }),
    );
  });

  it('are open where the bound lies within the interval', () => {
    fc.assert(
      fc.property(clauses, finite, finite, (clause, below, above) => {
        const bound = testedBound(clause);
        fc.pre(bound - below < bound && bound + above > bound);
        expect(judgeClause(clause, between(bound - below, bound + above)).verdict).toBe('INCONCLUSIVE');
      }),
    );
  });
});

describe('the SLO as a whole', () => {
  it.each<[Verdict[], Verdict]>([
    [[], 'PASS'],
    [['PASS'], 'PASS'],
    [['INCONCLUSIVE'], 'INCONCLUSIVE'],
    [['FAIL'], 'FAIL'],
    [['PASS', 'PASS'], 'PASS'],
    [['PASS', 'INCONCLUSIVE'], 'INCONCLUSIVE'],
    [['INCONCLUSIVE', 'PASS'], 'INCONCLUSIVE'],
    [['PASS', 'FAIL'], 'FAIL'],
    [['INCONCLUSIVE', 'FAIL'], 'FAIL'],
    [['FAIL', 'INCONCLUSIVE', 'PASS'], 'FAIL'],
  ])('%j: %s', (verdicts, whole) => {
    expect(judgeSlo(verdicts.map((verdict) => ({ verdict })))).toBe(whole);
  });

  it('is the same when its parts are judged first', () => {
    const some = fc.array(
      fc.constantFrom<Verdict>('PASS', 'FAIL', 'INCONCLUSIVE').map((verdict) => ({ verdict })),
    );
    fc.assert(
      fc.property(some, some, (a, b) => {
        const parts = [judgeSlo(a), judgeSlo(b)].map((verdict) => ({ verdict }));
        expect(judgeSlo([...a, ...b])).toBe(judgeSlo(parts));
      }),
    );
  });
});

describe('the description of a clause', () => {
  it.each([
    ['latency.p95 < .2s', { name: 'p95', quantity: 'duration', comparison: '<', bound: 200 }],
    ['error <= 1%', { name: 'error', quantity: 'share', comparison: '<=', bound: 0.01 }],
    ['goodput >= 50rps', { name: 'goodput', quantity: 'rate', comparison: '>=', bound: 50 }],
    ['cost.good < $2', { name: 'cost.good', quantity: 'cost', comparison: '<', bound: 2 }],
    ['NDCG@10 >= .4', { name: 'ndcg@10', quantity: 'score', comparison: '>=', bound: 0.4 }],
  ])('%s comes in parts, which reporting writes', (text, parts) => {
    const verdict = judgeClause(clauseOf(text), { ...between(null, null), observed: 0.3 });
    expect(describeClause(verdict)).toEqual({ ...parts, observed: 0.3, verdict: 'INCONCLUSIVE' });
  });
});
