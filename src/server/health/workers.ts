import {
  COMPONENTS,
  type ComponentHealth,
  type Components,
  type HealthReport,
  type HealthState,
  worstOf,
} from './component.ts';

/** The workers of a service, counted. */
export interface WorkerCounts {
  readonly expected: number;
  readonly healthy: number;
  readonly degraded: number;
  readonly unhealthy: number;
  /** Being replaced, or without an answer. */
  readonly away: number;
  /** Whether documents can be taken in. */
  readonly writer: 'working' | 'away';
}

export interface ServiceHealth extends HealthReport {
  readonly workers: WorkerCounts;
}

/**
 * The health of a service of several workers: the worst of them, with sums of what was counted. It is ready as long as one of its
 * workers is, for the others answer on the same port.
 */
export function healthOfWorkers(
  reports: readonly HealthReport[],
  { expected, writer }: Pick<WorkerCounts, 'expected' | 'writer'>,
): ServiceHealth {
  const states = reports.map(({ status }): HealthState => (status === 'draining' ? 'unhealthy' : status));
  const count = (state: HealthState): number => states.filter((one) => one === state).length;
  const away = expected - reports.length;
  const isWhole = away === 0 && writer === 'working';
  const told = new Set(reports.flatMap(({ reasons }) => reasons));
  return {
    status: worstOf([...states, isWhole ? 'healthy' : 'degraded']),
    ready: reports.some(({ ready }) => ready),
    reasons: [
      ...told,
      ...(away > 0 ? [`${away} of ${expected} workers: away`] : []),
      ...(writer === 'away' ? ['writer: away'] : []),
    ],
    queue: {
      running: sum(reports.map(({ queue }) => queue.running)),
      waiting: sum(reports.map(({ queue }) => queue.waiting)),
      head_age_ms: Math.max(0, ...reports.map(({ queue }) => queue.head_age_ms)),
      overloaded: reports.some(({ queue }) => queue.overloaded),
      refused: sums(reports.map(({ queue }) => queue.refused)),
    },
    components: componentsOfAll(reports.map(({ components }) => components)),
    workers: {
      expected,
      healthy: count('healthy'),
      degraded: count('degraded'),
      unhealthy: count('unhealthy'),
      away,
      writer,
    },
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

function sums(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = new Set(counts.flatMap((one) => Object.keys(one)));
  return Object.fromEntries([...names].map((name) => [name, sum(counts.map((one) => one[name] ?? 0))]));
}

function componentsOfAll(all: readonly Components[]): Components {
  const entries = COMPONENTS.flatMap((name) => {
    const ones = all.flatMap((components) => components[name] ?? []);
    return ones.length === 0 ? [] : [[name, worstComponent(ones)] as const];
  });
  return Object.fromEntries(entries);
}

/** The details are those of the worst; among equals, of the one with the most errors. */
function worstComponent(ones: readonly ComponentHealth[]): ComponentHealth {
  const status = worstOf(ones.map((one) => one.status));
  const shown = ones
    .filter((one) => one.status === status)
    .reduce((most, one) => (one.errors > most.errors ? one : most));
  const checks = ones.flatMap(({ last_check }) => last_check ?? []).sort();
  return {
    ...shown,
    calls: sum(ones.map(({ calls }) => calls)),
    errors: sum(ones.map(({ errors }) => errors)),
    last_check: checks.at(-1) ?? null,
  };
}
