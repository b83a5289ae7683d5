import type { Assignment } from '../config/flags.ts';
import { redact, redactArguments } from '../config/redact.ts';
import { engineOptionsOf, experimentOptionsOf, type Settings } from '../config/settings.ts';
import { indexName } from '../experiments/open-index.ts';
import type { BlockRules } from '../experiments/paired/block-driver.ts';
import { type Service, serviceOf } from '../experiments/paired/service.ts';
import { type Contestant, contestantOf } from '../experiments/paired/variant-arm.ts';
import type { RunSetup, TargetSetup } from '../experiments/setup.ts';
import { canonicalJson } from '../kernel/digest.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { bustsCaches } from '../load/targets/http/http-target.ts';
import { hostAllowed, isLoopback } from '../load/targets/http/loopback.ts';
import type { TargetDescription } from '../load/targets/http/target-description.ts';
import { loadSettings } from './configuration.ts';
import type { SettingFlags } from './flags.ts';
import type { TargetFlags } from './load-flags.ts';
import { chooseDeployment } from './target-choice.ts';
import { variantsByFlag, variantsOfFile, type Wanted } from './wanted-variants.ts';
import type { World } from './world.ts';

export interface CompareChoice extends SettingFlags, TargetFlags {
  readonly variant?: readonly string[];
  /** Each `name=URL`. */
  readonly target?: readonly string[];
}

/** Requests in flight, at most, unless load.maxInFlight says otherwise: each may need a connection. */
const IN_FLIGHT = 1024;

/** What is compared: by `--target`, by `--variant`, or else as the configuration file has it. */
export function wantedOf({ variant, target }: CompareChoice, settings: Settings): Wanted[] {
  if (variant !== undefined && target !== undefined) {
    throw usage('Either targets are compared, or variants', '--variant', 'Give --target or --variant.');
  }
  const wanted =
    target?.map(namedTarget) ?? (variant ? variantsByFlag(variant, settings) : variantsOfFile(settings));
  if (wanted.length < 2) {
    throw usage(
      wanted.length === 0 ? 'Nothing says what to compare' : 'A single variant is compared with nothing',
      '--variant',
      'Write --variant bm25,hybrid or --variant wide:retrieval.topK=10 (two at least), --target a=URL --target b=URL, two saved runs, or variants: in the configuration file, all of them or some by --variant NAME.',
    );
  }
  const twice = wanted.find(({ name }, index) => wanted.findIndex((other) => other.name === name) < index);
  if (twice)
    throw usage(`There are two variants ${JSON.stringify(twice.name)}`, '--variant', 'Name them apart.');
  return wanted;
}

function namedTarget(text: string): Wanted {
  const [, name, url] = /^([\p{L}\p{N}][\p{L}\p{N} ._+-]{0,39})=(.+)$/su.exec(text) ?? [];
  if (name === undefined || url === undefined || URL.canParse(text)) {
    throw usage(
      'A target that is compared needs a name',
      '--target',
      'Write --target old=URL --target new=URL',
    );
  }
  return { name, assignments: [{ by: '--target', text: `target.url=${url}` }] };
}

export interface Arming {
  readonly world: World;
  readonly flags: CompareChoice;
  /** Of the run: golden set, seed, folders. */
  readonly setup: RunSetup;
  readonly assignments: readonly Assignment[];
}

export interface Armed {
  readonly contestants: readonly Contestant[];
  readonly interleaving: 'processes' | 'targets';
  /** Whether any of them is beyond this machine. */
  readonly beyond: boolean;
  readonly maxRate: number | undefined;
}

interface Resolved {
  readonly name: string;
  readonly shown: readonly string[];
  readonly settings: Settings;
  readonly setup: RunSetup;
  readonly service: Service | undefined;
}

