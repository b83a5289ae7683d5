import type { DisplayFlags, SettingFlags } from './flags.ts';

export const DRAFT_METHODS = ['auto', 'model', 'cloze'] as const;
export const UNDECIDED = ['keep', 'drop'] as const;

export interface GenerateFlags extends DisplayFlags, SettingFlags {
  /** Folder of the review, or with --accept of the golden set. */
  readonly output: string;
  readonly size: number;
  readonly seed: number;
  readonly method?: (typeof DRAFT_METHODS)[number];
  /** A review file that has been filled in. */
  readonly accept?: string;
  /** What becomes of its rows that nothing was decided of. */
  readonly undecided?: (typeof UNDECIDED)[number];
  /** US dollars. */
  readonly maxCost?: number;
  readonly force?: boolean;
}
