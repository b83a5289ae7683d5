import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kernel/random.ts';
import { DurationHistogram } from '../../src/statistics/histogram.ts';
import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';

const HOUR = 3_600_000;

/** Durations in milliseconds of every size, from below a microsecond to an hour. */
const duration = fc.oneof(
  fc.double({ min: 0, max: 5, noNaN: true }),
  fc.double({ min: 0, max: 1000, noNaN: true }),
  fc.double({ min: 0, max: HOUR, noNaN: true }),
  fc.integer({ min: 0, max: 4_000_000 }).map((micros) => micros / 1000),
);
const anything = fc.oneof(
  duration,
  fc.constantFrom(Number.NaN, -3, 2 * HOUR, 1e300, Number.POSITIVE_INFINITY, -0),
);
const durations = fc.array(duration, { minLength: 1, maxLength: 300 });

const histogramOf = (...lists: ArrayLike<number>[]): DurationHistogram => {
  const histogram = new DurationHistogram();
  for (const list of lists) histogram.recordMany(list);
  return histogram;
};

const merged = (...histograms: DurationHistogram[]): DurationHistogram => {
  const all = new DurationHistogram();
  for (const histogram of histograms) all.merge(histogram);
  return all;
};

describe('a quantile of a histogram', () => {
  it('is within 0.1 % or a microsecond of the sample that it stands for', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 0, max: 1000 }), (samples, perMille) => {
        const exact = quantile(sortSamples(samples), perMille / 1000);
        const told = histogramOf(samples).quantile(perMille / 1000);
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(Math.max(exact / 1000, 0.001));
      }),
      { numRuns: 1000 },
    );
  });

  it('is that of the same rank as of samples, though p × n is off in its last digit', () => {
    const samples = Array.from({ length: 100 }, (_, index) => (index + 1) ** 2);
    const histogram = histogramOf(samples);
    for (let percent = 0; percent <= 100; percent += 1) {
      const exact = quantile(sortSamples(samples), percent / 100);
      expect(Math.abs(histogram.quantile(percent / 100) - exact)).toBeLessThanOrEqual(exact / 1000);
    }
  });

  it('is so wherever the widths of the cells change', () => {
    for (let power = 0; power < 32; power += 1) {
      for (const micros of [2 ** power - 1, 2 ** power, 2 ** power + 1, 1.5 * 2 ** power]) {
        const ms = micros / 1000;
        const told = histogramOf([0, ms, 4_294_967]).quantile(0.5);
        expect(Math.abs(told - ms)).toBeLessThanOrEqual(Math.max(ms / 1000, 0.001));
      }
    }
  });

  it('never exceeds the largest sample nor falls below the smallest', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (samples, p) => {
        const told = histogramOf(samples).quantile(p);
        expect(told).toBeGreaterThanOrEqual(Math.min(...samples));
        expect(told).toBeLessThanOrEqual(Math.max(...samples));
      }),
    );
  });
});

describe('a histogram', () => {
  it('knows count, smallest and largest exactly, and the mean to the nanosecond', () => {
    fc.assert(
      fc.property(durations, (samples) => {
        const histogram = histogramOf(samples);
        expect(histogram.count).toBe(samples.length);
        expect(histogram.min).toBe(Math.min(...samples));
        expect(histogram.max).toBe(Math.max(...samples));
        const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
        expect(Math.abs(histogram.mean - mean)).toBeLessThanOrEqual(0.000_000_6 + mean * 1e-12);
        expect(histogram.clamped).toBe(0);
      }),
    );
  });

  it('has no figures before anything is recorded, and none after it is cleared', () => {
    const histogram = histogramOf([1, 2, 5 * HOUR]);
    histogram.clear();
    for (const empty of [new DurationHistogram(), histogram, merged(new DurationHistogram())]) {
      expect([empty.count, empty.clamped]).toEqual([0, 0]);
      expect([empty.min, empty.max, empty.mean, empty.quantile(0.5)]).toEqual(Array(4).fill(Number.NaN));
    }
  });

  it('leaves out what did not happen', () => {
    const histogram = histogramOf([Number.NaN, 3, Number.NaN]);
    expect([histogram.count, histogram.clamped, histogram.mean]).toEqual([1, 0, 3]);
  });

  it('takes an hour and more; past its range it clamps, counts, and keeps the mean true', () => {
    const histogram = histogramOf([1, HOUR, 4_294_967, 5 * HOUR, -2]);
    expect([histogram.count, histogram.clamped]).toEqual([5, 2]);
    expect([histogram.min, histogram.max]).toEqual([-2, 5 * HOUR]);
    expect(histogram.mean).toBeCloseTo((1 + HOUR + 4_294_967 + 5 * HOUR - 2) / 5, 6);
    expect(histogram.quantile(0.8)).toBeGreaterThan(4_294_967 * 0.999);
    expect(histogram.quantile(0.6) / HOUR).toBeCloseTo(1, 3);
    const endless = histogramOf([Number.POSITIVE_INFINITY, 1]);
    expect([endless.count, endless.clamped]).toEqual([2, 1]);
    expect(Number.isFinite(endless.mean)).toBe(true);
  });

  it('allocates nothing for a value', () => {
    const random = seededRandom(4);
    const values = Float64Array.from({ length: 200_000 }, () => random.next() * 1000);
    const histogram = new DurationHistogram();
    const growths = Array.from({ length: 15 }, () => {
      const before = process.memoryUsage().heapUsed;
      histogram.recordMany(values);
      return process.memoryUsage().heapUsed - before;
    });
    // A number on the heap for each would be 2.4 MB a round. The first rounds are not yet compiled; a collection may fall
    // into one.
    expect(growths.sort((a, b) => a - b)[7]).toBeLessThan(200_000);
  });
});

