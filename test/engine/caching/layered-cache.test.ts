import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Kept, LayeredCache } from '../../../src/engine/caching/layered-cache.ts';
import { createMemoryCache } from '../../../src/engine/caching/memory-cache.ts';
import type { Cache } from '../../../src/engine/ports.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';

interface Setting {
  readonly ttlSeconds?: number;
  readonly staleSeconds?: number;
  readonly keptSeconds?: number;
  readonly cache?: Cache<Kept<string>>;
}

function layer({ ttlSeconds = 0, staleSeconds = 0, keptSeconds, cache }: Setting = {}) {
  const clock = new ManualClock();
  const lives = ttlSeconds === 0 ? 0 : (keptSeconds ?? ttlSeconds + staleSeconds);
  const behind = cache ?? createMemoryCache<Kept<string>>({ entries: 100, ttlSeconds: lives, clock });
  return { clock, cache: new LayeredCache<string>({ cache: behind, clock, ttlSeconds, staleSeconds }) };
}

/** A computation that is told when to end, and counts. */
function work() {
  const calls: { resolve(value: string): void; reject(error: unknown): void; signal: AbortSignal }[] = [];
  const compute = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      calls.push({ resolve, reject, signal });
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { calls, compute };
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
};

const broken: Cache<Kept<string>> = {
  get: () => Promise.reject(new Error('away')),
  set: () => Promise.reject(new Error('away')),
  clear: () => Promise.reject(new Error('away')),
  statistics: () => ({ entries: 0, bytes: 0, hits: 0, misses: 0, evictions: 0 }),
};

it('counts a computation that fails as a miss like any other', async () => {
  const { cache } = layer();
  await expect(cache.through('q', () => Promise.reject(new Error('it broke')))).rejects.toThrow('it broke');
  await cache.through('q', async () => 'answer');
  expect(cache.statistics()).toMatchObject({ misses: 2, shared: 0, hits: 0 });
});

it('tells a computation whether anybody waits for it', async () => {
  const { cache, clock } = layer({ ttlSeconds: 10, staleSeconds: 10 });
  const told: boolean[] = [];
  const compute = async (_signal: AbortSignal, background: boolean): Promise<string> => {
    told.push(background);
    return 'answer';
  };
  await cache.through('q', compute);
  await clock.advance(11_000);
  expect(await cache.get('q')).toBeUndefined();
  expect(await cache.reach('q', compute)).toMatchObject({ state: 'stale', ageSeconds: 11 });
  await settle();
  expect(await cache.get('q')).toBe('answer');
  expect(told).toEqual([false, true]);
});

