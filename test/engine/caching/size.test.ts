import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createMemoryCache } from '../../../src/engine/caching/memory-cache.ts';
import { createSemanticCache } from '../../../src/engine/caching/semantic-cache.ts';
import { sizeOf } from '../../../src/engine/caching/size.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes on the heap and behind typed arrays, after everything unused has gone. */
function held(): number {
  for (let turn = 0; turn < 4; turn += 1) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const vector = (n: number): Float32Array => Float32Array.from({ length: 256 }, (_, index) => (n + index) / 7);
/** A text of its own in memory: neither a slice nor a rope of another. */
const text = (n: number, length: number): string =>
  Buffer.from(`${n}-`.padEnd(length, `abc ${n} `)).toString('latin1');

const ranking = (n: number) => ({
  passages: Array.from({ length: 5 }, (_, rank) => ({
    key: n * 5 + rank,
    documentId: text(n, 18),
    title: text(n, 40),
    text: text(n, 1500),
    start: rank * 1500,
    end: rank * 1500 + 1500,
    score: 1 / (rank + n + 1.5),
    rank: rank + 1,
    metadata: { kind: text(n, 9), version: n },
  })),
  contextSize: 5,
  ranking: {
    ids: Array.from({ length: 100 }, (_, index) => text(n * 100 + index, 18)),
    scores: new Float64Array(100),
  },
  trace: { fused: { keys: new Uint32Array(100), scores: new Float64Array(100) }, vector: undefined },
});

describe('what a cache says that it takes', () => {
  // Megabytes of each: the runtime itself lets go of some when it likes.
  it.each([
    ['vectors', vector, 20_000],
    ['rankings', ranking, 1000],
    ['texts', (n: number) => ({ value: text(n, 700) }), 20_000],
    ['wide texts', (n: number) => `${text(n, 300)}`.replaceAll('a', 'ş').split('').join(''), 20_000],
  ])('is within a third of what the heap holds: %s', async (_name, make, entries) => {
    const cache = createMemoryCache<unknown>({ entries, ttlSeconds: 0, clock: new ManualClock() });
    for (let n = 0; n < 50; n += 1) await cache.set(`warm ${n}`, make(n));
    await cache.clear();
    const before = held();
    for (let n = 0; n < entries; n += 1) await cache.set(text(n, 120), make(n));
    const real = held() - before;
    const { bytes, entries: kept } = cache.statistics();
    expect(kept).toBe(entries);
    expect(bytes / real, `${bytes} said, ${real} held`).toBeGreaterThan(0.75);
    expect(bytes / real, `${bytes} said, ${real} held`).toBeLessThan(4 / 3);
  });
});

it('says of the semantic cache about what the heap holds', () => {
  const made = () =>
    createSemanticCache<object>({
      threshold: 0.9,
      entries: 600,
      maxBytes: 1e9,
      ttlSeconds: 0,
      clock: new ManualClock(),
    });
  const fill = (cache: ReturnType<typeof made>, entries: number): void => {
    for (let n = 0; n < entries; n += 1) {
      const question = `What does passenger ${n} of ${text(n, 60)} pay to Saint-Aubrac?`;
      cache.remember({ partition: 'p', question, vector: vector(n), value: ranking(n) });
    }
  };
  fill(made(), 20);
  const cache = made();
  const before = held();
  fill(cache, 600);
  const real = held() - before;
  const { bytes, entries } = cache.statistics();
  expect(entries).toBe(600);
  expect(bytes / real, `${bytes} said, ${real} held`).toBeGreaterThan(0.75);
  expect(bytes / real, `${bytes} said, ${real} held`).toBeLessThan(4 / 3);
});

describe('the size of a value', () => {
  it('counts what is reached twice once, and goes round in no circle', () => {
    const shared = { text: 'x'.repeat(1000) };
    const round: Record<string, unknown> = { a: shared, b: shared };
    round.self = round;
    expect(sizeOf(round)).toBeLessThan(1200);
    expect(sizeOf(round)).toBeGreaterThan(1000);
  });

  it('counts two bytes for a unit of a text that is not Latin-1', () => {
    expect(sizeOf('ş'.repeat(1000)) - sizeOf('s'.repeat(1000))).toBe(1000);
  });

  it('knows maps, sets and numbers', () => {
    expect(sizeOf(new Map([['a', new Uint8Array(500)]]))).toBeGreaterThan(500);
    expect(sizeOf(new Set(['x'.repeat(300)]))).toBeGreaterThan(300);
    expect(sizeOf([1, 2, 3])).toBeLessThan(sizeOf([1.5, 2.5, 3.5]) + 1);
    expect(sizeOf(undefined)).toBe(0);
    expect(sizeOf(null)).toBe(0);
  });
});
