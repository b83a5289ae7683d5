import { type LabelResult, labelSet } from '../experiments/dataset-check/label-set.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import { counted } from '../reporting/format.ts';
import { oneLine } from '../reporting/plain.ts';
import type { DisplayFlags } from './flags.ts';
import { datasetPath } from './golden-set.ts';
import { progressOf } from './progress.ts';
import { print, type World } from './world.ts';

export interface DatasetLabelFlags extends DisplayFlags {
  readonly sheet: string;
  /** Folder for the labelled copy. */
  readonly output?: string;
  /** Labels the set where it stands. */
  readonly inPlace?: boolean;
  /** Who filled in the grades. */
  readonly labeller?: string;
}

/** Takes the grades of a filled-in sheet into a golden set, or into a copy of it. */
export async function datasetLabel(world: World, dir: string, flags: DatasetLabelFlags): Promise<number> {
  const { sheet, output, inPlace, labeller } = flags;
  if ((output !== undefined) === (inPlace === true)) {
    throw new GroundspeedError('usage.argument', 'Nothing, or two things, say where the labels are to go', {
      where: output === undefined ? '--output' : '--in-place',
      hint: 'Give --output FOLDER for a labelled copy, or --in-place.',
    });
  }
  const path = await datasetPath(dir);
  const result = await labelSet(path, { sheet, output, labeller, clock: world.clock });
  if (result.added === 0)
    progressOf(world, flags).warn(`${oneLine(sheet)} holds no grade that the set lacks`);
  if (flags.json) await print(world.stdout, `${JSON.stringify(result, null, 2)}\n`);
  else if (!flags.quiet) await print(world.stdout, textOf(result, output ?? path));
  return EXIT.done;
}

function textOf({ set, added, grades, questions, known, blank, files }: LabelResult, folder: string): string {
  const byGrade = Object.entries(grades).map(([grade, n]) => `${n} × ${grade}`);
  const grew = added === 0 ? '' : ` for ${counted(questions, 'question')} (grade ${byGrade.join(', ')})`;
  const lines = [
    `${counted(added, 'label')} added to ${oneLine(set)}${grew}.`,
    ...(known > 0 ? [`${counted(known, 'label')} known already.`] : []),
    ...(blank > 0 ? [`${counted(blank, 'row')} without a grade, left alone.`] : []),
    ...(files.length > 0 ? [`Written in ${oneLine(folder)}: ${files.map(oneLine).join(', ')}.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
