import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../../src/kernel/random.ts';
import { type OutageCourse, outage, peakPerSecond } from './outage.ts';
import { always, policyOf } from './policy-under-test.ts';

const SEEDS = [1, 2, 3];
const NO_BREAKER = { breaker: { enabled: false } };
const NO_BUDGET = { retryBudget: { share: 1, reserve: 1e6 } };

describe('under a total outage', () => {
  const course = (options: object, seed: number): Promise<OutageCourse> => {
    const { policy, clock } = policyOf({ options, random: seededRandom(seed), listen: false });
    const load = { rate: 50, seconds: 60, serviceMs: 20, purpose: 'query' } as const;
    return outage({ policy, clock, ...load, from: 0, to: 1e6 });
  };
  const amplification = ({ attempts, calls }: OutageCourse): number => attempts.length / calls;

  it.each(SEEDS)('retries make no more than 1.2 attempts of a call (seed %i)', async (seed) => {
    expect(amplification(await course({}, seed))).toBeLessThanOrEqual(1.2);
    expect(amplification(await course(NO_BREAKER, seed))).toBeLessThanOrEqual(1.2);
  });

  it('they would make two, without breaker and budget', async () => {
    expect(amplification(await course({ ...NO_BREAKER, ...NO_BUDGET }, 1))).toBeGreaterThan(1.9);
  });
});

describe('after an outage of 30 s', () => {
  const RATE = 50;
  const BACK = 40;
  // Retries for as long as the outage lasts, with which calls that fail together come back together, 31 s later.
  const ingest = { retries: 5, baseMs: 1000, factor: 2, capMs: 60_000 };
  const course = (options: object, random: Random, serviceMs = 1000): Promise<OutageCourse> => {
    const breaker = { resetSeconds: 10 };
    const held = { ingest, breaker, bulkhead: { concurrent: 4096 }, ...options };
    const { policy, clock } = policyOf({ options: held, random, listen: false });
    const load = { rate: RATE, seconds: 80, serviceMs, purpose: 'ingest' } as const;
    return outage({ policy, clock, ...load, from: 10, to: BACK });
  };
  const herd = ({ attempts }: OutageCourse): number => peakPerSecond(attempts, BACK) / RATE;
  const withoutJitter = always(1);
  /** The same for every seed, so made once. */
  const inStep = new Map<string, Promise<number>>();
  const herdInStep = (options: object, serviceMs: number): Promise<number> => {
    const key = JSON.stringify([options, serviceMs]);
    const known = inStep.get(key) ?? course(options, withoutJitter, serviceMs).then(herd);
    inStep.set(key, known);
    return known;
  };

  it.each(SEEDS)(
    'the dependency sees no more than 1.5 times its steady rate in any second (seed %i)',
    async (seed) => {
      for (const options of [{}, NO_BREAKER]) {
        expect(herd(await course(options, seededRandom(seed)))).toBeLessThanOrEqual(1.5);
      }
    },
  );

  // A second or five of service: 50 or 250 calls in flight that fail together. By how much it is worse is no promise: with
  // neither breaker nor budget some 1.1 to 1.3 times with 50 in flight, and twice with 250.
  it.each(SEEDS.flatMap((seed) => [1000, 5000].map((serviceMs) => ({ seed, serviceMs }))))(
    'it is worse without jitter, where no breaker holds retries back ($serviceMs ms, seed $seed)',
    async ({ seed, serviceMs }) => {
      for (const options of [NO_BREAKER, { ...NO_BREAKER, ...NO_BUDGET }]) {
        const jittered = herd(await course(options, seededRandom(seed), serviceMs));
        expect(await herdInStep(options, serviceMs)).toBeGreaterThan(jittered);
      }
    },
  );

  it('without breaker and budget it is a herd, with jitter or not', async () => {
    const bare = { ...NO_BREAKER, ...NO_BUDGET };
    for (const random of [seededRandom(1), withoutJitter]) {
      expect(herd(await course(bare, random))).toBeGreaterThan(1.5);
    }
  });

  it('the breaker alone keeps the herd away: with it, jitter makes no difference', async () => {
    for (const random of [seededRandom(1), withoutJitter]) {
      expect(herd(await course({}, random))).toBe(1);
    }
  });

  it.each(SEEDS)('all is well again within one reset and one probe (seed %i)', async (seed) => {
    const { answered, failedFrom } = await course({}, seededRandom(seed));
    const first = Math.min(...answered.filter((time) => time > 12));
    const between = 1 / RATE;
    expect(first).toBeLessThanOrEqual(BACK + 10 + 1 + between + 1e-6);
    expect(failedFrom(first + between)).toBe(0);
  });
});
