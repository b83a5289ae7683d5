import { describe, expect, it } from 'vitest';
import { joinPhases } from '../../src/load/columns.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { mergeRows } from '../../src/load/merge.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { MATCHED_OTHER, STALE_CODES } from '../../src/records/columns.ts';
import { type CachedRow, cachedPhase } from './cached-phase.ts';

const ROWS: readonly CachedRow[] = [
  { question: 0, cache: 'miss', stale: false },
  { question: 1, cache: 'response', stale: true },
  { question: 2, cache: 'semantic', stale: false, matched: 7 },
  { question: 3, cache: 'semantic', matched: 'none of them?' },
  { question: 4, cache: 'miss', outcome: 'error' },
  { question: 5, cache: 'miss', outcome: 'dropped' },
];
const STALENESS = ['fresh', 'stale', 'fresh', 'unknown', 'unknown', 'unknown'];
const MATCHED = [0, 0, 8, MATCHED_OTHER, 0, 0];

const named = (codes: Uint8Array): (string | undefined)[] => Array.from(codes, (code) => STALE_CODES[code]);

describe('how old an answer was, and which question it was made for', () => {
  it('are kept by request, and come into the record', () => {
    const { columns } = joinPhases([cachedPhase(ROWS), cachedPhase(ROWS.slice(2, 3))], 0);
    expect(named(columns.stale)).toEqual([...STALENESS, 'fresh']);
    expect(Array.from(columns.matched)).toEqual([...MATCHED, 8]);
  });

  it('come along from other threads', () => {
    const { rows } = cachedPhase(ROWS);
    const tables = { responses: new ResponseTable(), errors: new ErrorClasses() };
    const into = new PhaseRecorder(0, { ...tables, stages: 0 });
    const errors = [{ name: 'Error', count: 1, example: 'no' }] as never;
    const columns = rows.columns();
    columns.response.fill(0xffffffff);
    mergeRows([{ columns, responses: [], errors }], into, tables);
    const verdicts = { right: new Uint8Array(6), funnel: new Uint8Array(6), classes: ['a'] };
    const joined = joinPhases([{ rows: into, verdicts }], 0).columns;
    expect(named(joined.stale)).toEqual(STALENESS);
    expect(Array.from(joined.matched)).toEqual(MATCHED);
  });

  it('take no room by request before a first match is told', () => {
    expect(cachedPhase(ROWS.slice(0, 2)).rows.matched.isTold).toBe(false);
    expect(cachedPhase(ROWS).rows.matched.isTold).toBe(true);
  });
});
