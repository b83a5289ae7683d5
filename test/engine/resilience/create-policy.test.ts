import { describe, expect, it } from 'vitest';
import { type DependencyError, failureCauseOf } from '../../../src/engine/resilience/failure.ts';
import { createPassThrough } from '../../../src/engine/resilience/pass-through.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { policyContract } from '../../contracts/policy.ts';
import { always, broken, never, policyOf, tooMany, watch } from './policy-under-test.ts';

const query = { purpose: 'query' } as const;
const ingest = { purpose: 'ingest' } as const;
const QUICK = { queries: { retries: 0 } };

policyContract({ name: 'a policy', create: () => policyOf({ options: QUICK }).policy });
policyContract({ name: 'a remote policy', create: () => policyOf({ options: QUICK, remote: true }).policy });
policyContract({
  name: 'a policy that passes everything on',
  create: () => createPassThrough('embedder', new ManualClock()),
});

describe('the timeout of an attempt', () => {
  it('ends work that takes too long, and aborts its signal', async () => {
    const { policy, clock, of } = policyOf({ options: { ...QUICK, timeoutMs: 1000 } });
    let signal: AbortSignal | undefined;
    const seen = watch(
      policy.run((given) => {
        signal = given;
        return never();
      }, query),
    );
    await clock.advance(999);
    expect([seen.ended, signal?.aborted]).toEqual([false, false]);
    await clock.advance(40);
    expect(seen.error).toMatchObject({ code: 'dependency.timeout' });
    expect(failureCauseOf(seen.error)).toBe('timeout');
    expect(signal?.aborted).toBe(true);
    expect(of('dependency.called')).toMatchObject([{ outcome: 'timeout', attempt: 1 }]);
  });

  it('begins anew at each sign of life', async () => {
    const { policy, clock } = policyOf({ options: { ...QUICK, timeoutMs: 100 } });
    const seen = watch(
      policy.run(async (_, alive) => {
        for (let step = 0; step < 5; step += 1) {
          await clock.sleep(80 as never);
          alive();
        }
        return 'done';
      }, query),
    );
    await clock.advance(500);
    expect(seen.value).toBe('done');
  });

  it('gives a later attempt a signal of its own', async () => {
    const { policy, clock } = policyOf({ options: { timeoutMs: 100, queries: { baseMs: 0 } } });
    const signals: AbortSignal[] = [];
    const seen = watch(
      policy.run((signal) => (signals.push(signal) === 1 ? never() : Promise.resolve('ok')), query),
    );
    await clock.advance(200);
    expect(seen.value).toBe('ok');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });
});

describe('the deadline', () => {
  it('ends an attempt that has time left', async () => {
    const { policy, clock } = policyOf({ options: { timeoutMs: 5000 } });
    const seen = watch(policy.run(never, { ...query, deadline: clock.now() + 100 }));
    await clock.advance(110);
    expect(failureCauseOf(seen.error)).toBe('deadline');
  });

  it('lets nothing begin once it is past', async () => {
    const { policy, clock, of } = policyOf();
    let worked = false;
    const run = policy.run(async () => (worked = true), { ...query, deadline: clock.now() });
    await expect(run).rejects.toMatchObject({ code: 'dependency.timeout', failure: 'deadline' });
    expect(worked).toBe(false);
    expect(of('dependency.called')).toMatchObject([{ outcome: 'deadline' }]);
  });

  it('speaks against a dependency that hangs, and not against one whose caller was in a hurry', async () => {
    const { policy, clock } = policyOf();
    const hundred = policy.run(() => clock.sleep(100 as never), query);
    await clock.advance(100);
    await hundred;
    const hurried = policy.run(never, { ...query, deadline: clock.now() + 50 }).catch((error) => error);
    await clock.advance(100);
    expect(await hurried).toMatchObject({ failure: 'deadline', counts: false });
    expect(policy.health().errors).toBe(0);
    const patient = policy.run(never, { ...query, deadline: clock.now() + 1000 }).catch((error) => error);
    await clock.advance(1100);
    expect(await patient).toMatchObject({ failure: 'deadline', counts: true });
    expect(policy.health().errors).toBe(1);
  });
});

