import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { GoldenSet } from '../datasets/golden.ts';
import { type Explored, exploreTarget } from '../experiments/explore-target.ts';
import { CONFIG_FILE, type InitFile, initFiles, WORKFLOW_FILE } from '../experiments/init-files.ts';
import { type ErrorCode, EXIT, GroundspeedError } from '../kernel/errors.ts';
import type { TargetOptions } from '../load/options.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import { DEFAULT_SEED, type DisplayFlags } from './flags.ts';
import { type InitFlags, type Planned, planOf, targetOf, withTarget } from './init-target.ts';
import { renderInit } from './init-text.ts';
import { interruptible } from './interrupt.ts';
import { type Progress, progressOf } from './progress.ts';
import { refuseUnwritable } from './run-output.ts';
import { goldenSetup, settingsFor } from './run-setup.ts';
import { refuseNoTime } from './target.ts';
import { chooseDeployment } from './target-choice.ts';
import { renderCheck } from './target-text.ts';
import { print, type World, wantsColour, widthOf } from './world.ts';

/** Asks a deployment one question of a spreadsheet, guesses where everything stands, and writes what is needed to go on. */
export async function init(world: World, flags: InitFlags): Promise<number> {
  refuseNoTime('--timeout', flags.timeout);
  const progress = progressOf(world, flags);
  return interruptible({ world, progress }, async (signal) => {
    refuseExisting(flags);
    const settings = await settingsFor(world, flags, progress);
    const golden = await questionsOf({ world, flags, progress, signal }, settings);
    const target = targetOf(flags, settings);
    await refuseTarget(world, flags, withTarget(settings, target));
    const explored = await inFolder(flags.output, async () =>
      flags.offline ? undefined : explore({ world, flags, settings, golden, signal, ...target }),
    );
    const plan = planOf({ flags, golden, explored, ...target });
    const files = initFiles(plan.plan);
    for (const { path, content } of files) await writeFileAtomically(join(flags.output, path), content);
    await tell({ world, flags, progress }, { ...plan, explored, files });
    return EXIT.done;
  });
}

/** A target that is wrongly described, or that nobody allowed. Where nothing is sent, nothing needs to be allowed. */
async function refuseTarget(world: World, flags: InitFlags, settings: Settings): Promise<void> {
  const { target, allowTarget = [] } = flags;
  const allowed = flags.offline ? [...allowTarget, new URL(target).hostname] : allowTarget;
  try {
    await chooseDeployment(world, { ...flags, target, allowTarget: allowed }, settings);
  } catch (thrown) {
    if (!(thrown instanceof GroundspeedError) || thrown.code !== 'target.description') throw thrown;
    const { code, message, problems } = thrown;
    throw new GroundspeedError(code, message, {
      problems,
      hint: 'Give what is missing with --set, such as --set target.model=gpt-4o-mini, or with --header.',
    });
  }
}

/** Works while the folder is there to be written to. One that was made for it does not outlive a failure. */
async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const wasThere = existsSync(folder);
  await refuseUnwritable(folder);
  try {
    return await work();
  } catch (thrown) {
    if (!wasThere) await rmdir(folder).catch(() => undefined);
    throw thrown;
  }
}

interface Asking {
  readonly world: World;
  readonly flags: InitFlags;
  readonly settings: Settings;
  readonly golden: GoldenSet;
  readonly signal: AbortSignal;
  readonly section: TargetOptions;
}

async function explore({ world, flags, settings, golden, signal, section }: Asking): Promise<Explored> {
  const question = golden.questions.find(({ answerable }) => answerable) ?? golden.questions[0]!;
  const explored = await exploreTarget({
    section,
    env: world.env,
    question: { text: question.question, golden: question },
    golden,
    clock: world.clock,
    timeoutMs: flags.timeout ?? settings.load.timeoutMs,
    signal,
  }).catch((thrown: unknown) => {
    throw withOffline(thrown);
  });
  const { failure } = explored.check;
  if (failure === null) return explored;
  if (!flags.json && !flags.quiet)
    await print(world.stdout, renderCheck(explored.check, viewOf(world, flags)));
  const { code, message, hint } = failure;
  throw withOffline(new GroundspeedError(code as ErrorCode, message, hint === null ? {} : { hint }));
}

const viewOf = ({ stdout, env }: World, { color }: DisplayFlags) => ({
  colour: wantsColour(stdout, env, color),
  width: widthOf(stdout, env),
});

/** The files can be had all the same. */
function withOffline(thrown: unknown): unknown {
  if (!(thrown instanceof GroundspeedError) || !thrown.code.startsWith('target.')) return thrown;
  const { code, message, where, problems, hint, cause } = thrown;
  const both = [hint, 'Nothing was written; --offline writes the files by the preset alone, without asking.'];
  return new GroundspeedError(code, message, {
    hint: both.filter((part) => part !== undefined).join(' '),
    problems,
    cause,
    ...(where !== undefined && { where }),
  });
}

async function questionsOf(
  {
    world,
    flags,
    progress,
    signal,
  }: { world: World; flags: InitFlags; progress: Progress; signal: AbortSignal },
  settings: Settings,
): Promise<GoldenSet> {
  const golden = { dataset: flags.questions, seed: DEFAULT_SEED };
  return (await goldenSetup(world, { ...flags, ...golden }, { progress, signal }, settings)).golden;
}

/** Nothing is overwritten unless that is asked for, and nothing is asked before that is known. */
function refuseExisting({ output, force }: InitFlags): void {
  const there = [CONFIG_FILE, WORKFLOW_FILE].filter((path) => existsSync(join(output, path)));
  if (force || there.length === 0) return;
  throw new GroundspeedError(
    'usage.argument',
    `${there.map((path) => join(output, path)).join(' and ')} ${there.length === 1 ? 'is' : 'are'} there already`,
    {
      where: '--output',
      hint: 'Give --force to write them anew, or another folder with --output.',
    },
  );
}

async function tell(
  { world, flags, progress }: { world: World; flags: InitFlags; progress: Progress },
  done: Planned & { readonly explored: Explored | undefined; readonly files: readonly InitFile[] },
): Promise<void> {
  const { plan, variables, made, explored, leftOut } = done;
  const files = done.files.map(({ path }) => join(flags.output, path));
  if (leftOut) {
    progress.warn(
      'Credentials in the query of the URL are not written down: give the whole URL with --target',
    );
  }
  if (plan.dataset.startsWith('..')) {
    progress.warn(
      'The questions lie outside of the folder that the files are in: the workflow will not find them',
    );
  }
  if (flags.json) {
    const { section, allowed } = plan;
    const document = {
      files,
      target: section,
      allowed: allowed ?? null,
      variables,
      asked: explored?.asked ?? [],
      guessed: explored?.guessed ?? [],
      check: explored?.check ?? null,
    };
    return print(world.stdout, `${JSON.stringify(document, null, 2)}\n`);
  }
  if (flags.quiet) return;
  await print(
    world.stdout,
    renderInit({ files, plan, variables, made, explored, output: flags.output }, viewOf(world, flags)),
  );
}
