import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { largeRun } from '../../../bench/gates/large-run.ts';
import { compareRecords } from '../../../src/experiments/gate/compare-saved.ts';
import { readRunFolder, writeRunFolder } from '../../../src/experiments/run-folder.ts';
import type { QuestionRecord, RunRecord } from '../../../src/records/schema.ts';
import { sampleRun } from '../../reporting/sample-record.ts';

const SEED = 20_260_513;
const SIZES = { questions: 500, requests: 2000 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundspeed-large-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe(`a run grown from a small one (seed ${SEED})`, () => {
  it('is saved and read as any other, and what got worse in the second is found', async () => {
    const real = { record: sampleRun().record, requests: undefined };
    const records: RunRecord[] = [];
    for (const variant of [0, 1]) {
      const own = join(folder, String(variant));
      await writeRunFolder(own, largeRun(real, SIZES, { variant, seed: SEED }));
      const { record, requests } = await readRunFolder(own);
      expect(record.questions).toHaveLength(SIZES.questions);
      expect(requests).toHaveLength(SIZES.requests);
      records.push(record);
    }
    const ids = (questions: readonly QuestionRecord[] = []) => questions.map(({ id }) => id);
    expect(new Set(ids(records[0]!.questions)).size).toBe(SIZES.questions);
    expect(ids(records[1]!.questions)).toEqual(ids(records[0]!.questions));
    const { overall } = compareRecords(records, SEED, ['first', 'second']);
    expect(overall.find(({ compared }) => compared === 'ndcg@10')).toMatchObject({ word: 'worse', wins: 0 });
  });
});
