import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../shared', import.meta.url));

/** Path below the folder of real public collections that may stand beside the project. */
export function sharedPath(path: string): string {
  return join(folder, path);
}

/**
 * Whether the collections are there. Tests that need them skip themselves otherwise; with GROUNDSPEED_SHARED=required
 * their absence is a failure.
 */
export function hasShared(): boolean {
  const there = existsSync(join(folder, 'datasets')) && existsSync(join(folder, 'trec_eval'));
  if (!there && process.env.GROUNDSPEED_SHARED === 'required') {
    throw new Error(`GROUNDSPEED_SHARED=required, but ${folder} is not there`);
  }
  return there;
}
