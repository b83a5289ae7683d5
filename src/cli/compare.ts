import type { Assignment } from '../config/flags.ts';
import { type ComparePlan, runCompare, unmeasuredVariants } from '../experiments/compare.ts';
import type { Contestant } from '../experiments/paired/variant-arm.ts';
import { MOST_USERS } from '../experiments/profiles.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { RunRecord } from '../records/schema.ts';
import { armContestants, wantedOf } from './compare-arms.ts';
import { compareSaved } from './compare-saved.ts';
import { loadSettings } from './configuration.ts';
import { runExperiment } from './experiment.ts';
import type { RunFlags } from './flags.ts';
import type { TargetFlags } from './load-flags.ts';
import type { World } from './world.ts';

export interface CompareFlags extends Omit<RunFlags, 'target'>, TargetFlags {
  /** Each a known name, several with commas, or `name:path=value,…`. */
  readonly variant?: readonly string[];
  /** Each `name=URL`. */
  readonly target?: readonly string[];
  readonly measures?: string;
  /** How often each question is asked of each variant. */
  readonly repeats?: number;
  /** Milliseconds. */
  readonly budget?: number;
  readonly launches?: number;
  readonly pairs?: number;
  /** Milliseconds. */
  readonly block?: number;
  readonly rate?: number;
  readonly maxRequests?: number;
  readonly maxCost?: number;
  /** False after --no-speed. */
  readonly speed: boolean;
}

export interface CompareArguments {
  /** Folders, or record.json, of saved runs: two at least. */
  readonly records?: readonly string[];
}

/** Which of several variants is better, or of several saved runs, and whether that is chance. */
export function compare(
  world: World,
  { records = [] }: CompareArguments,
  flags: CompareFlags,
): Promise<number> {
  if (records.length === 0) return compareVariants(world, flags);
  refuseBoth(records, flags);
  return compareSaved(world, records, flags);
}

async function compareVariants(world: World, flags: CompareFlags): Promise<number> {
  const { measures, speed, repeats } = flags;
  const assignments: Assignment[] =
    measures === undefined ? [] : [{ by: '--measures', text: `quality.measures=${measures}` }];
  const { settings } = await loadSettings(world, flags, assignments);
  const wanted = wantedOf(flags, settings);
  const { target: _, ...runFlags } = flags;
  let contestants: readonly Contestant[] = [];
  let plan: ComparePlan = { speed: null, interleaving: 'targets', mostUsers: 1 };
  return runExperiment(world, runFlags, {
    assignments,
    chooseTarget: async () => undefined, // each variant has its own
    refuse: async (setup) => {
      const armed = await armContestants(wanted, { world, flags, setup, assignments });
      contestants = armed.contestants;
      plan = {
        speed: speed ? { ...flags, maxCostUsd: flags.maxCost } : null,
        interleaving: armed.interleaving,
        mostUsers: armed.beyond ? 1 : MOST_USERS,
        maxRate: armed.maxRate,
        repeats,
      };
    },
    run: (setup) => runCompare(setup, contestants, plan),
    saved: async ({ record }) => {
      if (speed) refuseUnmeasured(record);
    },
  });
}

/** A comparison without a single block to trust says nothing of speed, and must not look as if it did. */
function refuseUnmeasured(record: RunRecord): void {
  if (!record.complete) return;
  const names = unmeasuredVariants(record);
  if (names.length === 0) return;
  throw new GroundspeedError('run.invalid', `The speed of ${names.join(', ')} could not be measured`, {
    problems: record.notes.filter((note) => /^Speed was not|cannot be trusted|failed to start/.test(note)),
    hint: 'The report shows every block. Where a variant fell behind, offer less with --rate; quality alone: --no-speed.',
  });
}

function refuseBoth(records: readonly string[], { variant, target, repeats }: CompareFlags): void {
  const wrong =
    records.length < 2
      ? 'A single saved run is compared with nothing'
      : variant !== undefined || target !== undefined || repeats !== undefined
        ? 'Either saved runs are compared, or what is run now'
        : undefined;
  if (wrong === undefined) return;
  throw new GroundspeedError('usage.argument', wrong, {
    where: 'compare',
    hint: 'Write compare reports/RUN-A reports/RUN-B, or compare --variant bm25,hybrid.',
  });
}
