import { describe, expect, it, vi } from 'vitest';
import { broken, never, type PolicyBench, policyOf, watch } from './policy-under-test.ts';

const query = { purpose: 'query' } as const;
const BASE = { queries: { retries: 0 }, timeoutMs: 1000 };
const refused = Object.assign(new Error('a wrong request'), { status: 400 });

async function fail({ policy, clock }: PolicyBench, times: number, error: Error = broken()): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const seen = watch(policy.run(() => Promise.reject(error), query));
    await clock.advance(0);
    expect(seen.ended).toBe(true);
  }
}

describe('a circuit breaker', () => {
  it('opens after so many failures in a row, and then spares the dependency', async () => {
    const bench = policyOf({ options: BASE });
    await fail(bench, 4);
    await bench.policy.run(async () => 1, query);
    await fail(bench, 4);
    expect(bench.policy.state).toBe('closed');
    await fail(bench, 1);
    expect(bench.policy.state).toBe('open');
    let asked = false;
    const run = bench.policy.run(async () => (asked = true), query);
    await expect(run).rejects.toMatchObject({
      code: 'dependency.open',
      failure: 'open',
      dependency: 'embedder',
    });
    expect(asked).toBe(false);
    expect(bench.policy.health()).toMatchObject({ status: 'unhealthy', breaker: 'open', opensInSeconds: 60 });
  });

  it('does not open for wrong requests, nor for callers that leave', async () => {
    const bench = policyOf({ options: BASE });
    await fail(bench, 20, refused);
    for (let time = 0; time < 20; time += 1) {
      const caller = new AbortController();
      watch(bench.policy.run(never, { ...query, signal: caller.signal }));
      caller.abort('left');
      await bench.clock.advance(1);
    }
    expect(bench.policy.health()).toMatchObject({ breaker: 'closed', errors: 0, status: 'healthy' });
  });

  it('opens for 429, and for attempts that take too long', async () => {
    const limited = policyOf({ options: BASE });
    await fail(limited, 5, Object.assign(new Error('too many'), { status: 429 }));
    expect(limited.policy.state).toBe('open');
    const hanging = policyOf({ options: BASE });
    for (let call = 0; call < 5; call += 1) watch(hanging.policy.run(never, query));
    await hanging.clock.advance(1100);
    expect(hanging.policy.state).toBe('open');
  });

  it('lets exactly one call through after the reset, and refuses others meanwhile', async () => {
    const bench = policyOf({ options: BASE });
    await fail(bench, 5);
    await bench.clock.advance(59_999);
    let asked = 0;
    const ask = () =>
      bench.policy.run(() => {
        asked += 1;
        return bench.clock.sleep(100 as never);
      }, query);
    await expect(ask()).rejects.toMatchObject({ code: 'dependency.open' });
    await bench.clock.advance(1);
    const probe = watch(ask());
    for (let other = 0; other < 10; other += 1) {
      await expect(ask()).rejects.toMatchObject({ code: 'dependency.open' });
    }
    expect([asked, bench.policy.state]).toEqual([1, 'half-open']);
    expect(bench.policy.health().status).toBe('degraded');
    await bench.clock.advance(100);
    expect([probe.ended, bench.policy.state]).toEqual([true, 'closed']);
    expect(bench.of('breaker.changed')).toEqual([
      { dependency: 'embedder', from: 'closed', to: 'open' },
      { dependency: 'embedder', from: 'open', to: 'half-open' },
      { dependency: 'embedder', from: 'half-open', to: 'closed' },
    ]);
  });

  it('opens again for a whole reset when that call fails, and counts anew when it works', async () => {
    const bench = policyOf({ options: BASE });
    await fail(bench, 5);
    await bench.clock.advance(60_000);
    await fail(bench, 1);
    expect([bench.policy.state, bench.policy.health().opensInSeconds]).toEqual(['open', 60]);
    await bench.clock.advance(60_000);
    await bench.policy.run(async () => 1, query);
    await fail(bench, 4);
    expect(bench.policy.state).toBe('closed');
  });

  it('takes an answer to a wrong request for a sign that the dependency is back', async () => {
    const bench = policyOf({ options: BASE });
    await fail(bench, 5);
    await bench.clock.advance(60_000);
    await fail(bench, 1, refused);
    expect(bench.policy.state).toBe('closed');
    await fail(bench, 4);
    expect(bench.policy.state).toBe('closed');
  });

  it('carries the one call to its end when its caller leaves or is late', async () => {
    for (const how of ['leaves', 'is late']) {
      const bench = policyOf({ options: BASE });
      await fail(bench, 5);
      await bench.clock.advance(60_000);
      const caller = new AbortController();
      let aborted = false;
      const deadline = how === 'is late' ? { deadline: bench.clock.now() + 20 } : {};
      const seen = watch(
        bench.policy.run(
          async (signal) => {
            await bench.clock.sleep(300 as never);
            aborted = signal.aborted;
          },
          { ...query, signal: caller.signal, ...deadline },
        ),
      );
      if (how === 'leaves') caller.abort('left');
      await bench.clock.advance(50);
      expect([seen.ended, bench.policy.state]).toEqual([true, 'half-open']);
      await bench.clock.advance(300);
      expect([aborted, bench.policy.state]).toEqual([false, 'closed']);
    }
  });

  it('does not make that call wait behind calls that hang', async () => {
    const bench = policyOf({
      options: {
        ...BASE,
        timeoutMs: 30_000,
        breaker: { resetSeconds: 1 },
        bulkhead: { concurrent: 8, queued: 0 },
      },
    });
    for (let call = 0; call < 3; call += 1) watch(bench.policy.run(never, query));
    await fail(bench, 5);
    for (let call = 0; call < 5; call += 1) watch(bench.policy.run(never, query));
    await bench.clock.advance(1000);
    expect(await bench.policy.run(async () => 'back', query)).toBe('back');
  });

  it('lets calls from before it opened say nothing about what came after', async () => {
    const options = { ...BASE, timeoutMs: 30_000, breaker: { resetSeconds: 1 } };
    const bench = policyOf({ options });
    const old = watch(
      bench.policy.run(
        () => bench.clock.sleep(1050 as never).then(() => Promise.reject(broken('old'))),
        query,
      ),
    );
    await fail(bench, 5);
    await bench.clock.advance(1000);
    const probe = watch(bench.policy.run(() => bench.clock.sleep(200 as never), query));
    await bench.clock.advance(100);
    expect([old.ended, bench.policy.state]).toEqual([true, 'half-open']);
    await bench.clock.advance(200);
    expect([probe.ended, bench.policy.state]).toEqual([true, 'closed']);
  });

  it('refuses calls that waited for their place while it opened', async () => {
    const bench = policyOf({ options: { ...BASE, bulkhead: { concurrent: 1, queued: 20 } } });
    let asked = 0;
    const calls = Array.from({ length: 20 }, () =>
      watch(
        bench.policy.run(() => {
          asked += 1;
          return never();
        }, query),
      ),
    );
    await bench.clock.advance(8000);
    // Five that hang, one after another; the next one's place is free a moment before the fifth is counted.
    expect(asked).toBeLessThanOrEqual(6);
    const codes = calls.map(({ error }) => (error as { code?: string }).code);
    expect(codes.filter((code) => code === 'dependency.open').length).toBe(20 - asked);
  });

  it('does not let a jump of the calendar hold it open or open it early', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) });
    try {
      const bench = policyOf({ options: BASE });
      await fail(bench, 5);
      vi.setSystemTime(Date.UTC(2027, 0, 1));
      await expect(bench.policy.run(async () => 1, query)).rejects.toMatchObject({ code: 'dependency.open' });
      vi.setSystemTime(Date.UTC(2020, 0, 1));
      await bench.clock.advance(60_000);
      expect(await bench.policy.run(async () => 1, query)).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('stays closed where it is switched off', async () => {
    const bench = policyOf({ options: { ...BASE, breaker: { enabled: false } } });
    await fail(bench, 50);
    expect(bench.policy.health()).toMatchObject({ breaker: 'closed', errors: 50 });
  });
});

