import type { Assignment } from '../config/flags.ts';
import type { RunResult, RunSetup } from '../experiments/setup.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import { DEFAULT_MEASURES, parseMeasures } from '../measures/registry.ts';
import type { RunRecord } from '../records/schema.ts';
import { headlinePhase } from '../reporting/facts.ts';
import { jsonPieces } from '../reporting/json.ts';
import { renderTerminal } from '../reporting/terminal.ts';
import { refuseMostlyFailed, tellFailures } from './failures.ts';
import type { RunFlags } from './flags.ts';
import { interruptible } from './interrupt.ts';
import { progressOf } from './progress.ts';
import { refuseUnwritable, type WrittenRun, writeRun } from './run-output.ts';
import { type ChooseTarget, runSetup, type TracedSetup } from './run-setup.ts';
import { print, type World, wantsColour, widthOf } from './world.ts';

export interface Experiment {
  /** What the command's own flags stand for. */
  readonly assignments: readonly Assignment[];
  /** Throws over what would only fail once the run is over. */
  refuse?(setup: RunSetup): Promise<void>;
  /** Which deployment is driven; commands without it drive the engine of this process. */
  readonly chooseTarget?: ChooseTarget;
  run(setup: TracedSetup): Promise<RunResult>;
  /** Runs once the record is saved. */
  saved?(result: RunResult): Promise<void>;
}

/** Runs an experiment from its flags to its report: set up, run, save, summarise. */
export async function runExperiment(world: World, flags: RunFlags, experiment: Experiment): Promise<number> {
  const progress = progressOf(world, flags);
  const result = await interruptible(
    { world, progress, keeps: 'what was measured is kept' },
    async (signal) => {
      const setup = await runSetup(world, flags, { progress, signal }, experiment);
      parseMeasures(setup.options.quality.measures ?? DEFAULT_MEASURES); // a misspelt one, before the index is built
      await refuseUnwritable(flags.output);
      await experiment.refuse?.(setup);
      return experiment.run(setup);
    },
  );
  const { record } = await keepRun(world, flags, result, async (written) => {
    tellFailures(written.record, progress);
    await experiment.saved?.(result);
  });
  return verdict(record);
}

type KeepFlags = Pick<RunFlags, 'output' | 'json' | 'quiet' | 'color'>;

/** Saves a run, then shows it, whatever `saved` does once it is saved; where it cannot be saved, it is at least shown. */
export async function keepRun(
  world: World,
  flags: KeepFlags,
  result: RunResult,
  saved: (written: WrittenRun) => Promise<void> = async () => undefined,
): Promise<WrittenRun> {
  const written = await writeRun(flags.output, result).catch(async (thrown: unknown) => {
    await show(world, flags, result); // the disk may be full: what was measured is at least seen
    throw thrown;
  });
  try {
    await saved(written);
  } finally {
    await show(world, flags, written);
  }
  return written;
}

async function show(
  world: World,
  flags: KeepFlags,
  { record, report }: RunResult & Partial<WrittenRun>,
): Promise<void> {
  const { stdout, env } = world;
  if (flags.json) return print(stdout, jsonPieces(record));
  if (flags.quiet) return;
  const text = renderTerminal(record, {
    width: widthOf(stdout, env),
    colour: wantsColour(stdout, env, flags.color),
    ...(report !== undefined && { reportPath: report }),
  });
  await print(stdout, text);
}

/**
 * The exit code of a run whose report is written; throws `target.unavailable` when most questions failed, and
 * `run.invalid` when the headline cannot be trusted.
 */
export function verdict(record: RunRecord): number {
  if (!record.complete) return EXIT.interrupted;
  refuseMostlyFailed(record);
  const phase = headlinePhase(record);
  if (phase === undefined || phase.valid) return EXIT.done;
  throw new GroundspeedError(
    'run.invalid',
    `The phase ${phase.name}, which the headline is about, is invalid`,
    {
      problems: phase.invalidReasons,
      hint: 'Run it again on a machine that does nothing else, or for longer (--profile full).',
    },
  );
}