describe('single flight', () => {
  it('computes once for all who ask at the same time, and keeps the value', async () => {
    const { cache } = layer();
    const { calls, compute } = work();
    const asked = Array.from({ length: 20 }, () => cache.through('q', compute, { costUsd: () => 0.5 }));
    await settle();
    expect(calls).toHaveLength(1);
    calls[0]!.resolve('answer');
    const passed = await Promise.all(asked);
    expect(new Set(passed.map(({ value }) => value))).toEqual(new Set(['answer']));
    expect(passed.filter(({ shared }) => !shared)).toHaveLength(1);
    expect(await cache.through('q', compute)).toMatchObject({ state: 'hit', value: 'answer' });
    expect(calls).toHaveLength(1);
    expect(cache.statistics()).toMatchObject({ hits: 1, misses: 1, shared: 19, savedUsd: 10 });
  });

  it('goes on for the others when the one who started it leaves', async () => {
    const { cache } = layer();
    const { calls, compute } = work();
    const leader = new AbortController();
    const left = cache.through('q', compute, { signal: leader.signal });
    await settle();
    const stays = cache.through('q', compute, { signal: new AbortController().signal });
    await settle();
    leader.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(calls[0]!.signal.aborted).toBe(false);
    calls[0]!.resolve('answer');
    expect(await stays).toMatchObject({ value: 'answer', shared: true });
    expect(calls).toHaveLength(1);
  });

  it('stops once everybody has left, and begins anew for whoever comes then', async () => {
    const { cache } = layer();
    const { calls, compute } = work();
    const leavers = [new AbortController(), new AbortController()];
    const left = leavers.map(({ signal }) => cache.through('q', compute, { signal }));
    await settle();
    for (const leaver of leavers) leaver.abort(new Error('gone'));
    const later = cache.through('q', compute);
    for (const one of left) await expect(one).rejects.toThrow('gone');
    await settle();
    expect(calls[0]!.signal.aborted).toBe(true);
    expect(calls).toHaveLength(2);
    calls[1]!.resolve('anew');
    expect((await later).value).toBe('anew');
  });

  it('asks nothing for one who has left already', async () => {
    const { cache } = layer();
    const { calls, compute } = work();
    await expect(
      cache.through('q', compute, { signal: AbortSignal.abort(new Error('gone')) }),
    ).rejects.toThrow('gone');
    expect(calls).toHaveLength(0);
  });

  it('tells those who wait of a failure, and nobody later', async () => {
    const { cache } = layer();
    const { calls, compute } = work();
    const both = [cache.through('q', compute), cache.through('q', compute)];
    await settle();
    calls[0]!.reject(new Error('it broke'));
    for (const one of both) await expect(one).rejects.toThrow('it broke');
    const later = cache.through('q', compute);
    await settle();
    expect(calls).toHaveLength(2);
    calls[1]!.resolve('answer');
    expect((await later).value).toBe('answer');
  });

  it('computes anew, once for all, where the failure was only that of the one who started it', async () => {
    const { cache } = layer();
    const { calls, compute } = work();
    const [leader, ...others] = Array.from({ length: 5 }, () => cache.through('q', compute));
    await settle();
    calls[0]!.reject(new GroundspeedError('query.aborted', 'left'));
    await expect(leader).rejects.toThrow('left');
    await settle();
    expect(calls).toHaveLength(2);
    calls[1]!.resolve('answer');
    for (const other of others) expect((await other).value).toBe('answer');
    expect(calls).toHaveLength(2);
  });

  it('lets each of the others wait for as long as he may, and goes on for the rest', async () => {
    const { cache } = layer();
    const { calls, compute } = work();
    const started = cache.through('q', compute, {
      patience: () => {
        throw new Error('whoever computes has no need of it');
      },
    });
    await settle();
    const time = new AbortController();
    let ended = 0;
    const end = (): void => {
      ended += 1;
    };
    const patience = () => ({ signal: time.signal, end });
    const hurried = cache.through('q', compute, { patience });
    await settle();
    time.abort(new Error('too late'));
    await expect(hurried).rejects.toThrow('too late');
    expect(ended).toBe(1);
    expect(calls[0]!.signal.aborted).toBe(false);
    calls[0]!.resolve('answer');
    expect((await started).value).toBe('answer');
    expect(calls).toHaveLength(1);
  });

  it('is had without a look before it, for what has been looked for', async () => {
    const { cache } = layer();
    const { calls, compute } = work();
    expect(await cache.reach('q')).toBeUndefined();
    expect(await cache.reach('q')).toBeUndefined();
    const both = [cache.make('q', compute), cache.make('q', compute)];
    await settle();
    calls[0]!.resolve('answer');
    for (const one of both) expect((await one).value).toBe('answer');
    expect(await cache.reach('q')).toEqual({ value: 'answer', state: 'hit', ageSeconds: 0 });
    expect(cache.statistics()).toMatchObject({ misses: 1, shared: 1, hits: 1 });
    await expect(cache.make('r', () => Promise.reject(new Error('it broke')))).rejects.toThrow('it broke');
  });

  it('does not go on for ever about failures of others', async () => {
    const { cache } = layer();
    const { calls, compute } = work();
    const both = [cache.through('q', compute), cache.through('q', compute)].map((one) =>
      one.catch(() => 'failed'),
    );
    for (let n = 0; n < 3; n += 1) {
      await settle();
      calls[n]?.reject(new GroundspeedError('query.aborted', 'left'));
    }
    expect(await Promise.all(both)).toEqual(['failed', 'failed']);
    expect(calls.length).toBeLessThanOrEqual(2);
  });

  it('never computes a key twice at once, nor one that is kept, however askers come and go', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(2), fc.boolean(), fc.nat(6)), { maxLength: 40 }),
        async (steps) => {
          const { cache } = layer();
          const running = new Map<string, number>();
          const done = new Set<string>();
          const asked: Promise<unknown>[] = [];
          for (const [key, leaves, turns] of steps) {
            const control = new AbortController();
            const compute = async (): Promise<string> => {
              expect(running.get(`${key}`) ?? 0).toBe(0);
              expect(done.has(`${key}`)).toBe(false);
              running.set(`${key}`, 1);
              for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
              running.set(`${key}`, 0);
              done.add(`${key}`);
              return `${key}`;
            };
            // Leavers never take the last place: a computation that nobody waits for may run beside its successor.
            asked.push(cache.through(`${key}`, compute));
            if (leaves)
              asked.push(cache.through(`${key}`, compute, { signal: control.signal }).catch(() => undefined));
            for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
            control.abort(new Error('gone'));
          }
          await Promise.all(asked);
        },
      ),
    );
  });
});