describe('a breaker that goes by rate', () => {
  const rate = { mode: 'rate', rate: 0.5, windowSeconds: 10, leastCalls: 10 };
  const bench = () => policyOf({ options: { ...BASE, breaker: rate } });

  it('opens at that share of failures, once there were enough calls', async () => {
    const held = bench();
    for (let pair = 0; pair < 4; pair += 1) {
      await held.policy.run(async () => 1, query);
      await fail(held, 1);
    }
    await held.policy.run(async () => 1, query);
    expect(held.policy.state).toBe('closed');
    await fail(held, 1);
    expect(held.policy.state).toBe('open');
  });

  it('looks back on its window only, however long nothing was asked', async () => {
    const held = bench();
    await fail(held, 9);
    await held.clock.advance(10_000);
    await fail(held, 9);
    expect(held.policy.state).toBe('closed');
    await held.clock.advance(3_600_000);
    await fail(held, 1);
    expect(held.policy.state).toBe('closed');
  });
});

describe('work that is done in this turn', () => {
  const throwing = (): never => {
    throw broken();
  };

  it('is spared by the breaker like any other, and brings it back', async () => {
    const { policy, clock } = policyOf({ dependency: 'store', options: BASE });
    for (let call = 0; call < 5; call += 1) {
      expect(() => policy.runSync(throwing)).toThrow('it broke');
      await clock.advance(0);
    }
    expect(policy.state).toBe('open');
    expect(() => policy.runSync(() => 1)).toThrow('is not asked for a while');
    await clock.advance(60_000);
    expect(policy.runSync(() => 'back')).toBe('back');
    expect(policy.state).toBe('half-open');
    await clock.advance(0);
    expect(policy.state).toBe('closed');
    expect(policy.health()).toMatchObject({ calls: 6, errors: 5 });
  });
});
