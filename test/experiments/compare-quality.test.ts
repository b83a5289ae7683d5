import { describe, expect, it } from 'vitest';
import { compareQuality, type VariantResult } from '../../src/experiments/compare-quality.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { comparisonSchema, type QualityRecord, type QuestionRecord } from '../../src/records/schema.ts';

const SEED = 11;
const KINDS = ['lookup', 'numeric'];

const QUALITY: QualityRecord = {
  measures: [],
  retrievalAccuracy: { mean: null, ci95: null, n: 0 },
  right: { mean: null, ci95: null, n: 0 },
  unscoredShare: 0,
  funnel: {},
  slices: [],
  latencyMs: { p50: null, p95: null, p99: null, max: null },
};

/** A variant that answers each question as `answer` says: right or not, and how well it ranked. */
function variant(
  name: string,
  count: number,
  answer: (question: number) => { right: QuestionRecord['right']; ndcg: number | null },
): VariantResult {
  const questions = Array.from({ length: count }, (_, index): QuestionRecord => {
    const { right, ndcg } = answer(index);
    return {
      id: `q${index}`,
      question: `Question ${index}?`,
      kind: KINDS[index % KINDS.length]!,
      difficulty: null,
      tags: [],
      answerable: true,
      must: false,
      expected: { answers: [], forbidden: [], evidence: [], relevant: [] },
      returned: null,
      error: null,
      right,
      funnel: 'unknown',
      firstRelevantRank: null,
      scores: { 'ndcg@10': ndcg },
      latencyMs: 1,
    };
  });
  return { name, settings: [`retrieval.mode=${name}`], quality: QUALITY, questions };
}

const chance = (random: Random, share: number): 'right' | 'wrong' =>
  random.next() < share ? 'right' : 'wrong';

describe('comparing the quality of variants', () => {
  it('finds what one does better, question by question, and says so of the later one', () => {
    const random = seededRandom(SEED);
    const base = Array.from({ length: 200 }, () => random.next());
    const worse = variant('plain', 200, (question) => ({
      right: base[question]! < 0.5 ? 'right' : 'wrong',
      ndcg: base[question]! * 0.8,
    }));
    const better = variant('tuned', 200, (question) => ({
      right: base[question]! < 0.65 ? 'right' : 'wrong',
      ndcg: Math.min(1, base[question]! * 0.8 + 0.1),
    }));
    const { overall, byKind, variants } = compareQuality([worse, better], SEED);
    const gained = base.filter((value) => value >= 0.5 && value < 0.65).length;
    expect(overall.map(({ a, b, compared, word }) => [a, b, compared, word])).toEqual([
      ['plain', 'tuned', 'right', 'better'],
      ['plain', 'tuned', 'ndcg@10', 'better'],
    ]);
    expect(overall[0]).toMatchObject({ wins: gained, ties: 200 - gained, losses: 0, n: 200 });
    expect(overall[0]!.mean).toBeCloseTo(gained / 200, 12);
    const [low, high] = overall[1]!.ci95!;
    expect(low).toBeLessThanOrEqual(overall[1]!.mean! + 1e-9);
    expect(high).toBeGreaterThanOrEqual(overall[1]!.mean! - 1e-9);
    expect(byKind.map(({ kind, n }) => [kind, n])).toEqual([
      ['lookup', 100],
      ['numeric', 100],
      ['lookup', 100],
      ['numeric', 100],
    ]);
    expect(variants[1]!.scores.right).toHaveLength(200);
    // The other way round it is worse by as much.
    const turned = compareQuality([better, worse], SEED).overall[0]!;
    expect(turned).toMatchObject({ word: 'worse', losses: gained });
    expect(turned.mean).toBeCloseTo(-overall[0]!.mean!, 12);
  });

  it('finds nothing between a variant and itself', () => {
    const random = seededRandom(SEED);
    const answers = Array.from({ length: 60 }, () => ({ right: chance(random, 0.6), ndcg: random.next() }));
    const same = (name: string) => variant(name, 60, (question) => answers[question]!);
    const { overall } = compareQuality([same('a'), same('b')], SEED);
    for (const row of overall)
      expect(row).toMatchObject({ mean: 0, p: 1, adjustedP: 1, detectable: null, word: "can't tell" });
  });

  it('leaves out what is unscored for either, and tests nothing where nothing is left', () => {
    const scored = variant('a', 40, (question) => ({
      right: question < 10 ? 'unscored' : 'right',
      ndcg: null,
    }));
    const other = variant('b', 40, (question) => ({ right: question >= 35 ? 'unscored' : 'wrong', ndcg: 1 }));
    const { overall } = compareQuality([scored, other], SEED);
    expect(overall[0]).toMatchObject({ compared: 'right', n: 25, mean: -1, word: 'worse', losses: 25 });
    expect(overall[1]).toMatchObject({
      compared: 'ndcg@10',
      n: 0,
      mean: null,
      p: null,
      adjustedP: null,
      word: "can't tell",
    });
  });

  it('compares every pair, each p adjusted over the rows of its table, and fits the record', () => {
    const random = seededRandom(SEED);
    const variants = ['a', 'b', 'c', 'd'].map((name) =>
      variant(name, 50, () => ({ right: chance(random, 0.5), ndcg: random.next() })),
    );
    const comparison = compareQuality(variants, SEED);
    expect(comparison.overall).toHaveLength(12);
    expect(comparison.byKind).toHaveLength(24);
    for (const { p, adjustedP } of comparison.overall) expect(adjustedP!).toBeGreaterThanOrEqual(p!);
    expect(comparisonSchema.parse(comparison)).toEqual(comparison);
    expect(compareQuality(variants, SEED)).toEqual(comparison);
  });

  it('names a difference in few of the comparisons of variants that do not differ', () => {
    const random = seededRandom(SEED);
    let alarms = 0;
    for (let run = 0; run < 60; run += 1) {
      const alike = ['a', 'b', 'c'].map((name) =>
        variant(name, 60, () => ({ right: chance(random, 0.6), ndcg: random.next() })),
      );
      const { overall } = compareQuality(alike, run);
      if (overall.some(({ word }) => word !== "can't tell")) alarms += 1;
    }
    // At most 5 % of 60: three are expected, ten or more in one seed of two thousand.
    expect(alarms, `seed ${SEED}`).toBeLessThan(10);
  });
});
