import { describe, expect, it } from 'vitest';
import { parseQrels, parseRun } from '../../src/datasets/trec.ts';
import { isRetrievalMeasure } from '../../src/measures/measure.ts';
import { parseMeasures } from '../../src/measures/registry.ts';
import { measureRun, rankResults } from '../../src/measures/trec-run.ts';

describe('rankResults', () => {
  it('sorts by score and breaks ties by the bytes of the id, both descending', () => {
    const results = ['a', 'é', '\uffe0', '😀', 'ab', 'Z'].map((id) => ({ id, score: 1 }));
    expect(rankResults([...results, { id: 'low', score: -2 }, { id: 'high', score: 3 }])).toEqual([
      'high',
      '😀',
      '\uffe0',
      'é',
      'ab',
      'a',
      'Z',
      'low',
    ]);
  });
});

describe('measureRun', () => {
  const qrels = parseQrels('q1 0 a 1\nq2 0 a 0\nq3 0 a 1\n', 'qrels');
  const run = parseRun('q1 Q0 a 1 1 t\nq2 Q0 a 1 1 t\nq9 Q0 a 1 1 t\n', 'run');
  const measures = parseMeasures(['mrr']).filter(isRetrievalMeasure);

  it('averages over every judged question, as trec_eval -c does', () => {
    expect(measureRun({ qrels, run, measures })).toEqual({
      means: { mrr: 1 / 3 },
      perQuestion: { q1: { mrr: 1 }, q2: { mrr: 0 }, q3: { mrr: 0 } },
    });
  });

  it('gives zeros for empty qrels', () => {
    expect(measureRun({ qrels: new Map(), run, measures })).toEqual({ means: { mrr: 0 }, perQuestion: {} });
  });
});
