import type { RequestColumns } from '../../records/columns.ts';
import type { RunRecord } from '../../records/schema.ts';
import { LEVELS } from '../drill.ts';
import { servedSeconds, stateAt, stateBands, UNANSWERED, UNNAMED } from '../drill-timeline.ts';
import { type Cell, write } from './cells.ts';

/** One line a second of each arm: counts, p95 in ms, attempts that reached each dependency, and the state of each breaker. */
export function renderDrillSecondsCsv({ drill }: RunRecord, columns?: RequestColumns): string {
  const arms = drill?.arms ?? [];
  const named = (names: readonly string[]): string[] => [...new Set(names)];
  const dependencies = named(arms.flatMap((arm) => arm.dependencies.map(({ dependency }) => dependency)));
  const breakers = named(arms.flatMap((arm) => arm.transitions.map(({ dependency }) => dependency)));
  const levels = columns === undefined ? ['none', UNNAMED, UNANSWERED] : [...LEVELS, UNANSWERED];
  const rows = arms.flatMap((arm) => {
    const served = servedSeconds(arm, columns);
    const bands = stateBands(arm, drill!.durationMs);
    return arm.seconds.map(({ arrivals, available, right, p95 }, second): Cell[] => [
      arm.name,
      second,
      drill!.faults.some(({ fromMs, toMs }) => fromMs < (second + 1) * 1000 && toMs > second * 1000),
      arrivals,
      available,
      right,
      p95,
      ...levels.map((level) => served[second]!.served[level] ?? 0),
      ...dependencies.map(
        (name) => arm.dependencies.find(({ dependency }) => dependency === name)?.perSecond[second] ?? null,
      ),
      ...breakers.map((name) => {
        const band = bands.find(({ dependency }) => dependency === name);
        return band === undefined ? 'closed' : stateAt(band, second * 1000);
      }),
    ]);
  });
  return write([
    [
      'arm',
      'second',
      'faulty',
      'arrivals',
      'available',
      'right',
      'p95_ms',
      ...levels.map((level) => `served_${level}`),
      ...dependencies.map((name) => `attempts_${name}`),
      ...breakers.map((name) => `breaker_${name}`),
    ],
    ...rows,
  ]);
}

/** One line a window of each arm; shares as numbers from 0 to 1, durations in ms. */
export function renderDrillWindowsCsv({ drill }: RunRecord): string {
  const arms = drill?.arms ?? [];
  const windows = arms.flatMap((arm) => arm.windows.map((window) => ({ arm, window })));
  const measures = [...new Set(windows.flatMap(({ window }) => window.measures.map(({ name }) => name)))];
  const levels = [...new Set([...LEVELS, ...windows.flatMap(({ window }) => Object.keys(window.degraded))])];
  return write([
    [
      ...['arm', 'window', 'from_ms', 'to_ms', 'arrivals', 'availability', 'availability_low'],
      ...['availability_high', 'attainment', 'attainment_low', 'attainment_high', 'right'],
      ...['goodput_per_second', 'p50_ms', 'p95_ms', 'p99_ms', 'valid'],
      ...measures,
      ...levels.map((level) => `served_${level}`),
    ],
    ...windows.map(({ arm, window }): Cell[] => [
      arm.name,
      window.name,
      window.fromMs,
      window.toMs,
      window.arrivals,
      window.availability,
      window.availabilityCi95?.[0] ?? null,
      window.availabilityCi95?.[1] ?? null,
      window.attainment,
      window.attainmentCi95?.[0] ?? null,
      window.attainmentCi95?.[1] ?? null,
      window.right,
      window.goodputPerSecond,
      window.latencyMs.p50,
      window.latencyMs.p95,
      window.latencyMs.p99,
      arm.valid,
      ...measures.map((name) => window.measures.find((one) => one.name === name)?.mean ?? null),
      ...levels.map((level) => window.degraded[level] ?? 0),
    ]),
  ]);
}
