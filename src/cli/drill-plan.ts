import type { Assignment } from '../config/flags.ts';
import { redact, redactArguments } from '../config/redact.ts';
import { engineOptionsOf, experimentOptionsOf, type Settings } from '../config/settings.ts';
import { type DrillPlan, faultsOf, refuseElsewhere, spanOf } from '../experiments/drill/drill-file.ts';
import { PATTERN_NAMES, PATTERNS, type Pattern } from '../experiments/drill/patterns.ts';
import { parsePromise } from '../experiments/drill/promises.ts';
import { scenarioFor } from '../experiments/drill/scenarios.ts';
import type { DrillArm } from '../experiments/drill/system.ts';
import type { RunSetup } from '../experiments/setup.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { nearest } from '../text/nearest.ts';
import { loadSettings } from './configuration.ts';
import { findDrills, isMeasure } from './drill-library.ts';
import type { RunFlags } from './flags.ts';
import type { World } from './world.ts';

export interface DrillFlags extends RunFlags {
  readonly list?: boolean;
  readonly fault?: readonly string[];
  /** Milliseconds. */
  readonly duration?: number;
  readonly rate?: number;
  readonly promise?: readonly string[];
  /** Names with commas; true for those of the drill itself. */
  readonly ablate?: string | true;
  /** Milliseconds. */
  readonly deadline?: number;
}

const DEFAULT_RATE = 40;
const DEFAULT_DURATION = 36_000;

/** The drills that the arguments ask for: of the library, of files, or of `--fault` alone. */
export async function plansOf(drills: readonly string[], flags: DrillFlags): Promise<DrillPlan[]> {
  const { fault, duration, rate, promise = [] } = flags;
  if (drills.length > 0 && (fault !== undefined || duration !== undefined)) {
    throw new GroundspeedError('usage.argument', 'Either drills are named, or faults of your own', {
      where: '--fault',
      hint: 'A drill has its own faults and its own length: leave --fault and --duration out.',
    });
  }
  const promises = promise.map((text) => parsePromise(text, { where: '--promise', isMeasure }));
  const found = drills.length > 0 ? await findDrills(drills) : [ownDrill(flags, fault)];
  return found.map((plan) => ({
    ...plan,
    ...(rate !== undefined && { rate }),
    promises: [...plan.promises, ...promises],
  }));
}

function ownDrill(
  { duration = DEFAULT_DURATION, rate = DEFAULT_RATE }: DrillFlags,
  written: readonly string[] | undefined,
): DrillPlan {
  if (written === undefined) {
    throw new GroundspeedError('usage.argument', 'Nothing says what to drill', {
      where: 'drill',
      hint: 'Name drills (drill --list shows them), write drill all, or give --fault "embedder: timeout 30% from 10s to 25s".',
    });
  }
  const faults = written.flatMap((text) => faultsOf(text, '--fault', duration));
  const scenario = scenarioFor(faults) ?? 'ask';
  refuseElsewhere(scenario, faults, '--fault');
  return {
    name: 'own-faults',
    title: 'Faults of one’s own',
    fear: written.join('; '),
    scenario,
    durationMs: duration,
    rate,
    shape: undefined,
    span: spanOf({}, { faults, durationMs: duration, path: '--fault' }),
    faults,
    settings: [],
    promises: [],
    ablate: [],
  };
}

/** The arms of a drill: with everything, then without each pattern that `--ablate` names. */
export async function armsOf(
  plan: DrillPlan,
  { world, flags, setup }: { readonly world: World; readonly flags: DrillFlags; readonly setup: RunSetup },
): Promise<DrillArm[]> {
  const arm = async (name: string, over: readonly string[]): Promise<DrillArm> => {
    const own = [...plan.settings, ...over];
    const assignments = own.map((text): Assignment => ({ by: `the drill ${plan.name}`, text }));
    const { settings } = await loadSettings(world, flags, assignments);
    return {
      name,
      service: serviceOf(settings),
      workers: settings.server.workers,
      settings: own.map((text) => redactArguments(['--set', text])[1]!),
      setup: {
        ...setup,
        engine: engineOptionsOf(settings),
        options: experimentOptionsOf(settings),
        redactedConfig: redact(settings),
      },
    };
  };
  const arms = [await arm('as configured', [])];
  for (const pattern of patternsOf(plan, flags))
    arms.push(await arm(`without ${pattern}`, PATTERNS[pattern]));
  return arms;
}

/** Of a process that only this machine can reach, and only while the drill lasts: it needs no token. */
function serviceOf(settings: Settings): DrillArm['service'] {
  const { apiToken: _, ...server } = settings.server;
  return { ...engineOptionsOf(settings), server, log: { ...settings.log, level: 'error' } };
}

function patternsOf(plan: DrillPlan, { ablate }: DrillFlags): readonly Pattern[] {
  if (ablate === undefined) return [];
  if (ablate === true) return plan.ablate;
  return ablate
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
    .map((name) => {
      const found = PATTERN_NAMES.find((known) => known === name);
      if (found !== undefined) return found;
      const meant = nearest(name, PATTERN_NAMES);
      throw new GroundspeedError('usage.argument', `There is no pattern ${JSON.stringify(name)}`, {
        where: '--ablate',
        hint: meant === undefined ? `Patterns are ${PATTERN_NAMES.join(', ')}.` : `Did you mean ${meant}?`,
      });
    });
}
