import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { GroundspeedError } from '../../src/kernel/errors.ts';

/** Runs of a long proof, kept one by one, so that a proof that was interrupted goes on where it ended. */
export interface KeptRuns<Run> {
  /** What all of them were run with; others are not mixed with them. */
  readonly settings: Readonly<Record<string, number | string>>;
  readonly runs: readonly Run[];
}

/**
 * The runs that a file holds; none where there is no such file.
 *
 * @throws GroundspeedError usage.argument where they were run with other settings
 */
export function readRuns<Run>(file: string, settings: KeptRuns<Run>['settings']): Run[] {
  if (!existsSync(file)) return [];
  const kept = JSON.parse(readFileSync(file, 'utf8')) as KeptRuns<Run>;
  if (JSON.stringify(kept.settings) !== JSON.stringify(settings)) {
    throw new GroundspeedError('usage.argument', `${file} holds runs with ${JSON.stringify(kept.settings)}`, {
      hint: `These would be with ${JSON.stringify(settings)}. Move it away to begin anew, or name another with --state.`,
    });
  }
  return [...kept.runs];
}

export interface Completing<Run> {
  /** Runs that count, at least. */
  readonly wanted: number;
  /** A run that groundspeed itself called invalid says nothing: it is kept and shown, and run again. */
  readonly counts: (run: Run) => boolean;
  /** Runs the one of that number, from 0, among those that count. */
  readonly run: (number: number) => Promise<Run>;
}

/** As many runs as are wanted may be invalid besides; then the machine is too noisy. */
const MOST_INVALID = 1;

/** Runs what is missing of `wanted` runs, and keeps each at once. Fewer count where too many were invalid. */
export async function completeRuns<Run>(
  file: string,
  settings: KeptRuns<Run>['settings'],
  { wanted, counts, run }: Completing<Run>,
): Promise<Run[]> {
  const runs = readRuns<Run>(file, settings);
  for (;;) {
    const counted = runs.filter(counts).length;
    if (counted >= wanted || runs.length - counted > MOST_INVALID * wanted) return runs;
    runs.push(await run(counted));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify({ settings, runs }, undefined, 2)}\n`);
    renameSync(`${file}.new`, file); // a kill between the two leaves the old one
  }
}

/** Exit code of groundspeed where its own run cannot be trusted. */
export const INVALID = 7;
