import { basename, extname, resolve } from 'node:path';
import { parseColumns } from '../datasets/import/columns.ts';
import { type ImportResult, importGoldenSet } from '../datasets/import/import.ts';
import { openSource, readNamed } from '../datasets/import/source-folder.ts';
import type { Manifest } from '../datasets/manifest-check.ts';
import { writeGoldenSet } from '../datasets/write.ts';
import { EXIT } from '../kernel/errors.ts';
import { oneLine } from '../reporting/plain.ts';
import { lossLines, tallyRows } from './dataset-losses.ts';
import type { DisplayFlags } from './flags.ts';
import { progressOf } from './progress.ts';
import { shellWord } from './shell.ts';
import { print, type World } from './world.ts';

export interface DatasetImportFlags extends DisplayFlags {
  readonly output: string;
  readonly name?: string;
  readonly version?: string;
  readonly licence?: string;
  readonly split?: string;
  /** Each `question=prompt`. */
  readonly map?: readonly string[];
  readonly corpus?: string;
  readonly qrels?: string;
  readonly force?: boolean;
}

/** Takes over what people have as a golden set of groundspeed, and says what could not be taken over. */
export async function datasetImport(
  world: World,
  format: string,
  path: string,
  flags: DatasetImportFlags,
): Promise<number> {
  const columns = parseColumns(flags.map ?? []);
  const source = await openSource(path);
  const result = await importGoldenSet(format, source, {
    name: basename(resolve(path), extname(path)),
    columns,
    split: flags.split,
    corpus: flags.corpus === undefined ? undefined : await readNamed(flags.corpus),
    qrels: flags.qrels === undefined ? undefined : await readNamed(flags.qrels),
  });
  const { set } = result;
  const account = accountOf(result, path);
  const manifest = await writeGoldenSet(
    flags.output,
    {
      ...set,
      name: flags.name ?? set.name,
      version: flags.version ?? set.version,
      licence: flags.licence ?? set.licence,
      description: set.description ?? `Imported from ${oneLine(basename(resolve(path)))} (${result.format}).`,
    },
    { force: flags.force, beside: { 'import.json': `${JSON.stringify(account, null, 2)}\n` } },
  );
  if (set.licence === undefined && flags.licence === undefined) {
    progressOf(world, flags).warn('The licence is not known: --licence says it, and the manifest keeps it.');
  }
  if (flags.json) {
    await print(world.stdout, `${JSON.stringify({ output: flags.output, ...account, manifest }, null, 2)}\n`);
  } else if (!flags.quiet)
    await print(world.stdout, summary(result, manifest, { path, output: flags.output }));
  return EXIT.done;
}

/** What `import.json` and --json say of an import. */
function accountOf({ format, detected, read, taken, losses }: ImportResult, path: string) {
  return { source: path, format, ...(detected !== undefined && { detected }), read, taken, losses };
}

function summary(
  { format, detected, read, taken, losses }: ImportResult,
  { name = '', counts, splits = {} }: Manifest,
  { path, output }: { path: string; output: string },
): string {
  const told = detected === undefined ? format : `${format}, told by ${oneLine(detected)}`;
  const named = Object.entries(splits)
    .map(([split, number]) => `${oneLine(split)} ${number}`)
    .join(', ');
  const lines = [
    `${oneLine(path)} (${told}) is now the golden set ${oneLine(name)} in ${oneLine(output)}`,
    ...tallyRows(read, taken),
    `  answerable ${counts?.answerable ?? 0}${named === '' ? '' : `; by split: ${named}`}`,
    '',
    ...lossLines(losses, 'Not taken over'),
    '',
    'To check it, and to measure with it:',
    `  groundspeed dataset check ${shellWord(output)}`,
    `  groundspeed evaluate --dataset ${shellWord(output)}`,
  ];
  return `${lines.join('\n')}\n`;
}
