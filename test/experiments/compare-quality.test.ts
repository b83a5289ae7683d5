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
    for (let run = 0; run < 40; run += 1) {
      const alike = ['a', 'b', 'c'].map((name) =>
        variant(name, 60, () => ({ right: chance(random, 0.6), ndcg: random.next() })),
      );
      const { overall } = compareQuality(alike, run);
      if (overall.some(({ word }) => word !== "can't tell")) alarms += 1;
    }
    // At most 5 % of 40: two are expected, eight or more in one seed of a thousand.
    expect(alarms, `seed ${SEED}`).toBeLessThan(8);
  });
});

/** The same questions with other fields. */
const changed = (
  result: VariantResult,
  change: (question: QuestionRecord, index: number) => Partial<QuestionRecord>,
): VariantResult => ({
  ...result,
  questions: result.questions.map((question, index) => ({ ...question, ...change(question, index) })),
});

const answering = (answer: string | null, top = 'd1'): Partial<QuestionRecord> => ({
  expected: { answers: ['1712'], forbidden: [], evidence: [], relevant: [] },
  returned: {
    answer,
    abstained: false,
    confidence: null,
    passages: null,
    citations: null,
    ranking: [top, 'd9'],
  },
});

describe('questions that flip from one variant to another', () => {
  const right = (index: number): 'right' | 'wrong' => (index % 2 === 0 ? 'right' : 'wrong');
  const all = (name: string) => variant(name, 40, (index) => ({ right: right(index), ndcg: 1 }));
  const a = changed(all('a'), () => answering('In 1712.'));

  it('are counted and kept with both answers, those that broke first', () => {
    const b = changed(all('b'), (question, index) => {
      if (index === 7) return { ...answering('It was 1712.'), right: 'right' };
      if (index === 8) return { ...answering('No idea.'), right: 'wrong' };
      if (index === 9) return answering('In 1712.', 'd2');
      return { ...answering('In 1712.'), right: question.right };
    });
    const { flipped } = compareQuality([a, b], SEED);
    expect(flipped).toMatchObject([{ a: 'a', b: 'b', total: 3, broke: 1, mended: 1 }]);
    expect(flipped![0]!.flips.map(({ id }) => id)).toEqual(['q8', 'q7', 'q9']);
    expect(flipped![0]!.flips[0]).toMatchObject({
      before: 'right',
      after: 'wrong',
      answerBefore: 'In 1712.',
      answerAfter: 'No idea.',
    });
    expect(flipped![0]!.flips[2]).toMatchObject({ topBefore: ['d1', 'd9'], topAfter: ['d2', 'd9'] });
  });

  it('are not those whose ranking differs further down', () => {
    const b = changed(a, () => ({ returned: { ...a.questions[0]!.returned!, ranking: ['d1', 'd3'] } }));
    expect(compareQuality([a, b], SEED).flipped).toMatchObject([{ total: 0, flips: [] }]);
  });

  it('are told in full number, of which the record keeps some, whatever the number of pairs', () => {
    const many = Array.from({ length: 12 }, (_, nth) =>
      changed(
        variant(`v${nth}`, 200, () => ({ right: 'right', ndcg: 1 })),
        () => answering(`Answer ${nth}.`),
      ),
    );
    const { flipped } = compareQuality(many, SEED);
    expect(flipped).toHaveLength(66);
    expect(flipped!.every(({ total, flips }) => total === 200 && flips.length === 9)).toBe(true);
    const two = compareQuality(many.slice(0, 2), SEED).flipped!;
    expect(two[0]).toMatchObject({ total: 200, broke: 0, mended: 0 });
    expect(two[0]!.flips).toHaveLength(100);
  });
});