describe('freshness', () => {
  it('serves a stale value at once, and makes a new one once in the background', async () => {
    const { cache, clock } = layer({ ttlSeconds: 10, staleSeconds: 20 });
    await cache.set('q', 'old', { costUsd: 0.25 });
    await clock.advance(9_999);
    const { calls, compute } = work();
    expect(await cache.through('q', compute)).toMatchObject({ value: 'old', state: 'hit' });
    await clock.advance(1);
    for (let n = 0; n < 5; n += 1) {
      expect(await cache.through('q', compute)).toMatchObject({
        value: 'old',
        state: 'stale',
        ageSeconds: 10,
      });
      await settle();
    }
    expect(calls).toHaveLength(1);
    calls[0]!.resolve('new');
    await settle();
    expect(await cache.through('q', compute)).toMatchObject({ value: 'new', state: 'hit', ageSeconds: 0 });
    expect(cache.statistics()).toMatchObject({ hits: 2, stale: 5, misses: 0 });
  });

  it('keeps the stale value when a new one cannot be made, and tries again', async () => {
    const { cache, clock } = layer({ ttlSeconds: 10, staleSeconds: 20 });
    await cache.set('q', 'old');
    await clock.advance(15_000);
    const { calls, compute } = work();
    expect((await cache.through('q', compute)).state).toBe('stale');
    calls[0]!.reject(new Error('it broke'));
    await settle();
    expect(await cache.through('q', compute)).toMatchObject({ value: 'old', state: 'stale' });
    expect(calls).toHaveLength(2);
    expect(cache.statistics().failures).toBe(1);
  });

  it('goes on making a new value when the asker who was given the stale one leaves', async () => {
    const { cache, clock } = layer({ ttlSeconds: 10, staleSeconds: 20 });
    await cache.set('q', 'old');
    await clock.advance(15_000);
    const { calls, compute } = work();
    const control = new AbortController();
    await cache.through('q', compute, { signal: control.signal });
    control.abort();
    await settle();
    expect(calls[0]!.signal.aborted).toBe(false);
  });

  it('computes again what is past both, and yet shows it to whoever looks', async () => {
    const { cache, clock } = layer({ ttlSeconds: 10, staleSeconds: 20, keptSeconds: 1000 });
    await cache.set('q', 'old', { costUsd: 0.5 });
    await clock.advance(30_000);
    expect(await cache.look('q')).toEqual({ value: 'old', state: 'expired', ageSeconds: 30, costUsd: 0.5 });
    expect(await cache.get('q')).toBeUndefined();
    expect(await cache.through('q', async () => 'new')).toMatchObject({ value: 'new', state: 'miss' });
    expect(await cache.look('q')).toMatchObject({ state: 'hit' });
    expect(await cache.look('other')).toBeUndefined();
  });

  it('lets nothing get old with a lifetime of 0', async () => {
    const { cache, clock } = layer();
    await cache.set('q', 'old');
    await clock.advance(1e11);
    expect(await cache.get('q')).toBe('old');
  });

  it('does not keep what is not to be kept', async () => {
    const { cache } = layer();
    const passed = await cache.through('q', async () => 'degraded', {
      keep: (value) => value !== 'degraded',
    });
    expect(passed.value).toBe('degraded');
    expect(await cache.get('q')).toBeUndefined();
  });
});

describe('a cache that fails', () => {
  it('is one that holds nothing', async () => {
    const { cache } = layer({ cache: broken });
    expect(await cache.get('q')).toBeUndefined();
    await cache.set('q', 'x');
    await cache.clear();
    expect(await cache.look('q')).toBeUndefined();
    expect(await cache.through('q', async () => 'answer')).toMatchObject({ value: 'answer', state: 'miss' });
    expect(cache.statistics().failures).toBeGreaterThanOrEqual(5);
  });
});

it('stops what it computes when it is closed', async () => {
  const { cache } = layer();
  const { calls, compute } = work();
  const asked = cache.through('q', compute);
  await settle();
  await cache.close();
  await expect(asked).rejects.toMatchObject({ code: 'engine.closed' });
  expect(calls[0]!.signal.aborted).toBe(true);
});
