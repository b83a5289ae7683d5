import type { EngineOptions } from '../../engine/options.ts';
import type { CacheStatistics } from '../../engine/ports.ts';
import type { Dependency } from '../../engine/resilience/options.ts';
import type { DependencyHealth } from '../../engine/resilience/policy.ts';
import {
  type ComponentHealth,
  type Components,
  type Detail,
  type HealthState,
  worstOf,
} from './component.ts';
import { diskHealth } from './disk.ts';
import type { Parts } from './readiness.ts';
import type { StandingCheck } from './standing-check.ts';

/** What is looked at by itself, besides what questions find. */
export interface Checks {
  readonly store: StandingCheck;
  readonly index: StandingCheck;
  /** Undefined where it is not known which disk the index is on. */
  readonly disk: StandingCheck | undefined;
}

export interface Found {
  readonly dependencies: readonly DependencyHealth[];
  readonly checks: Checks;
  readonly caches: Readonly<Record<string, CacheStatistics | undefined>>;
  readonly options: Pick<EngineOptions, 'retrieval' | 'embedding' | 'caching'>;
  /** Also tells what dependencies said when they failed; else only that they did. */
  readonly particulars: boolean;
}

/** Milliseconds after which a check that does not end is a bad sign. An ingest may hold one up for a while. */
const CHECK_MS = 30_000;
/** Checks that failed so: their dependency's policy knows, and knows more. */
const KNOWN_TO_POLICY = /^dependency\./;

type Of = (dependency: Dependency) => DependencyHealth;

/** Keyword where no vectors are made, whatever the setting is. */
export function searchMode({ retrieval, embedding }: Found['options']): EngineOptions['retrieval']['mode'] {
  return embedding.provider === 'none' ? 'keyword' : retrieval.mode;
}

/** The state of each part that an answer needs. */
export function partsOf(found: Found): Parts {
  const of = lookup(found);
  const mode = searchMode(found.options);
  // The check tries the index of vectors where there is one.
  const checked = checkState(found.checks.index);
  const vectors = mode === 'keyword' ? 'healthy' : worstOf([of('vectors').status, checked]);
  const keywords = worstOf([of('keywords').status, ...(mode === 'keyword' ? [checked] : [])]);
  return {
    store: worstOf([of('store').status, checkState(found.checks.store)]),
    vectors,
    keywords,
    embedder: mode === 'keyword' ? 'healthy' : of('embedder').status,
    generator: of('generator').status,
  };
}

/** What `/health` shows of the parts; those that are not in use are left out. */
export function componentsOf(found: Found): Components {
  const of = lookup(found);
  const { checks, particulars } = found;
  const parts = partsOf(found);
  const mode = searchMode(found.options);
  const asked = (dependency: Dependency): ComponentHealth => dependencyComponent(of(dependency), particulars);
  return {
    store: withCheck(asked('store'), { check: checks.store, status: parts.store }),
    index: indexComponent(found, of, parts),
    ...(mode !== 'keyword' && { embedder: asked('embedder') }),
    generator: asked('generator'),
    cache: cacheComponent(found, asked('cache')),
    ...(checks.disk && { disk: diskHealth(checks.disk) }),
  };
}

function lookup({ dependencies }: Found): Of {
  const known = new Map(dependencies.map((one) => [one.dependency, one]));
  return (dependency) => known.get(dependency)!;
}

function checkState({ end, runningMs }: StandingCheck): HealthState {
  const failed = end?.failure !== undefined && !KNOWN_TO_POLICY.test(end.failure.code);
  if (failed) return 'unhealthy';
  return runningMs > CHECK_MS ? 'degraded' : 'healthy';
}

const iso = (epoch: number | null): string | null => (epoch === null ? null : new Date(epoch).toISOString());

function dependencyComponent(
  {
    status,
    responseTimeMs,
    calls,
    errors,
    retries,
    breaker,
    lastCallAt,
    lastError,
    opensInSeconds,
  }: DependencyHealth,
  particulars: boolean,
): ComponentHealth {
  return {
    status,
    response_ms: responseTimeMs,
    calls,
    errors,
    last_check: iso(lastCallAt),
    details: {
      breaker,
      retries,
      ...(opensInSeconds !== null && { retried_in_s: opensInSeconds }),
      ...(particulars && lastError !== null && { last_error: lastError }),
    },
  };
}

/** A component that questions use and a check tries, as one. */
function withCheck(
  component: ComponentHealth,
  { check, status }: { readonly check: StandingCheck; readonly status: HealthState },
): ComponentHealth {
  const { end, runs, errors, runningMs } = check;
  const last = Math.max(end?.at ?? 0, component.last_check === null ? 0 : Date.parse(component.last_check));
  return {
    status,
    response_ms: component.response_ms ?? end?.tookMs ?? null,
    calls: component.calls + runs,
    errors: component.errors + errors,
    last_check: last === 0 ? null : iso(last),
    details: {
      ...component.details,
      ...end?.facts,
      ...(end?.failure && { reason: end.failure.code }),
      ...(runningMs > 1000 && { checking_ms: Math.round(runningMs) }),
    },
  };
}

function indexComponent({ checks, options, particulars }: Found, of: Of, parts: Parts): ComponentHealth {
  const mode = searchMode(options);
  const searched = { vector: ['vectors'], keyword: ['keywords'], hybrid: ['vectors', 'keywords'] } as const;
  const names = searched[mode];
  const all = names.map((name) => dependencyComponent(of(name), particulars));
  const down = names.filter((name) => parts[name] === 'unhealthy').length;
  const worst = worstOf(names.map((name) => parts[name]));
  const details = Object.assign(
    {},
    ...names.map((name, index) =>
      Object.fromEntries(
        Object.entries(all[index]!.details).map(([key, value]) => [`${name}_${key}`, value]),
      ),
    ),
  ) as Record<string, Detail>;
  const component: ComponentHealth = {
    status: worst,
    response_ms: Math.max(...all.map(({ response_ms }) => response_ms ?? -1)),
    calls: all.reduce((sum, { calls }) => sum + calls, 0),
    errors: all.reduce((sum, { errors }) => sum + errors, 0),
    last_check:
      all
        .map(({ last_check }) => last_check ?? '')
        .sort()
        .at(-1) || null,
    details,
  };
  // One of two searches is left.
  const status = down > 0 && down < names.length ? 'degraded' : worst;
  const response_ms = component.response_ms === -1 ? null : component.response_ms;
  return withCheck({ ...component, response_ms }, { check: checks.index, status });
}

/** Where a shared cache is away, this process's memory stands in: that costs time, and never an answer. */
function cacheComponent({ caches, options }: Found, asked: ComponentHealth): ComponentHealth {
  const { enabled, redisUrl } = options.caching;
  const details: Record<string, Detail> = {
    backend: !enabled ? 'none' : redisUrl === undefined ? 'memory' : 'redis',
    ...asked.details,
  };
  for (const [layer, statistics] of Object.entries(caches)) {
    if (statistics === undefined) continue;
    const { entries, bytes, hits, misses, evictions } = statistics;
    Object.assign(details, {
      [`${layer}_entries`]: entries,
      [`${layer}_bytes`]: bytes,
      [`${layer}_hits`]: hits,
      [`${layer}_misses`]: misses,
      [`${layer}_evictions`]: evictions,
    });
  }
  return { ...asked, status: asked.status === 'healthy' ? 'healthy' : 'degraded', details };
}