describe('retries', () => {
  it('are made after the delay that was drawn, and told', async () => {
    const { policy, clock, of } = policyOf({ random: always(0.5) });
    const times: number[] = [];
    const seen = watch(
      policy.run(async () => {
        times.push(clock.now());
        if (times.length === 1) throw broken();
        return 'ok';
      }, query),
    );
    await clock.advance(0);
    await clock.advance(200);
    expect(seen.value).toBe('ok');
    expect(times).toEqual([1000, 1050]);
    expect(of('dependency.retried')).toEqual([
      { dependency: 'embedder', purpose: 'query', delay: 50, cause: 'error' },
    ]);
    expect(of('dependency.called')).toMatchObject([
      { outcome: 'error', attempt: 1 },
      { outcome: 'ok', attempt: 2 },
    ]);
    expect(policy.health()).toMatchObject({ calls: 2, errors: 1, retries: 1 });
  });

  it('number one for a query and three for an ingest, then the last error stands', async () => {
    for (const [context, attempts] of [
      [query, 2],
      [ingest, 4],
    ] as const) {
      const { policy, clock } = policyOf({ random: always(0.99) });
      let made = 0;
      const seen = watch(
        policy.run(async () => {
          made += 1;
          throw broken(`no ${made}`);
        }, context),
      );
      await clock.advance(60_000);
      expect(made).toBe(attempts);
      expect(seen.error).toMatchObject({ message: `no ${attempts}` });
    }
  });

  it('wait as long as the dependency asks for, and their own delay', async () => {
    const { policy, clock } = policyOf({ random: always(0.5) });
    const times: number[] = [];
    const run = policy.run(async () => {
      times.push(clock.now());
      if (times.length === 1) throw tooMany(2000);
    }, query);
    await clock.advance(0);
    await clock.advance(3000);
    await run;
    expect(times).toEqual([1000, 3050]);
  });

  it('are not made where the dependency asks for longer than the longest delay', async () => {
    const { policy, clock, of } = policyOf();
    const seen = watch(policy.run(() => Promise.reject(tooMany(86_400_000)), ingest));
    await clock.advance(10);
    expect(seen.error).toMatchObject({ status: 429 });
    expect(of('retry.refused')).toEqual([{ dependency: 'embedder', why: 'deadline' }]);
  });

  it('are made only where the deadline leaves time for the delay, and for what a call takes', async () => {
    const { policy, clock, of } = policyOf({ random: always(0.5) });
    const slow = policy.run(() => clock.sleep(40 as never), query);
    await clock.advance(40);
    await slow;
    let made = 0;
    const fail = async (): Promise<never> => {
      made += 1;
      throw broken();
    };
    const late = watch(policy.run(fail, { ...query, deadline: clock.now() + 89 }));
    await clock.advance(0);
    await clock.advance(200);
    expect([made, late.ended]).toEqual([1, true]);
    expect(of('retry.refused')).toEqual([{ dependency: 'embedder', why: 'deadline' }]);
    const early = watch(policy.run(fail, { ...query, deadline: clock.now() + 91 }));
    await clock.advance(0);
    await clock.advance(200);
    expect([made, early.ended]).toEqual([3, true]);
  });

  it('are not made for what would fail again, nor once something has been passed on', async () => {
    const { policy, clock } = policyOf();
    let made = 0;
    const failing = (error: Error) => async (): Promise<never> => {
      made += 1;
      throw error;
    };
    const refused = Object.assign(new Error('no'), { status: 400 });
    const seen = [
      watch(policy.run(failing(refused), query)),
      watch(policy.run(failing(broken()), { ...query, repeatable: () => false })),
    ];
    await clock.advance(500);
    expect([made, ...seen.map(({ ended }) => ended)]).toEqual([2, true, true]);
  });

  it('stop within the budget', async () => {
    const options = {
      queries: { baseMs: 0 },
      retryBudget: { share: 0, reserve: 2 },
      breaker: { enabled: false },
    };
    const { policy, clock, of } = policyOf({ options });
    for (let call = 0; call < 5; call += 1) {
      watch(policy.run(() => Promise.reject(broken()), query));
      await clock.advance(1);
    }
    expect(of('retry.refused')).toHaveLength(3);
    expect(of('retry.refused')[0]).toEqual({ dependency: 'embedder', why: 'budget' });
  });

  it('end when the caller leaves while it waits', async () => {
    const { policy, clock } = policyOf({ random: always(0.9) });
    const caller = new AbortController();
    const seen = watch(policy.run(() => Promise.reject(broken()), { ...ingest, signal: caller.signal }));
    await clock.advance(10);
    caller.abort('left');
    await clock.advance(1);
    expect(seen.error).toBe('left');
    expect(clock.sleeping).toBeLessThanOrEqual(1); // the timer's own last sleep
  });
});

