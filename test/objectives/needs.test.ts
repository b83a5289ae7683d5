import { describe, expect, it } from 'vitest';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import {
  ABILITIES,
  type Ability,
  type Lack,
  needsOf,
  requirements,
  requireSupport,
} from '../../src/objectives/needs.ts';
import { read } from './reading.ts';

/** A target that lacks some abilities, and with `passages` the measures of them. */
const without =
  (...missing: Ability[]): Lack =>
  (need) => {
    if (need.startsWith('measure:')) return missing.includes('passages') ? ABILITIES.passages : null;
    return missing.includes(need as Ability) ? ABILITIES[need as Ability] : null;
  };

describe('the needs of', () => {
  it.each([
    ['p95 < 1s', []],
    ['mean < 1s', []],
    ['service.p95 < 1s', []],
    ['service.mean < 1s', []],
    ['ttft.p95 < 1s', ['firstToken']],
    ['ttft.mean < 1s', ['firstToken']],
    ['tpot.p95 < 1s', ['firstToken', 'outputTokens']],
    ['error < 1%', []],
    ['throughput >= 1/s', []],
    ['attainment >= 95%', ['answer-or-passages', 'scored']],
    ['right >= 95%', ['answer-or-passages', 'scored']],
    ['goodput >= 1/s', ['answer-or-passages', 'scored']],
    ['cache >= 1%', ['cache']],
    ['cost < $1', ['cost']],
    ['cost.right < $1', ['cost', 'answer-or-passages', 'scored']],
    ['cost.good < $1', ['cost', 'answer-or-passages', 'scored']],
    ['ndcg@10 >= 0.4', ['measure:ndcg@10']],
  ])('%s', (text, needs) => {
    expect(needsOf(read(text).clauses[0]!.subject)).toEqual(needs);
  });
});

describe('requirements', () => {
  it('name each term that needs something, as it was written', () => {
    expect(requirements(read('p95 < 1s, TTFT.P95<1s, NDCG@10 >= .4, deadline 2s'))).toEqual([
      { term: 'TTFT.P95<1s', name: 'ttft.p95', needs: ['firstToken'] },
      { term: 'NDCG@10 >= .4', name: 'ndcg@10', needs: ['measure:ndcg@10'] },
    ]);
  });

  it('hold the first tokens that a deadline needs, though no clause is about them', () => {
    expect(requirements(read('error < 1%, ttft.deadline 800ms'))).toEqual([
      { term: 'ttft.deadline', name: 'ttft.deadline', needs: ['firstToken'] },
    ]);
  });
});

describe('an SLO on what a target does not return', () => {
  const refused = (text: string, lack: Lack) => {
    try {
      requireSupport(read(text), lack, { target: 'http://127.0.0.1:8080', where: 'load.slo' });
    } catch (thrown) {
      if (thrown instanceof GroundspeedError) return thrown;
      throw thrown;
    }
    return undefined;
  };

  it('is a usage error that names every term and what it lacks', () => {
    const slo =
      'p95 < 1s, ttft.p95 < 800ms, tpot.mean < 50ms, cost.right < $1, ndcg@10 >= .4, ttft.deadline 1s';
    const error = refused(slo, without('firstToken', 'outputTokens', 'cost', 'passages'));
    expect(error?.code).toBe('slo.unsupported');
    expect(error?.exitCode).toBe(2);
    expect(error?.where).toBe('load.slo');
    expect(error?.message).toBe('The SLO asks for what http://127.0.0.1:8080 does not give.');
    expect(error?.problems).toEqual([
      'ttft.p95 < 800ms needs the time of the first token, which only a stream has',
      'tpot.mean < 50ms needs the time of the first token, which only a stream has, and the number of output tokens',
      'cost.right < $1 needs the cost of a request, or its tokens and their price',
      'ndcg@10 >= .4 needs the passages that were found',
      'ttft.deadline needs the time of the first token, which only a stream has',
    ]);
  });

  it('is accepted where all that it needs is there', () => {
    expect(refused('ttft.p95 < 800ms, ndcg@10 >= .4, cache >= 30%', without())).toBeUndefined();
    expect(
      refused('p95 < 1s, error < 1%, throughput >= 1/s', without(...(Object.keys(ABILITIES) as Ability[]))),
    ).toBeUndefined();
  });
});
