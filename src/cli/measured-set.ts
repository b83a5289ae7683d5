import { fileURLToPath } from 'node:url';
import type { GoldenSet } from '../datasets/golden.ts';
import { readGoldenSet, resolveDataset } from '../datasets/read.ts';
import type { Progress } from './progress.ts';

const SHIPPED_DATASETS = fileURLToPath(new URL('../../datasets', import.meta.url));

/** A golden set by path or name; what is odd about it is told, a line for each kind of oddity. */
export async function readGolden(
  { dataset, split }: { readonly dataset: string; readonly split: string | undefined },
  progress: Progress,
): Promise<GoldenSet> {
  const golden = await readGoldenSet(await resolveDataset(dataset, { shippedFolder: SHIPPED_DATASETS }), {
    split,
  });
  for (const code of new Set(golden.warnings.map((warning) => warning.code))) {
    const [first, ...others] = golden.warnings.filter((warning) => warning.code === code);
    const more = others.length === 0 ? '' : ` (and ${others.length} more like it)`;
    progress.warn(`${dataset}, ${first!.where}: ${first!.message}${more}`);
  }
  return golden;
}
