import { describe, expect, it } from 'vitest';
import { joinPhases } from '../../src/load/columns.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { mergeRows } from '../../src/load/merge.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { isLastResort, type ResponseDegradation } from '../../src/load/target.ts';
import { DEGRADATION_CODES, type DegradationCode } from '../../src/records/columns.ts';
import { RESPONSE } from './fake-target.ts';

const LEVELS: readonly (ResponseDegradation | undefined)[] = [
  undefined,
  'none',
  'keyword',
  'none',
  'last-resort',
  'canned',
];

function recorded(
  shared: { responses: ResponseTable; errors: ErrorClasses },
  levels: readonly (ResponseDegradation | undefined)[],
): PhaseRecorder {
  // Room for one row at first: the column grows with the others.
  const recorder = new PhaseRecorder(0, { ...shared, stages: 2 });
  for (const [index, degraded] of levels.entries()) {
    const row = recorder.arrive(0, index);
    recorder.send(row, index);
    recorder.complete(row, index + 1, { ...RESPONSE, degraded, lastResort: isLastResort(degraded) });
  }
  const failed = recorder.arrive(0, levels.length);
  recorder.send(failed, levels.length);
  recorder.fail(failed, levels.length + 1, new Error('no'));
  return recorder;
}

const tables = () => ({ responses: new ResponseTable(), errors: new ErrorClasses() });
const named = (codes: Uint8Array, rows: number): (DegradationCode | undefined)[] =>
  Array.from(codes.subarray(0, rows), (code) => DEGRADATION_CODES[code]);
const EXPECTED = [...LEVELS.map((level) => level ?? 'unknown'), 'unknown'];

describe('how much less than a full answer came', () => {
  it('is kept by request, in one byte, also past the room that there was at first', () => {
    const many = Array.from({ length: 100 }, (_, index) => LEVELS[index % LEVELS.length]);
    const rows = recorded(tables(), many);
    expect(named(rows.degraded, 101)).toEqual([...many.map((level) => level ?? 'unknown'), 'unknown']);
    expect(rows.degraded.BYTES_PER_ELEMENT).toBe(1);
  });

  it('comes along from other threads, and into the record', () => {
    const [there, here] = [tables(), tables()];
    const rows = recorded(there, LEVELS);
    const into = new PhaseRecorder(0, { ...here, stages: 2 });
    const responses = Array.from({ length: there.responses.size }, (_, id) => ({
      question: there.responses.question(id),
      response: there.responses.response(id),
    }));
    const errors = [{ name: 'Error', count: 1, example: 'no' }] as never;
    mergeRows([{ columns: rows.columns(), responses, errors }], into, here);
    expect(named(into.degraded, into.rows)).toEqual(EXPECTED);
    const verdicts = { right: new Uint8Array(7), funnel: new Uint8Array(7), classes: ['a'] };
    const { columns } = joinPhases([{ rows: into, verdicts }], 2);
    expect(named(columns.degraded as Uint8Array, 7)).toEqual(EXPECTED);
  });

  it('is no answer at all for words that come of no document', () => {
    const levels = DEGRADATION_CODES.filter((code) => code !== 'unknown');
    expect(levels.filter(isLastResort)).toEqual(['canned', 'last-resort']);
    expect(isLastResort(undefined)).toBe(false);
  });
});
