import type { BlockRecord } from '../../src/records/schema.ts';

export interface PairCounts {
  readonly pairs: number;
  /** Of them, those of which a block cannot be trusted. */
  readonly invalid: number;
}

/** Measured pairs, those of warm-up left out. */
export function countPairs(blocks: readonly BlockRecord[]): PairCounts {
  const valid = new Map<string, boolean>();
  for (const { batch, launch, pair, warmup, valid: isValid } of blocks) {
    if (warmup) continue;
    const key = `${batch}/${launch}/${pair}`;
    valid.set(key, (valid.get(key) ?? true) && isValid);
  }
  return { pairs: valid.size, invalid: [...valid.values()].filter((isValid) => !isValid).length };
}
