import {
  type ColumnArrays,
  type ColumnType,
  REQUEST_COLUMNS,
  type RequestColumnName,
  type RequestColumns,
} from '../records/columns.ts';
import type { PhaseVerdicts } from './phase-setting.ts';
import type { PhaseRecorder } from './recorder.ts';
import type { ToldColumn } from './told-column.ts';

/** Columns that the record takes from the rows as they are. */
const TAKEN = [
  'question',
  'due',
  'sent',
  'end',
  'outcome',
  'errorClass',
  'cache',
  'response',
  'degraded',
  'stale',
] as const;

/**
 * The rows of all phases, one below the other, as the record keeps them. They are moved, not copied: column by column the
 * phases give theirs away, and are empty afterwards. A million rows would be too many to have twice.
 */
export function joinPhases(
  phases: readonly { rows: PhaseRecorder; verdicts: PhaseVerdicts }[],
  stageCount: number,
): RequestColumns {
  const counts = phases.map(({ rows }) => rows.rows);
  const length = counts.reduce((sum, count) => sum + count, 0);
  const starts = counts.map((_, phase) => counts.slice(0, phase).reduce((sum, count) => sum + count, 0));
  const join = (name: RequestColumnName, columnOf: (phase: number) => ColumnArrays[ColumnType]) => {
    const into = newColumn(REQUEST_COLUMNS[name], length);
    for (const [phase, start] of starts.entries()) {
      into.set(columnOf(phase).subarray(0, counts[phase]!), start);
    }
    return into;
  };
  const joinTold = <To extends Float32Array | Float64Array>(
    into: To,
    told: (rows: PhaseRecorder) => ToldColumn,
  ): To => {
    into.fill(Number.NaN);
    for (const [phase, start] of starts.entries()) {
      told(phases[phase]!.rows).copyTo(into, start, counts[phase]!);
    }
    return into;
  };
  const columns = {
    phase: join('phase', (phase) => new Uint8Array(counts[phase]!).fill(phase)),
    ...Object.fromEntries(
      TAKEN.map((name) => [name, join(name, (phase) => phases[phase]!.rows.giveAway(name))]),
    ),
    first: joinTold(new Float64Array(length), ({ first }) => first),
    // What was not told is NaN, which a whole number takes for 0.
    matched: Uint32Array.from(joinTold(new Float32Array(length), ({ matched }) => matched)),
    right: join('right', (phase) => phases[phase]!.verdicts.right),
    funnel: join('funnel', (phase) => phases[phase]!.verdicts.funnel),
  } as unknown as RequestColumns['columns'];
  const stages = Array.from({ length: stageCount }, (_, stage) =>
    joinTold(new Float32Array(length), (rows) => rows.stages[stage]!),
  );
  return { length, columns, stages };
}

function newColumn(type: ColumnType, length: number): ColumnArrays[ColumnType] {
  const arrays = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };
  return new arrays[type](length);
}
