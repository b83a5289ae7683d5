import { engineSchema } from '../../../src/engine/options.ts';
import { DEPENDENCIES, type Dependency } from '../../../src/engine/resilience/options.ts';
import type { DependencyHealth } from '../../../src/engine/resilience/policy.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { type ErrorCode, GroundspeedError } from '../../../src/kernel/errors.ts';
import type { Found } from '../../../src/server/health/components.ts';
import { StandingCheck } from '../../../src/server/health/standing-check.ts';

export function dependency(name: Dependency, more: Partial<DependencyHealth> = {}): DependencyHealth {
  return {
    dependency: name,
    status: 'healthy',
    breaker: 'closed',
    responseTimeMs: 3,
    calls: 10,
    errors: 0,
    retries: 0,
    lastCallAt: Date.UTC(2026, 0, 2),
    lastError: null,
    opensInSeconds: null,
    ...more,
  };
}

export const OPEN = {
  status: 'unhealthy',
  breaker: 'open',
  errors: 5,
  lastError: 'connect ECONNREFUSED 10.0.0.1',
  opensInSeconds: 42,
} as const satisfies Partial<DependencyHealth>;

export interface MadeFound {
  readonly settings?: object;
  readonly not?: Partial<Record<Dependency, Partial<DependencyHealth>>>;
  /** Codes of the checks that fail. */
  readonly failing?: Partial<Record<'store' | 'index', ErrorCode>>;
  readonly particulars?: boolean;
}

/** What is found of an engine in which all is well, but for what is not. */
export async function found({
  settings = {},
  not = {},
  failing = {},
  particulars = true,
}: MadeFound = {}): Promise<Found> {
  const clock = new ManualClock();
  const check = async (name: 'store' | 'index'): Promise<StandingCheck> => {
    const code = failing[name];
    const one = new StandingCheck(
      async () => {
        if (code !== undefined) throw new GroundspeedError(code, 'no');
        return { chunks: 7 };
      },
      { forMs: 1000, clock },
    );
    await one.run().catch(() => undefined);
    return one;
  };
  return {
    dependencies: DEPENDENCIES.map((name) => dependency(name, not[name])),
    checks: { store: await check('store'), index: await check('index'), disk: undefined },
    caches: { response: { entries: 1, bytes: 2, hits: 3, misses: 4, evictions: 5 }, semantic: undefined },
    options: engineSchema.parse(settings),
    particulars,
  };
}
