import { readFile } from 'node:fs/promises';
import { type HumanLabel, parseLabels } from '../judging/llm/labels.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';

/** The human labels of `--labels FILE`, CSV or JSON lines. Throws `dataset.missing`, `dataset.labels`, `dataset.empty`. */
export async function readLabelFile(file: string): Promise<HumanLabel[]> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new GroundspeedError('dataset.missing', `Cannot read ${file}: ${messageOf(cause)}`, {
      where: file,
      hint: 'Name a file with id, judgement and label, CSV or JSON lines, with --labels.',
      cause,
    });
  });
  const labels = parseLabels(bytes, file);
  if (labels.length > 0) return labels;
  throw new GroundspeedError('dataset.empty', `${file} holds no label`, {
    where: file,
    hint: 'Fill in its column `label`: a number from 0 to 1, or yes or no.',
  });
}