/** Resolves each of what is compared as the run itself is: settings, target, and how it is started. */
export async function armContestants(wanted: readonly Wanted[], arming: Arming): Promise<Armed> {
  const resolved: Resolved[] = [];
  for (const one of wanted) resolved.push(await resolve(one, arming));
  refuseOneIndex(resolved);
  const cachingDiffers = new Set(resolved.map(({ setup }) => canonicalJson(setup.engine.caching))).size > 1;
  const contestants = resolved.map(({ name, shown, settings, setup, service }) =>
    contestantOf(
      { name, settings: shown, setup },
      { rules: rulesOf(settings, setup.target, cachingDiffers), service },
    ),
  );
  const far = resolved.filter(
    ({ setup: { target } }) => target?.kind === 'http' && !isLoopback(target.description.url),
  );
  const isFresh = ({ setup, service }: Resolved): boolean =>
    service !== undefined || setup.target?.kind !== 'http';
  return {
    contestants,
    interleaving: resolved.every(isFresh) ? 'processes' : 'targets',
    beyond: far.length > 0,
    maxRate:
      far.length === 0 ? undefined : Math.min(...far.map(({ settings }) => settings.load.maxRatePerSecond)),
  };
}

async function resolve({ name, assignments }: Wanted, arming: Arming): Promise<Resolved> {
  const { world, flags, setup } = arming;
  const { settings } = await loadSettings(world, flags, [...arming.assignments, ...assignments]);
  const { target, service } = await targetOf(settings, arming);
  const { target: _, ...rest } = setup;
  return {
    name,
    shown: assignments.map(({ text }) => redactArguments(['--set', text])[1]!),
    settings,
    service,
    setup: {
      ...rest,
      ...(target && { target }),
      engine: engineOptionsOf(settings),
      options: experimentOptionsOf(settings),
      redactedConfig: redact(settings),
    },
  };
}

/** Variants that need indexes of their own would take the one folder from each other, in turns. */
function refuseOneIndex(resolved: readonly Resolved[]): void {
  const engines = resolved.filter(({ setup: { target, ownIndex } }) => ownIndex && target?.kind !== 'http');
  const indexes = new Set(engines.map(({ setup }) => indexName(setup)));
  if (indexes.size < 2) return;
  throw usage(
    `These variants need ${indexes.size} indexes, and --index names one folder`,
    '--index',
    'Leave --index out: each gets an index of its own below .groundspeed, and those that can share one do.',
  );
}

interface ChosenTarget {
  readonly target: TargetSetup | undefined;
  readonly service: Service | undefined;
}

async function targetOf(settings: Settings, { world, flags }: Arming): Promise<ChosenTarget> {
  const { generators } = settings.load;
  const { target: _, variant: __, ...rest } = flags;
  const service = serviceOf(settings.target, {
    env: world.env,
    preset: flags.preset,
    clock: world.clock,
  });
  if (service === undefined) {
    const description = await chooseDeployment(world, rest, settings);
    return { target: description && { kind: 'http', description, generators }, service };
  }
  const { url } = service.preview;
  const allowed = [...settings.load.allowTargets, ...(flags.allowTarget ?? [])];
  if (!isLoopback(url) && !hostAllowed(url, allowed)) {
    const { hostname } = new URL(url);
    throw new GroundspeedError('load.refused', `${hostname} is not this machine, and nothing allows it`, {
      where: 'target.url',
      hint: `Where load may be sent there: --allow-target ${hostname}`,
    });
  }
  return { target: { kind: 'http', description: service.preview, generators }, service };
}

/** As `bench` drives the engine, and `load` a deployment. Where variants differ in their caches, these must be on. */
function rulesOf(settings: Settings, target: TargetSetup | undefined, cachingDiffers: boolean): BlockRules {
  if (target?.kind === 'http') return deploymentRules(settings, target.description);
  const { bench, quality } = settings;
  return {
    timeout: bench.timeoutMs,
    deadline: bench.deadlineMs,
    maxInFlight: bench.maxInFlight,
    arrivals: bench.arrivals,
    cacheMode: cachingDiffers ? 'as-configured' : 'uncached',
    k: quality.k,
  };
}

/** How blocks are driven at a deployment: as `load` does. */
export function deploymentRules({ load, quality }: Settings, description: TargetDescription): BlockRules {
  return {
    timeout: load.timeoutMs,
    deadline: load.deadlineMs,
    maxInFlight: load.maxInFlight ?? IN_FLIGHT,
    arrivals: load.arrivals,
    cacheMode: bustsCaches(description) ? 'uncached' : 'as-configured',
    k: quality.k,
  };
}

function usage(message: string, where: string, hint: string): GroundspeedError {
  return new GroundspeedError('usage.argument', message, { where, hint });
}
