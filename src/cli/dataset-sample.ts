import { SAMPLE_BY, type SampleBy } from '../datasets/sample.ts';
import { type SampleResult, sampleSet } from '../experiments/dataset-check/sample-set.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import { count, counted } from '../reporting/format.ts';
import { oneLine } from '../reporting/plain.ts';
import type { DisplayFlags } from './flags.ts';
import { datasetPath } from './golden-set.ts';
import { progressOf } from './progress.ts';
import { alignedRows } from './table.ts';
import { print, type World } from './world.ts';

export interface DatasetSampleFlags extends DisplayFlags {
  readonly size: number;
  /** kind, difficulty, split or tag. */
  readonly by?: string;
  readonly seed: number;
  readonly output: string;
  readonly keepCorpus?: boolean;
}

/** Writes a stratified, seeded sample of a golden set as a set of its own. */
export async function datasetSample(world: World, dir: string, flags: DatasetSampleFlags): Promise<number> {
  const { size, seed, output, keepCorpus = false } = flags;
  const by = sampleBy(flags.by ?? 'kind');
  const result = await sampleSet(await datasetPath(dir), { size, by, seed, output, keepCorpus });
  const { documents } = result;
  if (documents !== undefined && documents.taken < documents.of) {
    progressOf(world, flags).warn(
      `${counted(documents.of - documents.taken, 'document')} that no sampled question names are left out: finding the right one gets easier, and scores cannot be compared with those of the whole set (--keep-corpus keeps them)`,
    );
  }
  if (flags.json) await print(world.stdout, `${JSON.stringify(result, null, 2)}\n`);
  else if (!flags.quiet) await print(world.stdout, textOf(result));
  return EXIT.done;
}

function sampleBy(name: string): SampleBy {
  const by = SAMPLE_BY.find((one) => one === name);
  if (by !== undefined) return by;
  throw new GroundspeedError('usage.argument', `A set cannot be sampled by ${JSON.stringify(name)}`, {
    where: '--by',
    hint: `Choose one of ${SAMPLE_BY.join(', ')}.`,
  });
}

function textOf({ set, folder, by, seed, questions, documents, strata }: SampleResult): string {
  const rows = strata.map(({ name, taken, questions: of }) => [
    `  ${name === null ? `(no ${by})` : oneLine(name)}`,
    `${count(taken)} of ${count(of)}`,
  ]);
  const corpus =
    documents === undefined ? '' : `, ${count(documents.taken)} of ${counted(documents.of, 'document')}`;
  const lines = [
    `${count(questions.taken)} of ${counted(questions.of, 'question')} of ${oneLine(set)}${corpus}, by ${by}, seed ${seed}`,
    ...alignedRows(rows),
    `Written to ${oneLine(folder)}`,
  ];
  return `${lines.join('\n')}\n`;
}
