import { OUTCOMES } from '../records/columns.ts';
import type { CostRecord } from '../records/schema.ts';
import type { PhaseRecorder } from './recorder.ts';
import type { ToldColumn } from './told-column.ts';

const COMPLETED = OUTCOMES.indexOf('completed');

/**
 * Tokens and money of one phase; null where no answer tells of either. The price of a right answer is all that was
 * spent, on wrong answers too, divided by the right ones.
 */
export function costOf(rows: PhaseRecorder, counts: { right: number; good: number }): CostRecord | null {
  const input = sumOf(rows, rows.inputTokens);
  const output = sumOf(rows, rows.outputTokens);
  const usd = sumOf(rows, rows.costUsd);
  // A generator without a model tells of no tokens and no cost, as one that hides them does.
  if (input.sum + output.sum + usd.sum === 0) return null;
  const per = (count: number): number | null => (usd.told === 0 || count === 0 ? null : usd.sum / count);
  return {
    inputTokens: input.told === 0 ? null : input.sum,
    outputTokens: output.told === 0 ? null : output.sum,
    totalUsd: usd.told === 0 ? null : usd.sum,
    perQueryUsd: per(usd.told),
    perRightUsd: per(counts.right),
    perGoodUsd: per(counts.good),
    toldShare: usd.completed === 0 ? 0 : usd.told / usd.completed,
  };
}

function sumOf(rows: PhaseRecorder, values: ToldColumn): { sum: number; told: number; completed: number } {
  let [sum, told, completed] = [0, 0, 0];
  for (let row = 0; row < rows.rows; row += 1) {
    if (rows.outcome[row] !== COMPLETED) continue;
    completed += 1;
    const value = values.at(row);
    if (Number.isNaN(value)) continue;
    sum += value;
    told += 1;
  }
  return { sum, told, completed };
}
