import { describe, expect, it } from 'vitest';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { laterRows } from '../../src/load/later-rows.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { NO_RESPONSE, OUTCOMES } from '../../src/records/columns.ts';
import { RESPONSE } from './fake-target.ts';

describe('the rows behind a warm-up', () => {
  it('are those that were due from then on, with their times counted from there and all else as it was', () => {
    const tables = { responses: new ResponseTable(), errors: new ErrorClasses(), stages: 2 };
    const rows = new PhaseRecorder(4, tables);
    for (let nth = 0; nth < 40; nth += 1) {
      const row = rows.arrive(nth % 5, nth * 10);
      if (nth % 7 === 6) {
        rows.drop(row);
        continue;
      }
      rows.send(row, nth * 10 + 1);
      rows.firstToken(row, nth * 10 + 2);
      if (nth % 5 === 4) rows.fail(row, nth * 10 + 3, new Error('no'));
      else rows.complete(row, nth * 10 + 4, { ...RESPONSE, answer: `a${nth}` });
    }
    const later = laterRows(rows, 105, tables);
    expect(later.rows).toBe(29);
    for (let row = 0; row < later.rows; row += 1) {
      const before = row + 11;
      expect(later.due[row]).toBe(rows.due[before]! - 105);
      expect(later.sent[row]).toEqual(rows.sent[before]! - 105);
      expect(later.end[row]).toEqual(rows.end[before]! - 105);
      expect(later.outcome[row]).toBe(rows.outcome[before]);
      expect(later.response[row]).toBe(rows.response[before]);
      expect(later.errorClass[row]).toBe(rows.errorClass[before]);
      expect(later.stages[1]!.at(row)).toEqual(rows.stages[1]!.at(before));
      const completed = OUTCOMES[later.outcome[row]!] === 'completed';
      expect(later.response[row] === NO_RESPONSE).toBe(!completed);
    }
    expect(tables.errors.list()).toMatchObject([{ count: 7 }]);
    expect(laterRows(rows, 1e6, tables).rows).toBe(0);
  });
});