describe('merging histograms', () => {
  const lists = fc.array(fc.array(anything, { maxLength: 60 }), { minLength: 1, maxLength: 5 });

  it('equals recording everything in one, in whatever order and grouping', () => {
    fc.assert(
      fc.property(lists, (parts) => {
        const all = histogramOf(...parts).encode();
        const each = parts.map((part) => histogramOf(part));
        expect(merged(...each).encode()).toEqual(all);
        expect(merged(...each.toReversed()).encode()).toEqual(all);
        expect(merged(each[0]!, merged(...each.slice(1))).encode()).toEqual(all);
      }),
    );
  });

  it('is undone by subtracting, but for the extremes, which are then as near as quantiles', () => {
    fc.assert(
      fc.property(durations, durations, (kept, gone) => {
        const histogram = histogramOf(kept, gone);
        histogram.subtract(histogramOf(gone));
        const [left, only] = [histogram, histogramOf(kept)].map((one) => one.encode());
        expect([left!.cells, left!.counts]).toEqual([only!.cells, only!.counts]);
        expect(left!.totals.slice(0, 4)).toEqual(only!.totals.slice(0, 4));
        for (const [told, exact] of [
          [histogram.min, Math.min(...kept)],
          [histogram.max, Math.max(...kept)],
        ] as const) {
          expect(Math.abs(told - exact)).toBeLessThanOrEqual(Math.max(exact / 1000, 0.001));
        }
      }),
    );
  });

  it('leaves nothing when all is subtracted, and refuses to subtract what was never merged', () => {
    const histogram = histogramOf([1, 2]);
    expect(() => histogram.subtract(histogramOf([1, 3]))).toThrow('does not contain it');
    histogram.subtract(histogramOf([1, 2]));
    expect(histogram.encode()).toEqual(new DurationHistogram().encode());
    histogram.record(7);
    expect([histogram.min, histogram.max]).toEqual([7, 7]);
  });
});

describe('an encoded histogram', () => {
  it('crosses to another thread, where it is the same again', () => {
    const { port1, port2 } = new MessageChannel();
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 200 }), (values) => {
        const histogram = histogramOf(values);
        const encoded = histogram.encode();
        const buffers = [encoded.cells.buffer, encoded.counts.buffer, encoded.totals.buffer];
        port1.postMessage(encoded, buffers);
        const arrived = DurationHistogram.decode(receiveMessageOnPort(port2)!.message);
        expect(arrived.encode()).toEqual(histogram.encode());
        expect(arrived.quantile(0.9)).toEqual(histogram.quantile(0.9));
      }),
    );
    port1.close();
  });

  it('is as small as the cells that hold something', () => {
    const { cells, counts } = histogramOf([1, 1, 1, 20, 300, 300]).encode();
    expect([[...cells].length, [...counts]]).toEqual([3, [3, 1, 2]]);
  });

  it.each([
    ['array lengths', { counts: new Float64Array(2) }],
    ['array lengths', { totals: new Float64Array(3) }],
    ['cells', { cells: Uint16Array.of(65_000, 65_001, 65_002) }],
    ['cells', { cells: Uint16Array.of(5, 5, 6) }],
    ['counts', { counts: Float64Array.of(1, 0, 2) }],
    ['counts', { counts: Float64Array.of(1, Number.NaN, 2) }],
    ['total', { counts: Float64Array.of(1, 1, 2) }],
  ])('is refused when malformed: %s', (what, wrong) => {
    const encoded = histogramOf([1, 2, 3]).encode();
    expect(() => DurationHistogram.decode({ ...encoded, ...wrong })).toThrow(`its ${what} cannot be`);
  });
});
