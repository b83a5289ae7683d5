import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential, type Random, seededRandom } from '../../src/kernel/random.ts';
import { shareBounds, shareEvidence, sumOfShares } from '../../src/statistics/share-evidence.ts';

/** Sojourn times of a steady M/M/1 queue with service rate 1: exponential with rate 1 − ρ, by Lindley's recursion. */
function queue(utilisation: number, length: number, random: Random): Float64Array {
  const times = new Float64Array(length);
  let waiting = random.next() < utilisation ? exponential(random) / (1 - utilisation) : 0;
  for (let index = 0; index < length; index += 1) {
    times[index] = waiting + exponential(random);
    waiting = Math.max(0, times[index]! - exponential(random) / utilisation);
  }
  return times;
}

const over = (times: Float64Array, limit: number) => Uint8Array.from(times, (time) => (time > limit ? 1 : 0));
const limitOf = (utilisation: number, share: number) => -Math.log(share) / (1 - utilisation);

describe('evidence of a share, on a simulated M/M/1 queue', () => {
  const trials = 300;

  // A true .975 shows above .95 in all but one of three hundred such series.
  it.each([
    [0.5, 2000, 0.05],
    [0.8, 4000, 0.05],
    [0.9, 2000, 0.05],
    [0.9, 8000, 0.05],
    [0.8, 4000, 0.01],
    [0.95, 4000, 0.01],
  ])(
    'bounds it on either side, at utilisation %s over %s requests of which %s are late',
    (utilisation, length, share) => {
      const seed = `share/${utilisation}/${length}/${share}`;
      const random = seededRandom(seed);
      let [low, high] = [0, 0];
      for (let trial = 0; trial < trials; trial += 1) {
        const times = queue(utilisation, length, random);
        const found = shareEvidence(over(times, limitOf(utilisation, share)), { load: times });
        if (found.low! <= share) low += 1;
        if (found.high! >= share) high += 1;
      }
      expect(low / trials, seed).toBeGreaterThanOrEqual(0.95);
      expect(high / trials, seed).toBeGreaterThanOrEqual(0.95);
    },
  );

  it('does not let answers that are wrong by themselves hide those that are late in bursts', () => {
    const random = seededRandom('late or wrong');
    const truth = 0.1 + 0.9 * 0.05;
    let [apart, together] = [0, 0];
    for (let trial = 0; trial < trials; trial += 1) {
      const times = queue(0.9, 4000, random);
      const late = over(times, limitOf(0.9, 0.05));
      const wrong = late.map((one) => (one === 0 && random.next() < 0.1 ? 1 : 0));
      const parts = [late, wrong].map((ones) => shareEvidence(ones, { load: times }));
      if (sumOfShares(parts).high! >= truth) apart += 1;
      if (shareEvidence(late.map((one, index) => one + wrong[index]!)).high! >= truth) together += 1;
    }
    expect(apart / trials).toBeGreaterThanOrEqual(0.95);
    expect(together / trials).toBeLessThan(0.9);
  });
});

describe('evidence of a share that never occurred', () => {
  const none = (length: number) => new Uint8Array(length);
  const independent = Float64Array.from({ length: 4000 }, () => exponential(seededRandom(1)));

  it('rests on how the latencies lean on each other, not on the number of requests', () => {
    const random = seededRandom('none');
    const apart = Float64Array.from({ length: 4000 }, () => exponential(random));
    const calm = shareEvidence(none(4000), { load: apart });
    const busy = shareEvidence(none(4000), { load: queue(0.9, 4000, random) });
    expect(calm).toMatchObject({ estimate: 0, low: 0, size: 4000 });
    expect(calm.high!).toBeLessThan(0.005);
    expect(busy.high!).toBeGreaterThan(0.03);
    // Clopper and Pearson's bound, had the requests been independent.
    expect(calm.high!).toBeGreaterThanOrEqual(1 - 0.025 ** (1 / 4000) - 1e-12);
  });

  it('counts every request of a target that nobody waits for', () => {
    const evidence = shareEvidence(none(2000), { load: new Float64Array(2000).fill(10) });
    expect(evidence.effectiveSize).toBe(2000);
  });

  it('does not take rounding errors of equal latencies for load', () => {
    const equal = Float64Array.from({ length: 2000 }, (_, index) => index * 0.37 + 0.01 - index * 0.37);
    expect(new Set(equal).size).toBeGreaterThan(1);
    expect(shareEvidence(none(2000), { load: equal }).high!).toBeLessThan(0.005);
  });

  it('is worth the square root of the requests where nothing tells how they cluster', () => {
    expect(shareEvidence(none(10_000)).effectiveSize).toBeCloseTo(100);
    expect(shareEvidence(none(10_000)).high!).toBeCloseTo(1 - 0.025 ** (1 / 100), 6);
  });

  it('counts a latency that is missing as a high one', () => {
    const holes = independent.map((time, index) => (index >= 2000 && index < 2400 ? Number.NaN : time));
    expect(shareEvidence(none(4000), { load: holes }).high!).toBeGreaterThan(
      shareEvidence(none(4000), { load: independent }).high!,
    );
  });
});

