import { describe, expect, it } from 'vitest';
import { POISONS, poisonedBatch } from '../../../src/experiments/drill/poison.ts';
import { seededRandom } from '../../../src/kernel/random.ts';

const idOf = (item: ReturnType<typeof poisonedBatch>[number]): string =>
  'document' in item ? item.document.id : item.failure.id;

describe('batches with poison', () => {
  it('hold one poisoned document in twenty, each kind in turn', () => {
    const batches = POISONS.map((_, number) => poisonedBatch(number, seededRandom(7)));
    expect(batches.map((batch) => batch.length)).toEqual(POISONS.map(() => 20));
    const ids = batches.flat().map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
    const poisoned = batches.map((batch) => batch.at(-1)!);
    expect(poisoned.filter((item) => 'failure' in item)).toHaveLength(1);
    expect(new Set(poisoned.map((item) => ('document' in item ? item.document.text : ''))).size).toBe(5);
  });

  it('are the same for the same seed', () => {
    expect(poisonedBatch(3, seededRandom(1))).toEqual(poisonedBatch(3, seededRandom(1)));
  });
});
