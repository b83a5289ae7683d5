import { join } from 'node:path';
import type { Assignment } from '../config/flags.ts';
import { redact, redactArguments } from '../config/redact.ts';
import { engineOptionsOf, experimentOptionsOf, type Settings } from '../config/settings.ts';
import type { RunSetup, TargetSetup } from '../experiments/setup.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { TracingOrder } from '../server/engine-tracing.ts';
import { loadSettings } from './configuration.ts';
import type { EngineFlags, GoldenFlags, SettingFlags } from './flags.ts';
import { readDataset } from './golden-set.ts';
import type { Progress } from './progress.ts';
import type { World } from './world.ts';

/** Where indexes are kept, one folder each, unless --index says otherwise. */
export const INDEX_FOLDER = '.groundspeed';

/** With what the settings say of traces: where they go, and of how many requests. */
export type TracedSetup = RunSetup & TraceSettings;

export interface TraceSettings {
  readonly tracing: TracingOrder;
  /** `load.traceSample`. */
  readonly traceSample: number;
}

export interface Watch {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Which deployment a command drives, if any: by its flags and the settings. */
export type ChooseTarget = (settings: Settings) => Promise<TargetSetup | undefined>;

/** What a command has to say of the settings, and of the target. */
export interface ChosenBy {
  readonly assignments?: readonly Assignment[];
  readonly chooseTarget?: ChooseTarget | undefined;
}

/** All that a command resolves before it runs a golden set: settings, target, questions. Wrong settings come first. */
export async function runSetup(
  world: World,
  flags: EngineFlags & GoldenFlags,
  watch: Watch,
  { assignments = [], chooseTarget }: ChosenBy = {},
): Promise<TracedSetup> {
  if (chooseTarget === undefined) refuseOtherTargets(flags.target);
  const settings = await settingsFor(world, flags, watch.progress, assignments);
  const target = await chooseTarget?.(settings);
  const setup = { ...(await goldenSetup(world, flags, watch, settings)), ...traceSettings(settings) };
  return target === undefined ? setup : { ...setup, target };
}

export const traceSettings = ({ tracing, telemetry, load }: Settings): TraceSettings => ({
  tracing: { options: tracing, content: telemetry.content },
  traceSample: load.traceSample,
});

/** The settings, and a warning for each that will surprise. */
export async function settingsFor(
  world: World,
  flags: SettingFlags,
  progress: Progress,
  assignments: readonly Assignment[] = [],
): Promise<Settings> {
  const { settings, warnings } = await loadSettings(world, flags, assignments);
  for (const warning of warnings) progress.warn(warning);
  return settings;
}

/** The part of a setup that needs no golden set. */
export function engineSetup(
  world: World,
  flags: EngineFlags,
  { progress, signal }: Watch,
  settings: Settings,
) {
  return {
    engine: engineOptionsOf(settings),
    options: experimentOptionsOf(settings),
    seed: flags.seed,
    clock: world.clock,
    command: redactArguments(world.argv),
    redactedConfig: redact(settings),
    signal,
    onEvent: progress.onEvent,
  };
}

export async function goldenSetup(
  world: World,
  flags: EngineFlags & GoldenFlags,
  watch: Watch,
  settings: Settings,
): Promise<RunSetup> {
  return {
    ...engineSetup(world, flags, watch, settings),
    golden: await readDataset(flags, watch.progress),
    indexFolder: flags.index ?? INDEX_FOLDER,
    ownIndex: flags.index !== undefined,
  };
}

/** Where documents of one's own are indexed, when --index does not say. */
export function ownIndexFolder({ index }: EngineFlags): string {
  return index ?? join(INDEX_FOLDER, 'documents');
}

export function refuseOtherTargets(target = 'in-process'): void {
  if (target === 'in-process') return;
  const isUrl = URL.canParse(target);
  throw new GroundspeedError(
    isUrl ? 'target.unsupported' : 'usage.argument',
    isUrl
      ? 'This command needs the engine in its own process, and takes no deployment'
      : 'That target is not known',
    {
      where: '--target',
      hint: isUrl
        ? 'Leave --target out, or use load, capacity, evaluate or target check for the deployment.'
        : 'Leave --target out: it is in-process.',
    },
  );
}
