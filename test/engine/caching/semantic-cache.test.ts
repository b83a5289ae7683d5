import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentVectors } from '../../../src/engine/caching/recent-vectors.ts';
import { createSemanticCache, type SemanticOptions } from '../../../src/engine/caching/semantic-cache.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';

const clock = new ManualClock();
const made = (options: Partial<SemanticOptions> = {}) =>
  createSemanticCache<string>({
    threshold: 0.9,
    entries: 10,
    maxBytes: 1e6,
    ttlSeconds: 0,
    clock,
    ...options,
  });
/** A vector of unit length at an angle. */
const at = (degrees: number): Float32Array =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
const partition = 'p';

describe('the semantic cache', () => {
  it('answers by the nearest earlier question from the threshold on, and says which, and how near', () => {
    const cache = made();
    cache.remember({ partition, question: 'what does a dog pay', vector: at(0), value: 'far', costUsd: 1 });
    cache.remember({
      partition,
      question: 'what is the fare of a dog',
      vector: at(20),
      value: 'near',
      costUsd: 2,
    });
    const found = cache.find({ partition, question: 'what is paid for a dog', vector: at(16) });
    expect(found?.value).toBe('near');
    expect(found?.matched.question).toBe('what is the fare of a dog');
    expect(found?.matched.similarity).toBeCloseTo(Math.cos((4 * Math.PI) / 180), 6);
    expect(cache.find({ partition, question: 'what is paid for a dog', vector: at(60) })).toBeUndefined();
    expect(cache.statistics()).toMatchObject({ hits: 1, misses: 1, entries: 2, savedUsd: 2 });
  });

  it('goes on to the next nearest where a guard objects', () => {
    const cache = made();
    cache.remember({ partition, question: 'fare for 3 dogs', vector: at(0), value: 'three' });
    cache.remember({ partition, question: 'fare for 2 dogs', vector: at(8), value: 'two' });
    expect(cache.find({ partition, question: 'the fare of two dogs', vector: at(0) })?.value).toBe('two');
    expect(cache.find({ partition, question: 'the fare of 4 dogs', vector: at(0) })).toBeUndefined();
  });

  it('keeps partitions apart', () => {
    const cache = made();
    cache.remember({ partition: 'staff', question: 'what is it', vector: at(0), value: 'secret' });
    expect(cache.find({ partition: 'public', question: 'what is it', vector: at(0) })).toBeUndefined();
  });

  it('replaces the answer to the same question', () => {
    const cache = made();
    cache.remember({ partition, question: 'what is it', vector: at(0), value: 'old' });
    cache.remember({ partition, question: 'what is it', vector: at(0), value: 'new' });
    expect(cache.find({ partition, question: 'what is it', vector: at(0) })?.value).toBe('new');
    expect(cache.statistics().entries).toBe(1);
  });

  it('drops the least recently used question when full, by number and by bytes', () => {
    const cache = made({ entries: 2 });
    cache.remember({ partition, question: 'a', vector: at(0), value: 'a' });
    cache.remember({ partition, question: 'b', vector: at(45), value: 'b' });
    cache.find({ partition, question: 'a', vector: at(0) });
    cache.remember({ partition, question: 'c', vector: at(90), value: 'c' });
    expect(cache.find({ partition, question: 'b', vector: at(45) })).toBeUndefined();
    expect(cache.find({ partition, question: 'a', vector: at(0) })?.value).toBe('a');
    expect(cache.statistics()).toMatchObject({ entries: 2, evictions: 1 });

    const small = made({ maxBytes: 20_000 });
    for (let n = 0; n < 40; n += 1) {
      small.remember({ partition, question: `${n}`, vector: at(n), value: 'x'.repeat(3000) });
      expect(small.statistics().bytes).toBeLessThanOrEqual(20_000);
    }
    expect(small.statistics().entries).toBeGreaterThan(3);
    small.remember({ partition, question: 'huge', vector: at(0), value: 'x'.repeat(30_000) });
    expect(small.find({ partition, question: 'huge', vector: at(0) })).toBeUndefined();
  });

  it('forgets answers after their time, all of them on clear, and those of another model', async () => {
    const own = new ManualClock();
    const cache = made({ ttlSeconds: 10, clock: own });
    const entry = { partition, question: 'a', vector: at(0) };
    cache.remember({ ...entry, value: 'a' });
    await own.advance(9_999);
    expect(cache.find(entry)?.value).toBe('a');
    await own.advance(1);
    expect(cache.find(entry)).toBeUndefined();
    cache.remember({ ...entry, value: 'a' });
    expect(cache.find({ ...entry, vector: Float32Array.of(1, 0, 0) })).toBeUndefined();
    cache.remember({ ...entry, vector: Float32Array.of(1, 0, 0), value: 'wider' });
    expect(cache.find(entry)).toBeUndefined();
    expect(cache.statistics().entries).toBe(1);
    await cache.clear();
    expect(cache.statistics()).toMatchObject({ entries: 0, bytes: 0 });
  });

  it('takes a question without a direction for like nothing', () => {
    const cache = made({ threshold: 0 });
    cache.remember({ partition, question: 'a', vector: new Float32Array(2), value: 'a' });
    expect(cache.find({ partition, question: 'a', vector: new Float32Array(2) })).toBeUndefined();
    expect(cache.statistics().entries).toBe(0);
  });

  it('finds what looking at every kept question would find, however they come and go', () => {
    const step = fc.record({ id: fc.nat(25), group: fc.nat(2), angle: fc.nat(90), ask: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const cache = made({ entries: 8, threshold: 0.95 });
        let kept: { key: string; group: number; question: string; angle: number }[] = [];
        for (const { id, group, angle, ask } of steps) {
          const question = `w${'abcdefghijklmnopqrstuvwxyz'[id]}w`;
          const key = `${group} ${question}`;
          const vector = at(angle);
          if (!ask) {
            kept = [...kept.filter((other) => other.key !== key), { key, group, question, angle }].slice(-8);
            cache.remember({ partition: `${group}`, question, vector, value: key });
            continue;
          }
          const near = (other: { angle: number }) =>
            at(other.angle).reduce((sum, value, index) => sum + value * vector[index]!, 0);
          const best = Math.max(...kept.filter((other) => other.group === group).map(near), -2);
          const found = cache.find({ partition: `${group}`, question: 'which is it', vector });
          if (best < 0.95) expect(found).toBeUndefined();
          else {
            expect(found?.matched.similarity).toBeCloseTo(best, 6);
            const used = kept.find(({ key }) => key === found?.value)!;
            kept = [...kept.filter((other) => other !== used), used];
          }
        }
      }),
    );
  });
});

it('searches without allocating: fifty thousand searches leave the heap as it was', () => {
  const vectors = new RecentVectors(16);
  for (let slot = 0; slot < 100; slot += 1) {
    vectors.put(
      slot,
      1,
      Float32Array.from({ length: 16 }, (_, index) => Math.sin(slot * 16 + index) / 4),
    );
  }
  const query = Float32Array.from({ length: 16 }, (_, index) => Math.cos(index) / 4);
  const accept = (): boolean => true;
  const search = (times: number): void => {
    for (let n = 0; n < times; n += 1) vectors.nearest(query, 1, -1, accept);
  };
  search(50_000); // until it is compiled
  const before = process.memoryUsage().heapUsed;
  search(50_000);
  // A result of its own each time would take 1.6 MB at least.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(400_000);
});
