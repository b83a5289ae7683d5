import { describe, expect, it } from 'vitest';
import type { CallContext, Policy } from '../../src/engine/resilience/policy.ts';

export interface PolicyUnderTest {
  readonly name: string;
  create(): Policy;
}

const query: CallContext = { purpose: 'query' };

/** What every implementation of `Policy` must do, whatever else it does when something fails. */
export function policyContract({ name, create }: PolicyUnderTest): void {
  describe(`${name} as a Policy`, () => {
    it('gives what the work gives', async () => {
      const policy = create();
      expect(await policy.run(async () => 42, query)).toBe(42);
      expect(policy.runSync(() => 'now')).toBe('now');
    });

    it('gives the work a signal that has not been aborted, and a sign of life to make', async () => {
      const seen = await create().run(async (signal, alive) => {
        alive();
        return signal.aborted;
      }, query);
      expect(seen).toBe(false);
    });

    it('fails with the very error that the work failed with', async () => {
      const policy = create();
      const error = Object.assign(new Error('a wrong request'), { status: 400 });
      await expect(policy.run(() => Promise.reject(error), query)).rejects.toBe(error);
      const thrown = (): never => {
        throw error;
      };
      await expect(policy.run(thrown, query)).rejects.toBe(error);
      expect(() => policy.runSync(thrown)).toThrow(error);
    });

    it('does no work for a caller that has left', async () => {
      const reason = new Error('left');
      let worked = false;
      const run = create().run(async () => (worked = true), { ...query, signal: AbortSignal.abort(reason) });
      await expect(run).rejects.toBe(reason);
      expect(worked).toBe(false);
    });

    it('tells the work when the caller leaves, and fails with its reason', async () => {
      const caller = new AbortController();
      const reason = new Error('left');
      const run = create().run(
        (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        { ...query, signal: caller.signal },
      );
      caller.abort(reason);
      await expect(run).rejects.toBe(reason);
    });

    it('starts out healthy, knowing nothing', () => {
      expect(create().health()).toMatchObject({
        status: 'healthy',
        breaker: 'closed',
        responseTimeMs: null,
        calls: 0,
        errors: 0,
        retries: 0,
        lastCallAt: null,
        lastError: null,
        opensInSeconds: null,
      });
    });

    it('keeps count of calls and failures, and not of what was withdrawn', async () => {
      const policy = create();
      const caller = new AbortController();
      await policy.run(async () => 1, query);
      policy.runSync(() => 1);
      await policy.run(() => Promise.reject(new Error('it broke')), query).catch(() => undefined);
      const withdrawn = policy.run(() => new Promise<void>(() => undefined), {
        ...query,
        signal: caller.signal,
      });
      caller.abort(new Error('left'));
      // Work that does not heed the signal is left behind by a policy, and held to by one that passes everything on.
      await Promise.race([withdrawn.catch(() => undefined), Promise.resolve()]);
      expect(policy.health()).toMatchObject({
        calls: 4,
        errors: 1,
        status: 'degraded',
        lastError: 'it broke',
        breaker: 'closed',
      });
    });
  });
}
