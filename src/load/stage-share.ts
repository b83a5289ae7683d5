import { OUTCOMES } from '../records/columns.ts';
import type { PhaseRecord } from '../records/schema.ts';
import { LAG, OUTSIDE } from '../records/time-parts.ts';
import { canCarry, quantile, sortInPlace } from '../statistics/quantiles.ts';
import { toldIn } from './distribution.ts';
import type { PhaseRecorder } from './recorder.ts';
import type { ToldColumn } from './told-column.ts';

const TIMEOUT = OUTCOMES.indexOf('timeout');

/** Fewer requests have no middle and no tail to tell apart. */
const LEAST_REQUESTS = 40;

/** The slowest are those from p99 up, but never fewer than this. */
const LEAST_SLOWEST = 10;

/** Parts that are longer than the whole by more than rounding are no account of it: a wrong unit, or times that overlap. */
const OVERSTATED_SHARE = 0.01;
const OVERSTATED_MS = 1;

const orNone = (spent: number): number => (Number.isNaN(spent) ? 0 : spent);

interface StageTimes {
  /** By row; NaN where there is none. */
  readonly latency: Float64Array;
  /** As long as there are rows, for whatever use. */
  readonly room: Float64Array;
  readonly names: readonly string[];
}

type StageShare = Pick<PhaseRecord, 'stageShare' | 'stageBasis'>;

/**
 * Where the time of typical requests (p45 to p55 of the phase's latency) and of the slowest (p99 and up) went: mean
 * milliseconds by part, over those of them whose response told parts that fit. The parts are what the target tells (stages, queue), the
 * generator's lag, and the rest. Nothing where the target tells no parts, or for a handful of requests; the basis alone
 * where most of either told nothing, as timeouts do: others would then be taken for them.
 */
export function stageShare(rows: PhaseRecorder, { latency, room, names }: StageTimes): StageShare {
  const told = names.flatMap((name, stage) => {
    const column = rows.stages[stage]!;
    return column.isTold ? [{ name, column }] : [];
  });
  if (told.length === 0) return { stageShare: null };
  const sorted = sortInPlace(toldIn(room, rows.rows, (row) => latency[row]!));
  const count = sorted.length;
  if (count < LEAST_REQUESTS) return { stageShare: null };
  const [p99, tenth] = [quantile(sorted, 0.99), sorted[count - LEAST_SLOWEST]!];
  const reachesP99 = canCarry(count, 0.99) && p99 <= tenth;
  const bands = {
    typical: [quantile(sorted, 0.45), quantile(sorted, 0.55)],
    slowest: [Math.min(p99, tenth), Number.POSITIVE_INFINITY],
  } as const;
  const typical = new Band(rows, told);
  const slowest = new Band(rows, told);
  for (let row = 0; row < rows.rows; row += 1) {
    const value = latency[row]!;
    if (value >= bands.typical[0] && value <= bands.typical[1]) typical.take(row, value);
    if (value >= bands.slowest[0] && value <= bands.slowest[1]) slowest.take(row, value);
  }
  const isTold = [typical, slowest].every((band) => band.told > band.requests / 2);
  return {
    stageShare: isTold ? { typical: typical.means(), slowest: slowest.means() } : null,
    stageBasis: {
      slowestFrom: reachesP99 ? 0.99 : (count - slowest.requests) / count,
      typical: { requests: typical.requests, told: typical.told },
      slowest: { requests: slowest.requests, told: slowest.told, timeouts: slowest.timeouts },
    },
  };
}

interface ToldPart {
  readonly name: string;
  readonly column: ToldColumn;
}

/** Requests of about the same latency, and what their parts add up to. */
class Band {
  requests = 0;
  told = 0;
  timeouts = 0;
  readonly #rows: PhaseRecorder;
  readonly #parts: readonly ToldPart[];
  /** Of the parts, then of lag and of the rest. */
  readonly #sums: Float64Array;

  constructor(rows: PhaseRecorder, parts: readonly ToldPart[]) {
    this.#rows = rows;
    this.#parts = parts;
    this.#sums = new Float64Array(parts.length + 2);
  }

  take(row: number, latency: number): void {
    const [rows, parts, sums] = [this.#rows, this.#parts, this.#sums];
    this.requests += 1;
    if (rows.outcome[row] === TIMEOUT) this.timeouts += 1;
    if (parts.every(({ column }) => Number.isNaN(column.at(row)))) return;
    const lag = Math.max(0, rows.sent[row]! - rows.due[row]!);
    let rest = latency - lag;
    for (const { column } of parts) rest -= orNone(column.at(row));
    if (rest < -(latency * OVERSTATED_SHARE + OVERSTATED_MS)) return;
    this.told += 1;
    for (const [part, { column }] of parts.entries()) sums[part]! += orNone(column.at(row));
    sums[parts.length]! += lag;
    // Two clocks, and parts in single precision: together they may come out a little beyond the whole.
    sums[parts.length + 1]! += Math.max(0, rest);
  }

  means(): Record<string, number> {
    const names = [...this.#parts.map(({ name }) => name), LAG, OUTSIDE];
    return Object.fromEntries(names.map((name, part) => [name, this.#sums[part]! / this.told]));
  }
}
