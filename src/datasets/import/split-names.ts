import { sha256 } from '../../kernel/digest.ts';

/** Names that a file may have on every system. */
const PLAIN = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*$/;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/;

/**
 * The name, without ending, of a split's file: the split's own where every system takes it, else one made of it, so
 * that no name of a split leads out of its folder or into another split's file.
 */
export function splitFileName(split: string): string {
  const plain = PLAIN.test(split) && !RESERVED.test(split) && split.length <= 100;
  return plain ? split : `split-${sha256(split).slice(0, 12)}`;
}
