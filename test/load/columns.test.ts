import { describe, expect, it } from 'vitest';
import { joinPhases } from '../../src/load/columns.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { NO_RESPONSE, OUTCOMES } from '../../src/records/columns.ts';
import { RESPONSE } from './fake-target.ts';

/** More rows than a recorder has room for at first; of every three, one fails and one is dropped. */
function phase(rows: number, shared: { responses: ResponseTable; errors: ErrorClasses }) {
  const recorder = new PhaseRecorder(0, { ...shared, stages: 2 });
  for (let index = 0; index < rows; index += 1) {
    const row = recorder.arrive(index % 5, index);
    if (index % 3 !== 2) recorder.send(row, index + 0.5);
    if (index % 3 === 0) recorder.complete(row, index + 9, { ...RESPONSE, stages: [index, 2] });
    if (index % 3 === 1) recorder.fail(row, index + 1, new Error('no'));
    if (index % 3 === 2) recorder.drop(row);
  }
  const verdicts = {
    right: new Uint8Array(rows).fill(1),
    funnel: new Uint8Array(rows).fill(2),
    classes: ['a', 'b', 'c'],
  };
  return { rows: recorder, verdicts };
}

describe('the rows of all phases', () => {
  it('stand one below the other, as long as the phases were, each where its phase says', () => {
    const shared = { responses: new ResponseTable(), errors: new ErrorClasses() };
    const { length, columns, stages } = joinPhases([phase(50, shared), phase(7, shared)], 2);
    expect(length).toBe(57);
    for (const column of [...Object.values(columns), ...stages]) expect(column.length).toBe(57);
    expect(columns.phase).toEqual(Uint8Array.from({ length: 57 }, (_, row) => (row < 50 ? 0 : 1)));
    for (let row = 0; row < length; row += 1) {
      const index = row < 50 ? row : row - 50;
      const outcome = (['completed', 'error', 'dropped'] as const)[index % 3]!;
      expect(OUTCOMES[columns.outcome[row]!]).toBe(outcome);
      expect(columns.due[row]).toBe(index);
      expect(columns.sent[row]).toBe(outcome === 'dropped' ? Number.NaN : index + 0.5);
      expect(columns.end[row]).toBe({ completed: index + 9, error: index + 1, dropped: Number.NaN }[outcome]);
      expect(columns.errorClass[row]).toBe(outcome === 'error' ? 1 : 0);
      expect(columns.response[row] === NO_RESPONSE).toBe(outcome !== 'completed');
      expect(stages[0]![row]).toBe(outcome === 'completed' ? index : Number.NaN);
    }
  });

  it('are none where there was no phase', () => {
    expect(joinPhases([], 3)).toMatchObject({
      length: 0,
      stages: [{ length: 0 }, { length: 0 }, { length: 0 }],
    });
  });
});
