import { DEGRADATION_CODES, OUTCOMES, type RequestColumns } from '../records/columns.ts';
import type { DrillArmRecord } from '../records/schema.ts';
import { LEVELS } from './drill.ts';
import { phaseRows } from './series.ts';

/** What the timeline of a drill is drawn from, second by second. */

const COMPLETED = OUTCOMES.indexOf('completed');
const SECOND = 1000;

/** How an arrival was served: a level of degradation, less than full (where its level is not known), or not at all. */
export const UNNAMED = 'degraded';
export const UNANSWERED = 'unanswered';

export interface ServedSecond {
  readonly second: number;
  readonly arrivals: number;
  /** Arrivals by how they were served. */
  readonly served: Readonly<Record<string, number>>;
}

/** Second by second how arrivals were served: by level with the request columns, else full, less, or not at all. */
export function servedSeconds(arm: DrillArmRecord, columns: RequestColumns | undefined): ServedSecond[] {
  const counted = columns === undefined ? undefined : servedFrom(arm, columns);
  return arm.seconds.map(({ arrivals, available, degraded }, second) => ({
    second,
    arrivals,
    served: counted?.[second] ?? {
      none: available - degraded,
      [UNNAMED]: degraded,
      [UNANSWERED]: arrivals - available,
    },
  }));
}

function servedFrom(arm: DrillArmRecord, columns: RequestColumns): Record<string, number>[] | undefined {
  const counts = arm.seconds.map((): Record<string, number> => ({}));
  const { due, outcome, degraded } = columns.columns;
  const rows = phaseRows(columns, arm.phase);
  for (const row of rows) {
    const second = counts[Math.floor(due[row]! / SECOND)];
    if (second === undefined) continue;
    const level = outcome[row] === COMPLETED ? levelOf(degraded[row]!) : UNANSWERED;
    second[level] = (second[level] ?? 0) + 1;
  }
  return rows.length === 0 ? undefined : counts;
}

/** A target that never tells is taken at its word: what it answers is all it has. */
function levelOf(code: number): string {
  const name = DEGRADATION_CODES[code] ?? 'unknown';
  return name === 'unknown' ? 'none' : name;
}

/** How arrivals were served anywhere, best first. */
export function servedLevels(seconds: readonly ServedSecond[]): string[] {
  const found = new Set(
    seconds.flatMap(({ served }) => Object.keys(served).filter((level) => served[level]! > 0)),
  );
  return [...LEVELS.slice(0, -1), UNNAMED, LEVELS.at(-1)!, UNANSWERED].filter((level) => found.has(level));
}

export interface StateSpan {
  readonly fromMs: number;
  readonly toMs: number;
  /** closed, open or half-open. */
  readonly state: string;
}

export interface StateBand {
  readonly dependency: string;
  readonly spans: readonly StateSpan[];
}

/** The states of every breaker that changed, from the beginning of the timeline to its end. */
export function stateBands({ transitions }: DrillArmRecord, durationMs: number): StateBand[] {
  const names = [...new Set(transitions.map(({ dependency }) => dependency))];
  return names.map((dependency) => {
    const own = transitions
      .filter((one) => one.dependency === dependency && one.atMs < durationMs)
      .toSorted((a, b) => a.atMs - b.atMs);
    const first = transitions.find((one) => one.dependency === dependency)!;
    const states = [{ atMs: 0, to: first.from }, ...own];
    return {
      dependency,
      spans: states
        .map(({ atMs, to }, index) => ({
          fromMs: Math.max(0, atMs),
          toMs: states[index + 1]?.atMs ?? durationMs,
          state: to,
        }))
        .filter(({ fromMs, toMs }) => toMs > fromMs),
    };
  });
}

/** The state in which a breaker is at a moment. */
export const stateAt = ({ spans }: StateBand, atMs: number): string =>
  spans.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs)?.state ?? '';

/** The state that tells most of a time: a trial (half-open) before open before closed. */
export function stateWithin({ spans }: StateBand, fromMs: number, toMs: number): string {
  const found = spans.filter((span) => span.fromMs < toMs && span.toMs > fromMs).map(({ state }) => state);
  return ['half-open', 'open'].find((state) => found.includes(state)) ?? found[0] ?? '';
}

const BARS = '▁▂▃▄▅▆▇█';

/** Of nothing at all. */
const NONE = '·';

/** A line of bars, one a value, up to the largest; a dot for 0, a space where there is none. */
export function sparkline(values: readonly (number | null)[], most?: number): string {
  const top = most ?? Math.max(0, ...values.map((value) => value ?? 0));
  return values
    .map((value) => {
      if (value === null) return ' ';
      if (value <= 0) return NONE;
      const step = Math.round((value / top) * (BARS.length - 1));
      return BARS[Math.min(BARS.length - 1, Math.max(0, step))]!;
    })
    .join('');
}
