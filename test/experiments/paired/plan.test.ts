import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksIn, planLaunches, planQuestions } from '../../../src/experiments/paired/plan.ts';

const options = fc.record({
  arms: fc.integer({ min: 2, max: 7 }),
  arrangement: fc.constantFrom('all' as const, 'against-first' as const),
  launches: fc.integer({ min: 1, max: 12 }),
  pairs: fc.integer({ min: 1, max: 5 }),
  seed: fc.integer(),
  batch: fc.constantFrom(0, 1),
});

const spread = (counts: Iterable<number>): number => {
  const all = [...counts];
  return Math.max(...all) - Math.min(...all);
};

describe('a plan of launches', () => {
  it('lets each variant of a launch run once in every round, the first round thrown away', () => {
    fc.assert(
      fc.property(options, (given) => {
        for (const { arms, rounds } of planLaunches(given)) {
          expect(rounds.map(({ pair, warmup }) => [pair, warmup])).toEqual(
            Array.from({ length: given.pairs + 1 }, (_, pair) => [pair, pair === 0]),
          );
          for (const { order } of rounds) expect([...order].sort()).toEqual([...arms].sort());
        }
      }),
    );
  });

  it('lets each variant go first as often as the others, give or take one', () => {
    fc.assert(
      fc.property(options, (given) => {
        const firsts = new Map<string, Map<number, number>>();
        for (const { arms, rounds } of planLaunches(given)) {
          const key = arms.join();
          const counts = firsts.get(key) ?? new Map(arms.map((arm) => [arm, 0]));
          for (const { warmup, order } of rounds) {
            if (!warmup) counts.set(order[0]!, counts.get(order[0]!)! + 1);
          }
          firsts.set(key, counts);
        }
        for (const counts of firsts.values()) expect(spread(counts.values())).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('numbers launches so that batch, launch and pair name one round of one group', () => {
    fc.assert(
      fc.property(options, (given) => {
        const launches = planLaunches(given);
        expect(new Set(launches.map(({ launch }) => launch)).size).toBe(launches.length);
        const groups = given.arrangement === 'all' ? 1 : given.arms - 1;
        expect(launches).toHaveLength(given.launches * groups);
        for (const { arms } of launches) {
          if (given.arrangement === 'against-first') expect(arms).toEqual([0, arms[1]]);
          else expect(arms).toHaveLength(given.arms);
        }
        const perRound = given.arrangement === 'all' ? given.arms : 2;
        expect(blocksIn(launches)).toBe(launches.length * (given.pairs + 1) * perRound);
      }),
    );
  });

  it('is the same for one seed, and another for another seed or batch', () => {
    const given = { arms: 2, arrangement: 'all', launches: 10, pairs: 3, seed: 42, batch: 0 } as const;
    const plan = JSON.stringify(planLaunches(given));
    expect(JSON.stringify(planLaunches(given))).toBe(plan);
    expect(JSON.stringify(planLaunches({ ...given, seed: 43 }))).not.toBe(plan);
    expect(JSON.stringify(planLaunches({ ...given, batch: 1 }))).not.toBe(plan);
    const seeds = planLaunches(given).flatMap(({ rounds }) => rounds.map(({ seed }) => seed));
    expect(new Set(seeds).size).toBe(40);
  });
});

describe('a plan of questions', () => {
  it('asks each chosen question of every variant once, and the first of them once more beforehand', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 4 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer(),
        (arms, questions, limit, seed) => {
          const asked = Math.min(questions, limit);
          const [launch] = planQuestions({ arms, questions, asked, seed, batch: 0 });
          const { rounds } = launch!;
          expect(rounds).toHaveLength(asked + 1);
          const measured = rounds.filter(({ warmup }) => !warmup);
          expect(new Set(measured.map(({ question }) => question)).size).toBe(asked);
          expect(rounds[0]).toMatchObject({ warmup: true, pair: 0, question: measured[0]!.question });
          for (const { order, question } of rounds) {
            expect(order).toHaveLength(arms);
            expect(question).toBeLessThan(questions);
          }
        },
      ),
    );
  });
});
