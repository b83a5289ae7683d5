import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { PooledRun } from '../../datasets/checks/check.ts';
import { decodeText } from '../../datasets/lines.ts';
import { parseRun } from '../../datasets/trec.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { rankResults } from '../../measures/trec-run.ts';

/**
 * Reads the rankings of several variants, TREC run files, in trec_eval's order. Each is named by its file, or by its
 * path where two files are called the same. Throws `dataset.missing`, `dataset.line` and `trec.format`.
 */
export async function readPool(files: readonly string[]): Promise<PooledRun[]> {
  const names = files.map((file) => basename(file));
  const unique = new Set(names).size === names.length;
  const runs: PooledRun[] = [];
  for (const [at, file] of files.entries()) {
    const run = parseRun(decodeText(await readRun(file), file), file);
    runs.push({
      name: unique ? names[at]! : file,
      rankings: new Map(Array.from(run, ([question, results]) => [question, rankResults(results)])),
    });
  }
  return runs;
}

function readRun(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new GroundspeedError('dataset.missing', `Cannot read ${file}: ${messageOf(cause)}`, {
      where: file,
      hint: 'Name run files in TREC format with --pool: question, Q0, document, rank, score, tag.',
      cause,
    });
  });
}
