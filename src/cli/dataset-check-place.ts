import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveDataset } from '../datasets/read.ts';

const SHIPPED_DATASETS = fileURLToPath(new URL('../../datasets', import.meta.url));

/** The path of a golden set by path or shipped name, as seen from where the command runs unless that is further up. */
export async function placeOf(nameOrPath: string): Promise<string> {
  const path = await resolveDataset(nameOrPath, { shippedFolder: SHIPPED_DATASETS });
  const seen = relative('', path);
  return seen === '' ? '.' : seen.startsWith('..') ? path : seen;
}
