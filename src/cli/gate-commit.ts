import type { Settings } from '../config/settings.ts';
import { type GitMeasured, measureAgainstCommit } from '../experiments/gate/git-gate.ts';
import { baselineOverload } from '../experiments/gate/held-load.ts';
import { indicatorRows } from '../experiments/gate/indicator-rows.ts';
import type { GatePolicy } from '../experiments/gate/policy.ts';
import { MOST_USERS } from '../experiments/profiles.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { hostAllowed, isLoopback } from '../load/targets/http/loopback.ts';
import type { TargetDescription } from '../load/targets/http/target-description.ts';
import { deploymentRules } from './compare-arms.ts';
import { serviceHere } from './gate-candidate.ts';
import type { GateFlags } from './gate-flags.ts';
import { goldenSetup, type Watch } from './run-setup.ts';
import type { World } from './world.ts';

export interface CommitGate {
  readonly watch: Watch;
  readonly settings: Settings;
  readonly policy: GatePolicy;
  readonly ref: string;
  /** The folder that the command runs in. */
  readonly folder: string;
}

/** Measures the working tree against one of its commits, both started by the target's `start`. */
export async function runAgainstCommit(
  world: World,
  flags: GateFlags,
  { watch, settings, policy, ref, folder }: CommitGate,
): Promise<GitMeasured> {
  const here = serviceHere(world, flags, settings, folder);
  if (here === undefined) throw notStarted(flags);
  refuseUnallowed(here.preview, settings, flags);
  const setup = await goldenSetup(world, flags, watch, settings);
  const { generators, maxRatePerSecond } = settings.load;
  const near = isLoopback(here.preview.url);
  return measureAgainstCommit({
    setup: { ...setup, target: { kind: 'http', description: here.preview, generators } },
    ref,
    place: { folder, env: world.env, signal: watch.signal },
    serviceIn: (place) => serviceHere(world, flags, settings, place)!,
    rules: deploymentRules(settings, here.preview),
    wishes: { budget: flags.budget, rate: flags.rate },
    mostUsers: near ? MOST_USERS : 1,
    maxRate: near ? undefined : maxRatePerSecond,
    fails: (blocks, names, baseline) =>
      baselineOverload({ blocks, variant: names.baseline }, baseline).length === 0 &&
      indicatorRows({ blocks, ...names, policy }).some(({ confirmed }) => confirmed !== null),
  });
}

function notStarted({ target }: GateFlags): GroundspeedError {
  return new GroundspeedError(
    'gate.git',
    target === undefined
      ? 'Nothing says how the target is started, so that an older commit cannot be'
      : 'A target that runs already, at a URL, is not the one of another commit',
    {
      where: target === undefined ? 'target.start' : '--target',
      hint: 'Write target: {start: "…", ready: /health, url: "http://127.0.0.1:{{port}}/…"} in the configuration file, or name a saved record: --baseline NAME.',
    },
  );
}

function refuseUnallowed(
  { url }: TargetDescription,
  { load }: Settings,
  { allowTarget = [] }: GateFlags,
): void {
  if (isLoopback(url) || hostAllowed(url, [...load.allowTargets, ...allowTarget])) return;
  const { hostname } = new URL(url);
  throw new GroundspeedError('load.refused', `${hostname} is not this machine, and nothing allows it`, {
    where: 'target.url',
    hint: `Where load may be sent there: --allow-target ${hostname}`,
  });
}
