import type { Settings } from '../config/settings.ts';
import { runBench } from '../experiments/bench.ts';
import { runEvaluate } from '../experiments/evaluate.ts';
import { type AskedAgain, askPinnedAgain, flippedPins } from '../experiments/gate/ask-again.ts';
import { runLoad } from '../experiments/load.ts';
import type { LoadShape } from '../experiments/load-setup.ts';
import { type DescribedService, serviceOf } from '../experiments/paired/service.ts';
import type { RunResult, RunSetup, TargetSetup } from '../experiments/setup.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { RunRecord } from '../records/schema.ts';
import type { GateFlags } from './gate-flags.ts';
import type { DriveFlags } from './load-flags.ts';
import { loadSetup } from './load-setup.ts';
import { goldenSetup, type Watch } from './run-setup.ts';
import { chooseDeployment } from './target-choice.ts';
import type { World } from './world.ts';

export interface Candidate extends RunResult {
  readonly askedAgain: AskedAgain;
}

/**
 * Measures what is to be gated as the baseline was measured: its kind of run, its profile, its rates. Without a baseline every
 * golden question is asked once. A target with a `start` is started for it, and ended after it.
 */
export async function runCandidate(
  world: World,
  flags: GateFlags,
  { watch, settings, baseline }: { watch: Watch; settings: Settings; baseline: RunRecord | undefined },
): Promise<Candidate> {
  const service = serviceHere(world, flags, settings);
  const running = await service?.start(watch.signal);
  try {
    const target = running
      ? ({ kind: 'http', description: running.description, generators: settings.load.generators } as const)
      : await runningTarget(world, flags, settings);
    const setup: RunSetup = {
      ...(await goldenSetup(world, flags, watch, settings)),
      ...(target && { target }),
    };
    const result = await measure({ world, flags, watch, setup, baseline });
    const flipped = flippedPins(baseline?.questions ?? [], result.record.questions ?? []);
    return { ...result, askedAgain: await askPinnedAgain(setup, flipped) };
  } finally {
    await running?.stop();
  }
}

/** The user's own service, where the settings say how it is started and no URL on the command line says that it runs. */
export function serviceHere(
  world: World,
  flags: GateFlags,
  settings: Settings,
  cwd?: string,
): DescribedService | undefined {
  if (flags.target !== undefined) return undefined;
  const { env, clock } = world;
  return serviceOf(settings.target, { env, cwd, preset: flags.preset, clock });
}

async function runningTarget(
  world: World,
  flags: GateFlags,
  settings: Settings,
): Promise<TargetSetup | undefined> {
  const description = await chooseDeployment(world, flags, settings);
  return description && { kind: 'http', description, generators: settings.load.generators };
}

interface Measuring {
  readonly world: World;
  readonly flags: GateFlags;
  readonly watch: Watch;
  readonly setup: RunSetup;
  readonly baseline: RunRecord | undefined;
}

async function measure({ world, flags, watch, setup, baseline }: Measuring): Promise<RunResult> {
  if (baseline?.kind === 'bench' && setup.target === undefined) {
    const { bench, ...options } = setup.options;
    const profile = baseline.profile as typeof bench.profile | null;
    return runBench({ ...setup, options: { ...options, bench: { ...bench, ...(profile && { profile }) } } });
  }
  if (baseline?.kind !== 'load') return runEvaluate(setup);
  // The URL of a service that was started is known only now: its settings have {{port}} in it.
  const { target } = setup;
  const url = target?.kind === 'http' ? { target: target.description.url } : {};
  const { rules } = await loadSetup(world, { ...flags, ...url, ...rulesOf(baseline) }, watch);
  return runLoad({ ...setup, target: setup.target ?? { kind: 'in-process' }, rules }, shapeOf(baseline));
}

/** How the baseline's load was sent and judged, as flags: else two runs would differ in more than what is gated. */
function rulesOf({ load }: RunRecord): Pick<DriveFlags, 'slo' | 'deadline' | 'order' | 'arrivals'> {
  const [phase] = (load?.phases ?? []).filter(({ warmup }) => !warmup);
  const { deadlineMs = null, order = null, arrivalProcess } = phase ?? {};
  const arrivals = (['poisson', 'constant'] as const).find((process) => process === arrivalProcess);
  return {
    ...(load?.slo && { slo: load.slo.text }),
    ...(deadlineMs !== null && { deadline: deadlineMs }),
    ...(order !== null && { order }),
    ...(arrivals && { arrivals }),
  };
}

/** The load that the baseline was under. Of shapes and replays a record does not keep enough to send them again. */
function shapeOf({ load }: RunRecord): LoadShape {
  const phases = (load?.phases ?? []).filter(({ warmup }) => !warmup);
  const rates = phases.flatMap(({ loop, offeredRate, shape, arrivalProcess }) =>
    loop === 'open' && shape === null && arrivalProcess !== 'replay' && offeredRate !== null
      ? [offeredRate]
      : [],
  );
  if (rates.length === 0 || rates.length < phases.length) {
    throw new GroundspeedError('usage.argument', 'The load of the baseline cannot be sent again as it was', {
      where: '--baseline',
      hint: 'Run groundspeed load with the same flags, and gate that: --record reports/latest.',
    });
  }
  const duration = 1000 * Math.max(...phases.map(({ scheduledSeconds }) => scheduledSeconds));
  return { loop: 'open', rates, duration };
}
