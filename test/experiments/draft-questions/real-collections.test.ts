import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { datasetGenerate } from '../../../src/cli/dataset-generate.ts';
import { readGoldenSet } from '../../../src/datasets/read.ts';
import { checkSet } from '../../../src/experiments/dataset-check/check-set.ts';
import { memoryWorld } from '../../cli-unit/memory-world.ts';
import { folderOf } from '../../datasets/folders.ts';
import { hasShared, sharedPath } from '../../shared.ts';

const TIDEWATER = fileURLToPath(new URL('../../../datasets/tidewater', import.meta.url));

/** Drafts, accepts all, and checks the golden set that comes of it. */
async function acceptedSet(documents: string) {
  const folder = folderOf({});
  const review = join(folder, 'drafts', 'review.csv');
  const flags = { size: 60, seed: 11, color: false, quiet: true };
  const world = memoryWorld();
  await datasetGenerate(world, [documents], { ...flags, output: join(folder, 'drafts'), method: 'cloze' });
  writeFileSync(review, readFileSync(review, 'utf8').replaceAll(/^(g\d+),/gm, '$1,accept'));
  const set = join(folder, 'set');
  await datasetGenerate(world, [], { ...flags, output: set, accept: review });
  return set;
}

async function expectSound(documents: string): Promise<void> {
  const set = await acceptedSet(documents);
  const golden = await readGoldenSet(set, { strict: true });
  expect(golden.questions).toHaveLength(60);
  const { checks } = await checkSet(set, { depth: 10, sheet: false, seed: 1 });
  const errors = checks.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'error');
  expect(errors).toEqual([]);
  const leaks = checks.filter(({ name }) => name === 'leaked-answer' || name === 'duplicate-questions');
  for (const { status } of leaks) expect(status).toBe('passed');
}

describe('drafts without a model, all accepted', () => {
  it('make a golden set of tidewater that the checks find nothing wrong with', async () => {
    await expectSound(TIDEWATER);
  });

  it.skipIf(!hasShared()).each(['scifact', 'cranfield', 'squad2-dev-half', 'xquad-es'])(
    'and of %s',
    async (name) => {
      await expectSound(sharedPath(`datasets/${name}`));
    },
    60_000,
  );
});
