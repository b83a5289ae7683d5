import { formatRun } from '../datasets/trec.ts';
import { runEvaluate } from '../experiments/evaluate.ts';
import type { RunRecord } from '../records/schema.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import { runExperiment } from './experiment.ts';
import type { RunFlags } from './flags.ts';
import type { World } from './world.ts';

export interface EvaluateFlags extends RunFlags {
  readonly measures?: string;
  readonly runFile?: string;
}

export function evaluate(world: World, flags: EvaluateFlags): Promise<number> {
  const { measures, runFile } = flags;
  return runExperiment(world, flags, {
    sets: measures === undefined ? [] : [`quality.measures=${measures}`],
    run: runEvaluate,
    ...(runFile !== undefined && {
      saved: (record: RunRecord) => writeFileAtomically(runFile, trecRun(record)),
    }),
  });
}

/** The rankings in TREC format. A record keeps their order, not their scores: the reciprocal of the rank stands for one. */
function trecRun({ questions = [] }: RunRecord): string {
  const rankings = questions.map(({ id, returned }) => {
    const ids = returned?.ranking ?? [];
    return { question: id, ids, scores: ids.map((_, index) => 1 / (index + 1)) };
  });
  return formatRun(rankings, 'groundspeed');
}
