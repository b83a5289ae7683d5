import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRun, parseQrels, parseRun, refuseUnfitIds } from '../../src/datasets/trec.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { rankResults } from '../../src/measures/trec-run.ts';

const refusal = (action: () => unknown): GroundspeedError => {
  try {
    action();
  } catch (error) {
    if (error instanceof GroundspeedError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
};

describe('parseQrels', () => {
  it('reads tabs, spaces, CRLF, a byte order mark, blank lines and a last line without an end', () => {
    const qrels = parseQrels('\ufeffq1 0\td1  2\r\n\r\n  q1\t0 dé -1\nq2 Q0 d1 0', 'judged.qrels');
    expect([...qrels].map(([id, grades]) => [id, [...grades]])).toEqual([
      [
        'q1',
        [
          ['d1', 2],
          ['dé', -1],
        ],
      ],
      ['q2', [['d1', 0]]],
    ]);
  });

  it.each([
    ['q1 0 d1 1\nq1 0 d1\n', 'judged.qrels:2', 'columns'],
    ['q1 0 d1 high', 'judged.qrels:1', 'whole number'],
    ['q1 0 d1 0.5', 'judged.qrels:1', 'whole number'],
    ['q1 0 d1 1\n\nq1 0 d1 2', 'judged.qrels:3', 'twice'],
  ])('refuses %j, naming %s', (text, where, reason) => {
    const error = refusal(() => parseQrels(text, 'judged.qrels'));
    expect(error).toMatchObject({ code: 'trec.format', where });
    expect(error.message).toContain(reason);
    expect(error.hint).toBeDefined();
  });

  it('recognises BEIR qrels and says how to convert them', () => {
    expect(refusal(() => parseQrels('query-id\tcorpus-id\tscore\n', 'test.tsv')).hint).toContain('BEIR');
  });
});

describe('parseRun', () => {
  it('reads scores in single precision and leaves the order of the file alone', () => {
    const run = parseRun('q1 Q0 b 9 -1.25 tag\nq1\tQ0\ta\t1\t1e3\ttag\r\n', 'x.run');
    expect(run.get('q1')).toEqual([
      { id: 'b', score: -1.25 },
      { id: 'a', score: 1000 },
    ]);
    expect(parseRun('q Q0 a 1 0.1 t', 'x.run').get('q')?.[0]?.score).toBe(Math.fround(0.1));
  });

  it.each([
    ['q1 Q0 a 1 2.5\n', 'x.run:1', 'columns'],
    ['q1 Q0 a 1 much tag', 'x.run:1', 'not a number'],
    ['q1 Q0 a 1 NaN tag', 'x.run:1', 'not a number'],
    ['q1 Q0 a 1 2 t\nq2 Q0 a 1 2 t\nq1 Q0 a 3 1 t', 'x.run:3', 'twice'],
  ])('refuses %j, naming %s', (text, where, reason) => {
    const error = refusal(() => parseRun(text, 'x.run'));
    expect(error).toMatchObject({ code: 'trec.format', where });
    expect(error.message).toContain(reason);
  });
});

describe('formatRun', () => {
  it('writes the six columns', () => {
    const text = formatRun([{ question: 'q1', ids: ['b', 'a'], scores: [2.5, 1] }], 'groundspeed');
    expect(text).toBe('q1 Q0 b 1 2.5 groundspeed\nq1 Q0 a 2 1 groundspeed\n');
  });

  it('writes any ranking so that it is read in the same order', () => {
    const scores = fc.array(
      fc.oneof(
        fc.constantFrom(0, -0, 1, 1 + 1e-9, 1e-45, -1),
        fc.float({ noNaN: true, noDefaultInfinity: true }),
      ),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(scores, (some) => {
        const descending = some.toSorted((a, b) => b - a);
        fc.pre(descending.at(-1)! > -3e38);
        const ids = descending.map((_, index) => `d${String(index).padStart(2, '0')}`);
        const text = formatRun([{ question: 'q', ids, scores: descending }], 't');
        expect(rankResults(parseRun(text, 'x.run').get('q')!)).toEqual(ids);
      }),
    );
  });

  it.each([
    ['white space in an id', ['a b'], [1]],
    ['a score that is not a number', ['a'], [Number.NaN]],
    ['a missing score', ['a', 'b'], [1]],
  ])('refuses %s', (_what, ids, scores) => {
    expect(refusal(() => formatRun([{ question: 'q', ids, scores }], 't')).code).toBe('trec.format');
  });

  it.each(['', 'a b', 'a\tb', 'a\n'])('could not hold the id %j, which is refused beforehand', (id) => {
    expect(refusal(() => refuseUnfitIds('document', ['fine', id]))).toMatchObject({
      code: 'trec.format',
      where: `document ${JSON.stringify(id)}`,
    });
    expect(() => refuseUnfitIds('question', ['سؤال-١', '=1'])).not.toThrow();
  });
});