describe('evidence of a share', () => {
  it('is withheld for fewer than a hundred requests, and for none', () => {
    const few = Uint8Array.from({ length: 99 }, (_, index) => index % 2);
    expect(shareEvidence(few, { load: Float64Array.from(few) })).toMatchObject({
      low: null,
      high: null,
      effectiveSize: null,
      size: 99,
    });
    expect(shareEvidence([])).toEqual({
      estimate: null,
      low: null,
      high: null,
      effectiveSize: null,
      size: 0,
    });
  });

  it('holds its estimate, and mirrors when ones and zeros change places', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: 100, maxLength: 600 }),
        fc.integer(),
        (ones, seed) => {
          const random = seededRandom(seed);
          const load = ones.map(() => exponential(random));
          const found = shareEvidence(ones, { load });
          const mirror = shareEvidence(
            ones.map((one) => 1 - one),
            { load },
          );
          expect(found.low!).toBeLessThanOrEqual(found.estimate!);
          expect(found.high!).toBeGreaterThanOrEqual(found.estimate!);
          expect(found.effectiveSize!).toBeLessThanOrEqual(ones.length);
          expect(mirror.low!).toBeCloseTo(1 - found.high!, 9);
          expect(mirror.high!).toBeCloseTo(1 - found.low!, 9);
        },
      ),
    );
  });

  it('mirrors at the very number of bursts that counts as enough', () => {
    const ones = Uint8Array.from({ length: 102 }, (_, index) => (index % 5 === 0 && index < 100 ? 1 : 0));
    const load = ones.map((_, index) => index);
    const mirror = shareEvidence(
      ones.map((one) => 1 - one),
      { load },
    );
    expect(mirror.effectiveSize).toBeCloseTo(shareEvidence(ones, { load }).effectiveSize!, 9);
  });

  it('is that of independent requests, nearly, where they are independent and many', () => {
    const random = seededRandom('coin');
    const ones = Uint8Array.from({ length: 20_000 }, () => (random.next() < 0.3 ? 1 : 0));
    const { low, high, effectiveSize } = shareEvidence(ones, { load: queue(0.95, 20_000, random) });
    expect(effectiveSize!).toBeGreaterThan(6000);
    expect(high! - low!).toBeLessThan(0.025);
  });
});

describe('bounds of a share', () => {
  it.each([
    [0, 10, 0, 0.3085],
    [0.5, 10, 0.1871, 0.8129],
    [1, 20, 0.8316, 1],
  ])('are those of Clopper and Pearson: %s of %s', (share, size, low, high) => {
    const bounds = shareBounds(share, size);
    expect(bounds[0]).toBeCloseTo(low, 4);
    expect(bounds[1]).toBeCloseTo(high, 4);
  });

  it('say nothing of no request at all', () => {
    expect(shareBounds(0, 0)).toEqual([0, 1]);
  });
});

describe('a sum of shares', () => {
  const random = seededRandom('sum');
  const part = (share: number) =>
    shareEvidence(Uint8Array.from({ length: 3000 }, () => (random.next() < share ? 1 : 0)));

  it('adds the estimates, and widens by less than the widths together', () => {
    const [a, b] = [part(0.1), part(0.2)];
    const sum = sumOfShares([a, b]);
    expect(sum.estimate).toBeCloseTo(a.estimate! + b.estimate!, 12);
    expect(sum.high! - sum.estimate!).toBeLessThan(a.high! - a.estimate! + b.high! - b.estimate!);
    expect(sum.high! - sum.estimate!).toBeGreaterThan(b.high! - b.estimate!);
    expect(sum.effectiveSize!).toBeLessThanOrEqual(3000);
  });

  it('is the part itself where there is one', () => {
    const one = part(0.3);
    const sum = sumOfShares([one]);
    expect(sum.low).toBeCloseTo(one.low!, 12);
    expect(sum.high).toBeCloseTo(one.high!, 12);
    expect(sum.effectiveSize! / one.effectiveSize!).toBeCloseTo(1, 1);
  });

  it('has no bounds where a part has none', () => {
    const few = shareEvidence([0, 1, 0]);
    expect(sumOfShares([few])).toMatchObject({ estimate: 1 / 3, low: null, high: null, effectiveSize: null });
    expect(sumOfShares([])).toMatchObject({ estimate: null, low: null });
  });
});
