import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRetrievalMeasure } from '../../../src/measures/measure.ts';
import { DEFAULT_MEASURES, parseMeasures } from '../../../src/measures/registry.ts';

const ranking = ['a', 'b', 'c', 'd', 'e'];
const grades = new Map([
  ['a', 0],
  ['b', 2],
  ['d', 1],
  ['e', -1],
  ['x', 3],
]);

const score = (name: string, ids: readonly string[], judgements: ReadonlyMap<string, number>): number => {
  const [measure] = parseMeasures([name]).filter(isRetrievalMeasure);
  return measure!.family.score(ids, judgements, measure!.k);
};

describe('retrieval measures, worked by hand on the ranking a b c d e', () => {
  const log = Math.log2;
  const ideal = 3 + 2 / log(3) + 1 / log(4);
  it.each([
    ['ndcg', (2 / log(3) + 1 / log(5)) / ideal],
    ['ndcg@2', 2 / log(3) / (3 + 2 / log(3))],
    ['map', (1 / 2 + 2 / 4) / 3],
    ['map@3', 1 / 2 / 3],
    ['mrr', 1 / 2],
    ['precision@1', 0],
    ['precision@10', 2 / 10],
    ['recall@2', 1 / 3],
    ['recall@5', 2 / 3],
    ['success@1', 0],
    ['success@2', 1],
    ['r-precision', 1 / 3],
    // One judged and not relevant in all, so min(N, R) = 1; it stands above both.
    ['bpref', 0],
    // a, b and d of a b c d; c is unknown.
    ['judged@4', 3 / 4],
    // A grade below 0 counts as unjudged; only five documents were found.
    ['judged@10', 3 / 5],
  ])('%s is %d', (name, expected) => {
    expect(score(name, ranking, grades)).toBeCloseTo(expected, 12);
  });

  it('give bpref as the definition does', () => {
    const judged = new Map([
      ['r1', 1],
      ['r2', 1],
      ['r3', 1],
      ['n1', 0],
      ['n2', 0],
      ['n3', 0],
      ['n4', 0],
    ]);
    // r1 has nothing above it, r2 one of min(4, 3), r3 is not found.
    expect(score('bpref', ['r1', 'unjudged', 'n1', 'r2'], judged)).toBeCloseTo((1 + (1 - 1 / 3)) / 3, 12);
  });
});

const measures = parseMeasures([...DEFAULT_MEASURES, 'ndcg', 'map@5']).filter(isRetrievalMeasure);
const ids = Array.from({ length: 12 }, (_, number) => `d${number}`);
const someGrades = fc
  .array(fc.tuple(fc.constantFrom(...ids), fc.integer({ min: -1, max: 4 })), { maxLength: 12 })
  .map((pairs) => new Map(pairs));
const someRanking = fc.shuffledSubarray(ids);

describe('every retrieval measure', () => {
  it('lies between 0 and 1', () => {
    fc.assert(
      fc.property(someRanking, someGrades, (found, judgements) => {
        for (const { family, k } of measures) {
          const value = family.score(found, judgements, k);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });

  it('is 0 for an empty ranking, and 0 without relevant documents, the judged share aside', () => {
    fc.assert(
      fc.property(someRanking, someGrades, (found, judgements) => {
        const barren = new Map([...judgements].map(([id, grade]) => [id, Math.min(grade, 0)]));
        for (const { name, family, k } of measures) {
          expect(family.score([], judgements, k)).toBe(0);
          if (family.name !== 'judged') expect([name, family.score(found, barren, k)]).toEqual([name, 0]);
        }
      }),
    );
  });

  it('is 1 for the ideal ranking, as far as its cutoff lets it', () => {
    fc.assert(
      fc.property(someGrades, (judgements) => {
        const positive = [...judgements].filter(([, grade]) => grade > 0).sort(([, a], [, b]) => b - a);
        fc.pre(positive.length > 0);
        const ideal = positive.map(([id]) => id);
        for (const { name, family, k } of measures) {
          const reachable =
            family.name === 'precision'
              ? Math.min(1, ideal.length / k)
              : family.name === 'recall' || family.name === 'map'
                ? Math.min(1, k / ideal.length)
                : 1;
          expect([name, family.score(ideal, judgements, k)]).toEqual([name, expect.closeTo(reachable, 12)]);
        }
      }),
    );
  });

  it('never falls when a better document is swapped up', () => {
    const graded = measures.filter(({ family }) => family.name !== 'judged');
    fc.assert(
      fc.property(someRanking, someGrades, fc.nat(), fc.nat(), (found, judgements, first, second) => {
        fc.pre(found.length >= 2);
        const [upper, lower] = [first % found.length, second % found.length].sort((a, b) => a - b) as [
          number,
          number,
        ];
        const grade = (index: number) => judgements.get(found[index]!) ?? 0;
        fc.pre(grade(lower) > grade(upper) && grade(lower) > 0);
        const swapped = found.with(upper, found[lower]!).with(lower, found[upper]!);
        for (const { name, family, k } of graded) {
          const rise = family.score(swapped, judgements, k) - family.score(found, judgements, k);
          expect([name, rise >= -1e-12]).toEqual([name, true]);
        }
      }),
    );
  });
});