describe('variants that were asked again and again', () => {
  const SHARES = { plain: 0.5, tuned: 0.6 };
  const RUNS = 5;

  /** Answers to one question resemble each other: each has a chance of its own. */
  function sampled(name: keyof typeof SHARES, count: number, random: Random): VariantResult {
    const chances = Array.from({ length: count }, () => (random.next() < SHARES[name] ? 0.95 : 0.05));
    const [first, ...again] = Array.from({ length: RUNS }, () =>
      changed(
        variant(name, count, (index) => ({ right: chance(random, chances[index]!), ndcg: chances[index]! })),
        ({ right }) => answering(right),
      ),
    );
    return { ...first!, again: again.map(({ quality, questions }) => ({ quality, questions })) };
  }

  it('are compared by the mean of each question, however often that was asked', () => {
    const random = seededRandom(SEED);
    const [a, b] = [sampled('plain', 100, random), sampled('tuned', 100, random)];
    const comparison = compareQuality([a, b], SEED);
    expect(comparison.repeats).toBe(RUNS);
    expect(comparisonSchema.parse(comparison)).toEqual(comparison);
    const [row] = comparison.overall;
    expect(row!.n).toBe(100);
    const [mine] = comparison.variants;
    const askings = [a.questions, ...a.again!.map(({ questions }) => questions)];
    const means = a.questions.map(
      (_, index) => askings.filter((questions) => questions[index]!.right === 'right').length / RUNS,
    );
    expect(mine!.scores.right).toEqual(means);
    expect(mine!.differing).toBe(means.filter((share) => share > 0 && share < 1).length);
    // Five times as many answers are not five times as many questions.
    const once = compareQuality(
      [
        { ...a, again: [] },
        { ...b, again: [] },
      ],
      SEED,
    ).overall[0]!;
    const width = ({ ci95 }: typeof once): number => ci95![1] - ci95![0];
    expect(width(row!)).toBeGreaterThan(0.7 * width(once));
    expect(once.n).toBe(row!.n);
  });

  it('tells two that are alike apart as rarely as ever', () => {
    const random = seededRandom(SEED);
    let alarms = 0;
    for (let run = 0; run < 40; run += 1) {
      const { overall } = compareQuality([sampled('plain', 60, random), sampled('plain', 60, random)], run);
      if (overall.some(({ word }) => word !== "can't tell")) alarms += 1;
    }
    // At most 5 % of 40: two are expected, eight or more in one seed of a thousand. Counted answer by answer it would be most.
    expect(alarms, `seed ${SEED}`).toBeLessThan(8);
  });

  it('show a question as it came out most often, and say nothing of repeats where there were none', () => {
    const asked = (right: 'right' | 'wrong') => {
      const given = variant('a', 10, () => ({ right, ndcg: right === 'right' ? 1 : 0 }));
      const { quality, questions } = changed(given, () => answering(right));
      return { quality, questions };
    };
    const fickle: VariantResult = {
      name: 'a',
      settings: [],
      ...asked('wrong'),
      again: [asked('right'), asked('right')],
    };
    const steady: VariantResult = { name: 'b', settings: [], ...asked('wrong') };
    const { flipped, variants, overall } = compareQuality([fickle, steady], SEED);
    expect(flipped![0]).toMatchObject({ broke: 10, mended: 0 });
    expect(variants.map(({ differing }) => differing)).toEqual([10, 0]);
    expect(overall[0]!.mean).toBeCloseTo(-2 / 3, 12);
    const without = compareQuality([steady, { ...steady, name: 'c' }], SEED);
    expect(without.repeats).toBeUndefined();
    expect(without.variants[0]).not.toHaveProperty('differing');
  });
});

describe('variants that cut documents otherwise', () => {
  const WITHIN = 'evidence-recall@500tokens';
  const cut = (name: string, size: number, more: Partial<QuestionRecord>): VariantResult => ({
    ...changed(
      variant(name, 60, () => ({ right: 'right', ndcg: 0.5 })),
      (_, index) => ({
        scores: {
          'ndcg@10': 0.5,
          'evidence-recall@2000tokens': 1,
          [WITHIN]: index % 3 === 0 ? size / 1000 : 1,
        },
        ...more,
      }),
    ),
    settings: [`chunking.size=${size}`],
  });

  it('are compared by the evidence within a budget of tokens besides', () => {
    const results = [cut('small', 100, answering('1712')), cut('large', 400, answering('1712'))];
    const { overall, notes } = compareQuality(results, SEED, { within: WITHIN });
    expect(overall.map(({ compared }) => compared)).toEqual(['right', 'ndcg@10', WITHIN]);
    expect(overall[2]).toMatchObject({ word: 'better', wins: 20, ties: 40 });
    expect(notes).toEqual([
      expect.stringMatching(/within 500 tokens .*not by measures of the first k passages/),
    ]);
    // Without a word about it, by what was measured of it.
    expect(compareQuality(results, SEED).overall[2]!.compared).toBe('evidence-recall@2000tokens');
  });

  it('are not compared by right answers that are k passages', () => {
    const byPassages = {
      ...answering(null),
      expected: { answers: [], forbidden: [], evidence: [], relevant: ['d1'] },
    };
    const results = [cut('small', 100, byPassages), cut('large', 400, byPassages)];
    const { overall, variants, notes } = compareQuality(results, SEED, { within: WITHIN });
    expect(overall.map(({ compared }) => compared)).toEqual(['ndcg@10', WITHIN]);
    expect(variants[0]!.scores).not.toHaveProperty('right');
    expect(notes!.join(' ')).toMatch(
      /60 questions are judged right by their first passages, and are left out/,
    );
  });

  it('are told apart from those that cut alike, whatever else they set', () => {
    const alike = ['a', 'b'].map((name) => ({ ...cut(name, 100, {}), settings: [`retrieval.topK=${name}`] }));
    const { overall, notes } = compareQuality(alike, SEED, { within: WITHIN });
    expect(overall.map(({ compared }) => compared)).toEqual(['right', 'ndcg@10']);
    expect(notes).toBeUndefined();
    const said = alike.map((one, index) => ({ ...one, chunking: `{"size":${index}}` }));
    expect(compareQuality(said, SEED, { within: WITHIN }).overall).toHaveLength(3);
  });
});
