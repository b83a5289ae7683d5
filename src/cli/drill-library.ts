import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DrillPlan, readDrill } from '../experiments/drill/drill-file.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { parseMeasures } from '../measures/registry.ts';
import { nearest } from '../text/nearest.ts';

/** The drills that come along. From src/ and from dist/ alike, the package's root is two folders up. */
export const DRILL_LIBRARY = fileURLToPath(new URL('../../bench/drills', import.meta.url));

const SUFFIX = /\.ya?ml$/;

/** Names of the library, in alphabetical order. */
export async function libraryNames(): Promise<string[]> {
  const files = await readdir(DRILL_LIBRARY);
  return files.flatMap((file) => (SUFFIX.test(file) ? [file.replace(SUFFIX, '')] : [])).sort();
}

/** The drills by names, files, or `all`, in that order, each once. */
export async function findDrills(wanted: readonly string[]): Promise<DrillPlan[]> {
  const names = await libraryNames();
  const chosen = wanted.flatMap((name) => (name === 'all' ? names : [name]));
  return Promise.all(
    [...new Set(chosen)].map((name) =>
      readDrillFile(names.includes(name) ? join(DRILL_LIBRARY, `${name}.yaml`) : name, names),
    ),
  );
}

async function readDrillFile(path: string, names: readonly string[]): Promise<DrillPlan> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const meant = nearest(basename(path), names);
    throw new GroundspeedError('usage.argument', `There is no drill ${path}: ${messageOf(cause)}`, {
      where: 'drill',
      hint: meant === undefined ? `The library has ${names.join(', ')}.` : `Did you mean ${meant}?`,
      cause,
    });
  });
  return readDrill({ path, text }, isMeasure);
}

export function isMeasure(name: string): boolean {
  try {
    return parseMeasures([name])[0]?.name === name;
  } catch {
    return false;
  }
}
