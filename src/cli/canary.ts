import { type CanaryFigures, keepAsking } from '../experiments/canary.ts';
import { historyFile } from '../experiments/gate/history.ts';
import { EXIT, GroundspeedError, messageOf } from '../kernel/errors.ts';
import { canaryMetrics } from './canary-metrics.ts';
import { pushFigures } from './canary-push.ts';
import { asCanary, canaryRounds } from './canary-rounds.ts';
import { canaryLine } from './canary-text.ts';
import { DEFAULT_SEED, type DisplayFlags, type GoldenFlags, type SettingFlags } from './flags.ts';
import { interruptible } from './interrupt.ts';
import type { MetricsAddress, TargetFlags } from './load-flags.ts';
import { type Progress, progressOf } from './progress.ts';
import { goldenSetup, settingsFor, type Watch } from './run-setup.ts';
import { chooseDeployment } from './target-choice.ts';
import { print, type World } from './world.ts';

export interface CanaryFlags extends DisplayFlags, SettingFlags, TargetFlags, Omit<GoldenFlags, 'target'> {
  readonly target?: string;
  /** Milliseconds. */
  readonly every: number;
  readonly once?: boolean;
  readonly questions: number;
  readonly k: readonly number[];
  /** Milliseconds. */
  readonly timeout?: number;
  readonly metricsPort?: MetricsAddress;
  readonly history?: string;
  readonly reports: string;
}

/** Asks a live service golden questions, once or on a schedule until it is interrupted: that is no failure. */
export async function canary(world: World, flags: CanaryFlags): Promise<number> {
  const progress = progressOf(world, flags);
  return interruptible({ world, progress }, async (signal) => {
    const { ask, close } = await openRounds(world, flags, { progress, signal });
    const round = async (): Promise<void> => tell(world, flags, await ask());
    try {
      if (flags.once) await round();
      else await scheduled({ world, flags, progress, signal }, round);
    } finally {
      await close();
    }
    return EXIT.done;
  });
}

interface Scheduled extends Watch {
  readonly world: World;
  readonly flags: CanaryFlags;
}

function scheduled(
  { world: { clock }, flags, progress, signal }: Scheduled,
  round: () => Promise<void>,
): Promise<void> {
  return keepAsking({
    everyMs: flags.every,
    clock,
    signal,
    round,
    onFailed: (error) => warn(progress, error),
  });
}

function warn(progress: Progress, error: unknown): void {
  const problems = error instanceof GroundspeedError ? error.problems : [];
  const why = problems.length === 0 ? '' : ` (${problems.join('; ')})`;
  progress.warn(`this round came to nothing: ${messageOf(error)}${why}`);
}

async function openRounds(
  world: World,
  flags: CanaryFlags,
  watch: Watch,
): Promise<{ readonly ask: () => Promise<CanaryFigures>; readonly close: () => Promise<void> }> {
  const { progress, signal } = watch;
  const { history, reports, k: ks, questions, metricsPort } = flags;
  if (history !== undefined) historyFile(reports, history);
  const assignments =
    flags.timeout === undefined ? [] : [{ by: '--timeout', text: `bench.timeoutMs=${flags.timeout}` }];
  const settings = await settingsFor(world, flags, progress, assignments);
  const { target: _, ...golden } = { ...flags, seed: DEFAULT_SEED };
  const chosen = await chooseDeployment(world, flags, settings);
  if (chosen === undefined) throw noTarget();
  const description = asCanary(chosen, { ks, apiToken: settings.server.apiToken });
  const setup = await goldenSetup(world, golden, watch, settings);
  const exposed = metricsPort && (await canaryMetrics(metricsPort, world.clock));
  if (exposed) progress.say(`metrics: ${exposed.url}`);
  return {
    ask: canaryRounds({
      setup: { ...setup, onEvent: (event) => event.type === 'warning' && progress.warn(event.message) },
      description,
      questions,
      ks,
      warn: (message) => progress.warn(message),
      history: history === undefined ? undefined : { reports, name: history },
      publish:
        exposed?.publish ??
        ((figures) => pushFigures(figures, { url: description.url, headers: description.headers, signal })),
    }),
    close: async () => exposed?.close(),
  };
}

function noTarget(): GroundspeedError {
  return new GroundspeedError('usage.argument', 'Nothing says which service is to be asked', {
    where: '--target',
    hint: 'Write for example --target http://127.0.0.1:8080, or set target.url.',
  });
}

async function tell({ stdout }: World, { json, quiet }: CanaryFlags, figures: CanaryFigures): Promise<void> {
  const { scores: _, ...told } = figures;
  if (json) await print(stdout, `${JSON.stringify(told)}\n`);
  else if (!quiet) await print(stdout, `${canaryLine(figures)}\n`);
}