describe('the bulkhead', () => {
  const options = { ...QUICK, bulkhead: { concurrent: 2, queued: 1 }, timeoutMs: 1000 };

  it('lets so many run, so many wait, and refuses the next', async () => {
    const { policy, clock, of } = policyOf({ options });
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await clock.sleep(100 as never);
      running -= 1;
    };
    const calls = Array.from({ length: 4 }, () => watch(policy.run(work, query)));
    await clock.advance(300);
    expect(most).toBe(2);
    expect(calls.map(({ ended, error }) => [ended, (error as DependencyError)?.code])).toEqual([
      [true, undefined],
      [true, undefined],
      [true, undefined],
      [true, 'dependency.busy'],
    ]);
    expect(
      of('dependency.called').filter((event) => 'outcome' in event && event.outcome === 'busy'),
    ).toHaveLength(1);
    expect(policy.health()).toMatchObject({ calls: 3, errors: 0, status: 'healthy' });
  });

  it('holds a waiting call to its deadline, and never begins it after', async () => {
    const { policy, clock } = policyOf({ options });
    let begun = 0;
    const hanging = [1, 2].map(() => watch(policy.run(never, query)));
    const deadline = clock.now() + 50;
    const waiting = watch(policy.run(async () => (begun += 1), { ...query, deadline }));
    await clock.advance(60);
    expect(waiting.error).toMatchObject({ failure: 'deadline' });
    await clock.advance(2000);
    expect(hanging.every(({ ended }) => ended)).toBe(true);
    expect(begun).toBe(0);
  });

  it('lets a waiting call go when its caller leaves', async () => {
    const { policy, clock } = policyOf({ options });
    for (const _ of [1, 2]) watch(policy.run(never, query));
    const caller = new AbortController();
    const waiting = watch(policy.run(async () => 1, { ...query, signal: caller.signal }));
    caller.abort('left');
    await clock.advance(1);
    expect(waiting.error).toBe('left');
  });
});

describe('events', () => {
  it('cost nothing and are not made when nobody listens', async () => {
    const { policy, events } = policyOf({ listen: false });
    await policy.run(async () => 1, query);
    expect(events).toEqual([]);
  });

  it('tell how long a call took', async () => {
    const { policy, clock, of } = policyOf();
    const run = policy.run(() => clock.sleep(30 as never), query);
    await clock.advance(30);
    await run;
    expect(of('dependency.called')).toEqual([
      { dependency: 'embedder', purpose: 'query', outcome: 'ok', attempt: 1, duration: 30 },
    ]);
    expect(policy.health().responseTimeMs).toBe(30);
  });
});

it('health tells of the last failure without secrets, and of the last call', async () => {
  const { policy, clock } = policyOf({ options: QUICK });
  const secret = broken('sk-abcdef123 was refused by redis://user:pass@cache:6379');
  await policy.run(() => Promise.reject(secret), query).catch(() => undefined);
  await clock.advance(5000);
  expect(policy.health()).toMatchObject({
    lastError: '*** was refused by redis://***@cache:6379',
    lastCallAt: clock.epoch() - 5000,
    status: 'degraded',
  });
  for (let call = 0; call < 20; call += 1) await policy.run(async () => 1, query);
  expect(policy.health().status).toBe('healthy');
});
