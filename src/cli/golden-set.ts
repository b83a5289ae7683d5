import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GoldenSet } from '../datasets/golden.ts';
import { readGoldenSet, resolveDataset } from '../datasets/read.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { DEFAULT_DATASET } from './flags.ts';
import type { Progress } from './progress.ts';

const SHIPPED_DATASETS = fileURLToPath(new URL('../../datasets', import.meta.url));

/** The path of a golden set that is there, or is shipped under that name; as seen from here, unless that is further up. */
export async function datasetPath(nameOrPath: string): Promise<string> {
  const path = await resolveDataset(nameOrPath, { shippedFolder: SHIPPED_DATASETS });
  const seen = relative('', path);
  if (seen === '') return '.';
  return seen.startsWith('..') ? path : seen;
}

export interface DatasetChoice {
  readonly dataset?: string | undefined;
  readonly split?: string | undefined;
  readonly strict?: boolean | undefined;
}

/** The golden set that the flags name; what is odd about it is told, a line for each kind of oddity. */
export async function readDataset(
  { dataset = DEFAULT_DATASET, split, strict }: DatasetChoice,
  progress: Progress,
): Promise<GoldenSet> {
  const path = await datasetPath(dataset);
  const folder = (await stat(path)).isDirectory() ? path : dirname(path);
  const golden = await readGoldenSet(path, { split, strict }).catch((thrown: unknown) => {
    throw locatedIn(folder, thrown);
  });
  for (const code of new Set(golden.warnings.map((warning) => warning.code))) {
    const [first, ...others] = golden.warnings.filter((warning) => warning.code === code);
    const more = others.length === 0 ? '' : ` (and ${others.length} more like it)`;
    progress.warn(`${join(folder, first!.where)}: ${first!.message}${more}`);
  }
  return golden;
}

/** A golden set's files are named as they are within it; whoever runs a command wants to open them. */
function locatedIn(folder: string, thrown: unknown): unknown {
  if (!(thrown instanceof GroundspeedError) || isAbsolute(thrown.where ?? '')) return thrown;
  const { code, message, where = '', hint, problems, cause } = thrown;
  return new GroundspeedError(code, message, {
    where: join(folder, where),
    problems,
    cause,
    ...(hint !== undefined && { hint }),
  });
}
