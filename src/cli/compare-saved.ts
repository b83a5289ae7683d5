import { basename, dirname } from 'node:path';
import { commonQuestions } from '../experiments/gate/common-questions.ts';
import { compareRecords, savedNotes } from '../experiments/gate/compare-saved.ts';
import { recordHeader } from '../experiments/header.ts';
import { readRunFolder } from '../experiments/run-folder.ts';
import type { RunResult } from '../experiments/setup.ts';
import { EXIT } from '../kernel/errors.ts';
import type { RunRecord } from '../records/schema.ts';
import { keepRun } from './experiment.ts';
import type { EngineFlags, RunFlags } from './flags.ts';
import { interruptible } from './interrupt.ts';
import { progressOf } from './progress.ts';
import { refuseUnwritable } from './run-output.ts';
import { engineSetup, settingsFor, type Watch } from './run-setup.ts';
import type { World } from './world.ts';

/** Compares the quality of saved runs, question by question. What they cost in time was measured on other days. */
export async function compareSaved(
  world: World,
  paths: readonly string[],
  flags: Omit<RunFlags, 'target'>,
): Promise<number> {
  const progress = progressOf(world, flags);
  const result = await interruptible({ world, progress }, async (signal) => {
    await refuseUnwritable(flags.output);
    return compareThem(world, paths, flags, { progress, signal });
  });
  await keepRun(world, flags, result);
  return EXIT.done;
}

async function compareThem(
  world: World,
  paths: readonly string[],
  flags: EngineFlags,
  watch: Watch,
): Promise<RunResult> {
  const { clock, seed, ...setup } = engineSetup(
    world,
    flags,
    watch,
    await settingsFor(world, flags, watch.progress),
  );
  const start = clock.now();
  const records: RunRecord[] = [];
  // One after the other, without its requests: a million of them are forty megabytes.
  for (const path of paths) records.push((await readRunFolder(path)).record);
  const comparison = compareRecords(
    records,
    seed,
    records.map((record, index) => nameOf(paths[index]!, record)),
  );
  const notes = savedNotes(records);
  for (const message of notes) watch.progress.warn(message);
  const first = records[0]!;
  const record: RunRecord = {
    ...recordHeader({ ...setup, clock, seed }, 'compare'),
    notes: [
      ...notes,
      'Speed is not compared: the runs were not interleaved, and machines change from one to the next.',
    ],
    dataset: first.dataset,
    index: first.index,
    ingest: null,
    ...(first.quality && { quality: first.quality }),
    questions: sharedQuestions(records),
    comparison,
    complete: true,
    durationMs: clock.now() - start,
  };
  return { record, requests: undefined };
}

/** Those of the first run that all others were asked, too: the scores of a comparison are in their order. */
function sharedQuestions([first, ...others]: readonly RunRecord[]): NonNullable<RunRecord['questions']> {
  const shared = others.map(
    (other) => new Set(commonQuestions(first!, other).pairs.map(({ before }) => before)),
  );
  return (first!.questions ?? []).filter((question) => shared.every((some) => some.has(question)));
}

/** The name of the run's folder, or the run's id where that is but where the latest one stands. */
function nameOf(path: string, { id }: RunRecord): string {
  const last = basename(path);
  const name = last === 'record.json' ? basename(dirname(path)) : last.replace(/\.json$/, '');
  return name === 'latest' ? id : name;
}
