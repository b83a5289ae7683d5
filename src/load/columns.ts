import {
  type ColumnArrays,
  type ColumnType,
  REQUEST_COLUMNS,
  type RequestColumnName,
  type RequestColumns,
} from '../records/columns.ts';
import type { PhaseVerdicts } from './phase-setting.ts';
import type { PhaseRecorder } from './recorder.ts';

/** The rows of all phases, one below the other, as the record keeps them. */
export function joinPhases(
  phases: readonly { rows: PhaseRecorder; verdicts: PhaseVerdicts }[],
  stageCount: number,
): RequestColumns {
  const length = phases.reduce((sum, { rows }) => sum + rows.rows, 0);
  const columns = Object.fromEntries(
    Object.entries(REQUEST_COLUMNS).map(([name, type]) => [name, newColumn(type, length)]),
  ) as unknown as { [K in RequestColumnName]: ColumnArrays[(typeof REQUEST_COLUMNS)[K]] };
  const stages = Array.from({ length: stageCount }, () => new Float32Array(length));
  let start = 0;
  phases.forEach(({ rows, verdicts }, phase) => {
    const count = rows.rows;
    columns.phase.fill(phase, start, start + count);
    columns.question.set(rows.question.subarray(0, count), start);
    columns.due.set(rows.due.subarray(0, count), start);
    columns.sent.set(rows.sent.subarray(0, count), start);
    columns.first.set(rows.first.subarray(0, count), start);
    columns.end.set(rows.end.subarray(0, count), start);
    columns.outcome.set(rows.outcome.subarray(0, count), start);
    columns.errorClass.set(rows.errorClass.subarray(0, count), start);
    columns.cache.set(rows.cache.subarray(0, count), start);
    columns.right.set(verdicts.right.subarray(0, count), start);
    columns.funnel.set(verdicts.funnel.subarray(0, count), start);
    columns.response.set(rows.response.subarray(0, count), start);
    stages.forEach((stage, index) => {
      stage.set(rows.stages[index]!.subarray(0, count), start);
    });
    start += count;
  });
  return { length, columns, stages };
}

function newColumn(type: ColumnType, length: number): ColumnArrays[ColumnType] {
  const arrays = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };
  return new arrays[type](length);
}
