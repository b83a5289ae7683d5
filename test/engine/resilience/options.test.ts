import { describe, expect, it } from 'vitest';
import { resolveSettings } from '../../../src/config/resolve.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import {
  optionsOf,
  type ResilienceOptions,
  refuseContradictions,
  resilienceOptions,
} from '../../../src/engine/resilience/options.ts';
import { createPolicies } from '../../../src/engine/resilience/policies.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { createEmitter } from '../../../src/kernel/emitter.ts';
import type { GroundspeedError } from '../../../src/kernel/errors.ts';
import { seededRandom } from '../../../src/kernel/random.ts';

const parse = (options: object = {}): ResilienceOptions => resilienceOptions.parse(options);
const defaults = parse();
const refusal = (change: Partial<ResilienceOptions>): readonly string[] => {
  try {
    refuseContradictions({ ...defaults, ...change });
  } catch (error) {
    expect(error).toMatchObject({ code: 'config.invalid' });
    return (error as GroundspeedError).problems;
  }
  return [];
};

describe('settings of resilience that contradict each other', () => {
  it('are none of the defaults', () => {
    expect(() => refuseContradictions(parse())).not.toThrow();
    expect(() => refuseContradictions(parse({ deadlineMs: 2000 }))).not.toThrow();
  });

  it.each<[string, Partial<ResilienceOptions>]>([
    ['timeoutMs', { timeoutMs: 5000, deadlineMs: 2000 }],
    ['dependencies.cache.timeoutMs', { dependencies: { cache: { timeoutMs: 60_000 } } }],
    ['dependencies.cache.breaker.rate', { dependencies: { cache: { breaker: { rate: 0 } } } }],
    ['queries.baseMs', { queries: { ...defaults.queries, baseMs: 100, capMs: 50 } }],
    ['ingest.baseMs', { ingest: { ...defaults.ingest, capMs: 10 } }],
    ['breaker.rate', { breaker: { ...defaults.breaker, rate: 0 } }],
    ['retryBudget.reserve', { retryBudget: { share: 0.1, reserve: 0.5 } }],
    ['bulkhead.concurrent', { bulkhead: { concurrent: 0, queued: 0 } }],
    ['breaker.failures', { breaker: { ...defaults.breaker, failures: 0 } }],
    ['breaker.resetSeconds', { breaker: { ...defaults.breaker, resetSeconds: -1 } }],
    ['queries.retries', { queries: { ...defaults.queries, retries: -1 } }],
    ['deadlineMs', { deadlineMs: 0 }],
  ])('are refused, naming resilience.%s', (path, change) => {
    const problems = refusal(change);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(`resilience.${path}: `)).toBe(true);
  });

  it('are all named at once', () => {
    const problems = refusal({
      timeoutMs: 5000,
      deadlineMs: 2000,
      ingest: { ...defaults.ingest, capMs: 10 },
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'resilience.timeoutMs',
      'resilience.ingest.baseMs',
    ]);
  });

  it('are refused by the configuration, with where they come from', () => {
    const sets = ['resilience.timeoutMs=5000', 'resilience.deadlineMs=2000'];
    expect(() => resolveSettings({ env: {}, sets })).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        problems: [
          expect.stringMatching(
            /^resilience\.timeoutMs: must not be above resilience\.deadlineMs \(2000\).*--set/,
          ),
        ],
      }),
    );
  });

  it('keep policies from being made', () => {
    const options = engineSchema.parse({});
    options.resilience.bulkhead.concurrent = 0;
    const setting = { clock: new ManualClock(), random: seededRandom(1), events: createEmitter<never>() };
    expect(() => createPolicies(options, setting)).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });
});

describe('what holds for one dependency', () => {
  it('is what holds for all, and what is said of it alone', () => {
    const options = parse({
      timeoutMs: 900,
      breaker: { failures: 7 },
      dependencies: { cache: { timeoutMs: 50, breaker: { resetSeconds: 5 }, bulkhead: { queued: 0 } } },
    });
    expect(optionsOf('store', options, false)).toMatchObject({
      timeoutMs: 900,
      breaker: { failures: 7, resetSeconds: 60, mode: 'consecutive' },
      bulkhead: { concurrent: 256, queued: 1024 },
    });
    expect(optionsOf('cache', options, true)).toMatchObject({
      timeoutMs: 50,
      breaker: { failures: 7, resetSeconds: 5 },
      bulkhead: { concurrent: 256, queued: 0 },
    });
  });

  it('is a breaker of 3 failures and 30 s where a service embeds or generates, unless it says otherwise', () => {
    const short = { failures: 3, resetSeconds: 30 };
    for (const dependency of ['embedder', 'generator'] as const) {
      expect(optionsOf(dependency, parse(), true).breaker).toMatchObject(short);
      expect(optionsOf(dependency, parse(), false).breaker).toMatchObject({ failures: 5, resetSeconds: 60 });
    }
    const named = parse({ dependencies: { embedder: { breaker: { failures: 9 } } } });
    expect(optionsOf('embedder', named, true).breaker).toMatchObject({ failures: 9, resetSeconds: 30 });
    expect(optionsOf('cache', parse(), false).breaker).toMatchObject({ failures: 5, resetSeconds: 60 });
  });

  it('lets a shared cache be asked again after 5 s, since memory stands in meanwhile', () => {
    expect(optionsOf('cache', parse(), true).breaker).toMatchObject({ failures: 5, resetSeconds: 5 });
    const named = parse({ dependencies: { cache: { breaker: { resetSeconds: 9 } } } });
    expect(optionsOf('cache', named, true).breaker.resetSeconds).toBe(9);
  });

  it('has half a minute for an attempt, unless something else is said', () => {
    expect(optionsOf('embedder', parse({ deadlineMs: 2000 }), false).timeoutMs).toBe(30_000);
  });
});

describe('policies', () => {
  const setting = () => ({
    clock: new ManualClock(),
    random: seededRandom(1),
    events: createEmitter<never>(),
  });
  const failing = (): never => {
    throw Object.assign(new Error('no'), { status: 500 });
  };
  const query = { purpose: 'query' } as const;

  it('stand before every dependency', () => {
    const policies = createPolicies(engineSchema.parse({}), setting());
    expect(Object.values(policies).map(({ dependency }) => dependency)).toEqual(Object.keys(policies));
    expect(Object.keys(policies)).toEqual(['embedder', 'vectors', 'keywords', 'generator', 'cache', 'store']);
  });

  it('do nothing where resilience is switched off', async () => {
    const options = engineSchema.parse({ resilience: { enabled: false } });
    const { embedder } = createPolicies(options, setting());
    for (let call = 0; call < 10; call += 1) await expect(embedder.run(failing, query)).rejects.toThrow('no');
    expect(embedder.health()).toMatchObject({ breaker: 'closed', calls: 10, errors: 10, retries: 0 });
  });

  it('know a service by its provider', async () => {
    const options = engineSchema.parse({
      embedding: { provider: 'openai' },
      openai: { apiKey: 'k' },
      resilience: { queries: { retries: 0 } },
    });
    const { embedder, generator } = createPolicies(options, setting());
    for (let call = 0; call < 3; call += 1) {
      for (const policy of [embedder, generator]) await policy.run(failing, query).catch(() => undefined);
    }
    expect([embedder.state, generator.state]).toEqual(['open', 'closed']);
  });
});
