import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeRuns, readRuns } from '../../../bench/gates/kept-runs.ts';

const all = (): boolean => true;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundspeed-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('runs of a long proof', () => {
  it('go on where they were interrupted, and are kept one by one', async () => {
    const file = join(folder, 'deep/runs.json');
    const interrupted = completeRuns(
      file,
      { seed: 1 },
      {
        wanted: 3,
        counts: all,
        run: async (number) => {
          if (number === 2) throw new Error('interrupted');
          return `first ${number}`;
        },
      },
    );
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      settings: { seed: 1 },
      runs: ['first 0', 'first 1'],
    });
    const again = await completeRuns(
      file,
      { seed: 1 },
      { wanted: 3, counts: all, run: async (number) => `then ${number}` },
    );
    expect(again).toEqual(['first 0', 'first 1', 'then 2']);
    const none = await completeRuns(
      file,
      { seed: 1 },
      { wanted: 2, counts: all, run: async () => expect.unreachable() },
    );
    expect(none).toEqual(again);
  });

  it('that are invalid are kept and run again, until there are too many', async () => {
    const valid = (number: number): boolean => number >= 0;
    const outcomes = [-1, 5, -1, 7];
    const run = async () => outcomes.shift()!;
    const file = join(folder, 'some.json');
    expect(await completeRuns(file, {}, { wanted: 2, counts: valid, run })).toEqual([-1, 5, -1, 7]);
    const never = { wanted: 2, counts: valid, run: async () => -1 };
    expect(await completeRuns(join(folder, 'none.json'), {}, never)).toEqual([-1, -1, -1]);
  });

  it('of other settings are not mixed with them', async () => {
    const file = join(folder, 'runs.json');
    await completeRuns(file, { seed: 1 }, { wanted: 1, counts: all, run: async () => 'run' });
    expect(readRuns(file, { seed: 1 })).toEqual(['run']);
    expect(() => readRuns(file, { seed: 2 })).toThrow(/holds runs with \{"seed":1\}/);
  });
});
