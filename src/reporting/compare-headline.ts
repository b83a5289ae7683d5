import type { RunRecord } from '../records/schema.ts';
import { findings } from './comparison.ts';
import { count } from './format.ts';
import { pairedFindings } from './paired.ts';

const SENTENCES = 3;

/** "3 variants compared", and beneath it what is told of them first: quality, then speed. */
export function compareHeadline({ comparison, paired }: RunRecord): { claim: string; sentence: string } {
  const inBlocks = new Set(paired?.blocks.map(({ variant }) => variant));
  const variants = comparison?.variants.length ?? inBlocks.size;
  const quality = comparison && comparison.overall.length > 0 ? findings(comparison) : [];
  const speed = paired ? pairedFindings(paired) : [];
  const told = [...quality.slice(0, speed.length === 0 ? SENTENCES : 1), ...speed].slice(0, SENTENCES);
  return {
    claim: `${count(variants)} ${variants === 1 ? 'variant' : 'variants'} compared`,
    sentence: told.join(' ') || 'No difference could be computed.',
  };
}
