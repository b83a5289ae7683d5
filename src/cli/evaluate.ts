import { dirname } from 'node:path';
import type { Assignment } from '../config/flags.ts';
import { redact, redactArguments } from '../config/redact.ts';
import { engineOptionsOf, experimentOptionsOf, judgingOptionsOf } from '../config/settings.ts';
import { formatRun, refuseUnfitIds } from '../datasets/trec.ts';
import { runEvaluate } from '../experiments/evaluate.ts';
import { refuseFailedJudge } from '../experiments/llm-judge/judge-answers.ts';
import type { RunResult, RunSetup } from '../experiments/setup.ts';
import type { Variant } from '../experiments/variants.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import { loadSettings } from './configuration.ts';
import { runExperiment } from './experiment.ts';
import type { RunFlags } from './flags.ts';
import { readLabelFile } from './label-file.ts';
import type { TargetFlags } from './load-flags.ts';
import { refuseUnwritable } from './run-output.ts';
import { chooseDeployment } from './target-choice.ts';
import { tellingOf } from './tell.ts';
import type { TellFlags } from './tell-flag.ts';
import { variantsByFlag } from './wanted-variants.ts';
import type { World } from './world.ts';

export interface EvaluateFlags extends RunFlags, TargetFlags, TellFlags {
  /** Each a known name, several with commas, or `name:path=value,…`. */
  readonly variant?: readonly string[];
  readonly judge?: boolean;
  /** File of labels by people. */
  readonly labels?: string;
  readonly measures?: string;
  readonly runFile?: string;
}

export async function evaluate(world: World, flags: EvaluateFlags): Promise<number> {
  const { measures, runFile, variant } = flags;
  refuseUselessLabels(flags);
  const assignments =
    measures === undefined ? [] : [{ by: '--measures', text: `quality.measures=${measures}` }];
  let variants: readonly Variant[] = [];
  let judging: Pick<RunSetup, 'judging'> = {};
  const telling = tellingOf(world, flags);
  const exitCode = await runExperiment(world, flags, {
    assignments,
    chooseTarget: async (settings) => {
      const description = await chooseDeployment(world, flags, settings);
      return description && { kind: 'http', description, generators: 1 };
    },
    refuse: async (setup) => {
      if (runFile !== undefined) await refuseRunFile(setup, runFile);
      judging = await judgingOf({ world, flags, assignments });
      if (variant === undefined) return;
      refuseDeployment(setup);
      variants = await variantsOf(variant, { world, flags, setup: { ...setup, ...judging }, assignments });
    },
    run: (setup) => runEvaluate({ ...setup, ...judging }, variants),
    saved: async ({ record, rankings = [] }: RunResult) => {
      await telling.tell(record);
      if (runFile !== undefined) await writeFileAtomically(runFile, formatRun(rankings, 'groundspeed'));
      if (record.judge) refuseFailedJudge(record.judge);
    },
  });
  telling.refuseUntold();
  return exitCode;
}

interface VariantBase {
  readonly world: World;
  readonly flags: EvaluateFlags;
  readonly setup: RunSetup;
  readonly assignments: readonly Assignment[];
}

/** Nobody would be held against them. */
function refuseUselessLabels({ judge, labels }: EvaluateFlags): void {
  if (judge || labels === undefined) return;
  throw new GroundspeedError('usage.argument', 'Labels by people are for the model that judges answers', {
    where: '--labels',
    hint: 'Give --judge as well.',
  });
}

/** What --judge and --labels say; nothing without --judge. */
async function judgingOf({
  world,
  flags,
  assignments,
}: Omit<VariantBase, 'setup'>): Promise<Pick<RunSetup, 'judging'>> {
  if (!flags.judge) return {};
  const { settings } = await loadSettings(world, flags, assignments);
  const labels = flags.labels === undefined ? undefined : await readLabelFile(flags.labels);
  return { judging: { judge: judgingOptionsOf(settings).judge, labels } };
}

/** Each variant with settings of its own, resolved as those of the run are. */
async function variantsOf(specs: readonly string[], base: VariantBase): Promise<Variant[]> {
  const { settings } = await loadSettings(base.world, base.flags, base.assignments);
  const variants: Variant[] = [];
  for (const { name, assignments } of variantsByFlag(specs, settings)) {
    const shown = assignments.map(({ text }) => redactArguments(['--set', text])[1]!);
    variants.push({ name, settings: shown, setup: await variantSetup(base, assignments) });
  }
  return variants;
}

/** The setup of the run with some settings changed. */
async function variantSetup(
  { world, flags, setup, assignments }: VariantBase,
  changes: readonly Assignment[],
): Promise<RunSetup> {
  const { settings } = await loadSettings(world, flags, [...assignments, ...changes]);
  return {
    ...setup,
    engine: engineOptionsOf(settings),
    options: experimentOptionsOf(settings),
    redactedConfig: redact(settings),
  };
}

function refuseDeployment({ target }: RunSetup): void {
  if (target?.kind !== 'http') return;
  throw new GroundspeedError('usage.argument', 'Variants are configurations of the engine in this process', {
    where: '--variant',
    hint: 'A deployment has its own: leave out --target, or --variant.',
  });
}

/** What could not be written once the run is over is said before it. */
async function refuseRunFile({ golden }: RunSetup, file: string): Promise<void> {
  refuseUnfitIds(
    'question',
    golden.questions.map(({ id }) => id),
  );
  refuseUnfitIds('document', golden.corpus?.map(({ id }) => id) ?? []);
  await refuseUnwritable(dirname(file), '--run-file');
}
