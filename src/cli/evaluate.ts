import { dirname } from 'node:path';
import { formatRun, refuseUnfitIds } from '../datasets/trec.ts';
import { runEvaluate } from '../experiments/evaluate.ts';
import type { RunResult, RunSetup } from '../experiments/setup.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import { runExperiment } from './experiment.ts';
import type { RunFlags } from './flags.ts';
import type { TargetFlags } from './load-flags.ts';
import { refuseUnwritable } from './run-output.ts';
import { chooseDeployment } from './target-choice.ts';
import type { World } from './world.ts';

export interface EvaluateFlags extends RunFlags, TargetFlags {
  readonly measures?: string;
  readonly runFile?: string;
}

export function evaluate(world: World, flags: EvaluateFlags): Promise<number> {
  const { measures, runFile } = flags;
  return runExperiment(world, flags, {
    assignments: measures === undefined ? [] : [{ by: '--measures', text: `quality.measures=${measures}` }],
    chooseTarget: async (settings) => {
      const description = await chooseDeployment(world, flags, settings);
      return description && { kind: 'http', description, generators: 1 };
    },
    run: runEvaluate,
    ...(runFile !== undefined && {
      refuse: (setup: RunSetup) => refuseRunFile(setup, runFile),
      saved: ({ rankings = [] }: RunResult) =>
        writeFileAtomically(runFile, formatRun(rankings, 'groundspeed')),
    }),
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
