import { describe, expect, it } from 'vitest';
import { grouped, isTelling, saidBy, toldApart } from '../../../bench/gates/identical.ts';
import { countPairs } from '../../../bench/gates/pair-counts.ts';
import { type Found, foundBy, isFound } from '../../../bench/gates/slowdown.ts';
import type { BlockRecord, RunRecord } from '../../../src/records/schema.ts';

const FOUND: Found = {
  exitCode: 4,
  verdict: 'FAIL',
  primary: { name: 'p50', verdict: 'FAIL', why: '15.0 % slower' },
  moved: ['retrieve 0.50 → 2.00 ms (+300.0 %)'],
  rows: ['p50 FAIL'],
  counts: { pairs: 60, invalid: 0 },
  stderr: '',
};

describe('a slowdown', () => {
  it.each([
    [{}, true],
    [{ exitCode: 0 }, false],
    [{ verdict: 'INCONCLUSIVE' }, false],
    [{ primary: { ...FOUND.primary, verdict: 'PASS' } }, false],
    [{ moved: [] }, false],
    [{ moved: ['generate 9 → 10 ms', ...FOUND.moved] }, false],
    [{ moved: ['retrieve-more 9 → 10 ms'] }, false],
  ])('is found where the gate fails and names its stage first: %j', (other, expected) => {
    expect(isFound({ stage: 'retrieve', found: { ...FOUND, ...other } })).toBe(expected);
  });

  it('is not found by a gate that ended without a record', () => {
    const found = foundBy({ exitCode: 4, record: null, stderr: 'x'.repeat(5000) });
    expect(found).toMatchObject({ verdict: 'none', moved: [], counts: { pairs: 0, invalid: 0 } });
    expect(found.stderr).toHaveLength(2000);
    expect(isFound({ stage: 'retrieve', found })).toBe(false);
  });
});

describe('two identical variants', () => {
  const record = (word: string): RunRecord =>
    ({
      notes: [],
      comparison: {
        overall: [{ compared: 'right', kind: null, word: "can't tell" }],
        byKind: [{ compared: 'right', kind: 'numeric', word }],
      },
      paired: {
        offeredRate: 300,
        blocks: [],
        differences: [
          { indicator: 'p50', stage: null, word: 'same' },
          { indicator: 'p50', stage: 'retrieve', word: 'same' },
        ],
      },
    }) as unknown as RunRecord;

  it('are told apart by any word of quality or of speed', () => {
    const apart = saidBy({ exitCode: 0, record: record('better'), stderr: '' });
    expect(toldApart(apart)).toEqual([{ of: 'right (numeric)', word: 'better' }]);
    const alike = saidBy({ exitCode: 0, record: record("can't tell"), stderr: '' });
    expect(toldApart(alike)).toEqual([]);
    expect(grouped([...alike.speed, ...alike.quality])).toBe(
      "same: p50, p50 of retrieve; can't tell: right, right (numeric)",
    );
    const enough = { ...alike, counts: { pairs: 30, invalid: 22 } };
    expect(isTelling(enough)).toBe(true);
    expect(isTelling({ ...enough, counts: { pairs: 30, invalid: 23 } })).toBe(false);
    expect(isTelling({ ...enough, exitCode: 7 })).toBe(false);
  });

  it('of which nothing was said prove nothing', () => {
    for (const exitCode of [0, 7]) {
      const said = saidBy({ exitCode, record: null, stderr: '' });
      expect(isTelling(said)).toBe(false);
      expect(grouped(said.speed)).toBe('nothing was said');
    }
  });
});

describe('pairs of blocks', () => {
  it('are invalid with either block, and those of warm-up are not counted', () => {
    const block = (pair: number, valid: boolean, warmup = false): BlockRecord =>
      ({ batch: 0, launch: 0, pair, warmup, valid }) as BlockRecord;
    const blocks = [block(0, false, true), block(1, true), block(1, false), block(2, true), block(2, true)];
    expect(countPairs(blocks)).toEqual({ pairs: 2, invalid: 1 });
  });
});
