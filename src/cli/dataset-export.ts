import { basename, extname } from 'node:path';
import { type ExportResult, exportGoldenSet } from '../datasets/export/export.ts';
import { exporterNamed } from '../datasets/export/registry.ts';
import { type ImportResult, importGoldenSet } from '../datasets/import/import.ts';
import { openSource } from '../datasets/import/source-folder.ts';
import type { Loss } from '../datasets/loss.ts';
import { MANIFEST_FILE, type Manifest } from '../datasets/manifest-check.ts';
import { manifestOf, writeFolder } from '../datasets/write.ts';
import { EXIT } from '../kernel/errors.ts';
import { oneLine } from '../reporting/plain.ts';
import { lossLines, tallyRows } from './dataset-losses.ts';
import type { DisplayFlags } from './flags.ts';
import { datasetPath } from './golden-set.ts';
import { print, type World } from './world.ts';

export interface DatasetExportFlags extends DisplayFlags {
  readonly output: string;
  readonly split?: string;
  readonly force?: boolean;
}

/** Writes a golden set (a folder, a file, or one that is shipped) in the format of another tool, and says what that cannot hold. */
export async function datasetExport(
  world: World,
  format: string,
  dir: string,
  flags: DatasetExportFlags,
): Promise<number> {
  const exporter = exporterNamed(format);
  const path = await datasetPath(dir);
  const source = await openSource(path);
  const read = await importGoldenSet('auto', source, {
    name: basename(path, extname(path)),
    columns: new Map(),
    split: flags.split,
  });
  const written = exportGoldenSet(exporter.name, read.set);
  const account = accountOf(read, written, dir);
  await writeFolder(
    flags.output,
    { ...written.files, 'export.json': `${JSON.stringify(account, null, 2)}\n` },
    {
      force: flags.force,
      last: (files) => ({
        [MANIFEST_FILE]: `${JSON.stringify(manifestFor(read, written, manifestOf(read.set, files)), null, 2)}\n`,
      }),
    },
  );
  if (flags.json) {
    await print(world.stdout, `${JSON.stringify({ output: flags.output, ...account }, null, 2)}\n`);
  } else if (!flags.quiet) {
    await print(
      world.stdout,
      summary(account, { dir, output: flags.output, files: Object.keys(written.files) }),
    );
  }
  return EXIT.done;
}

/** Questions that the format cannot hold count no more; splits are left to the format, which has its own way with them. */
function manifestFor(
  { set }: ImportResult,
  { format, kept, losses }: ExportResult,
  manifest: Manifest,
): Manifest {
  if (format === 'groundspeed') return manifest;
  const { splits: _splits, ...rest } = manifest;
  const whole = kept.questions === set.questions.length && !losses.some(({ of }) => of === 'question');
  const { answerable, ...counts } = manifest.counts ?? {};
  return {
    ...rest,
    counts: {
      ...counts,
      questions: kept.questions,
      ...(whole && answerable !== undefined && { answerable }),
    },
  };
}

/** What `export.json` and --json say of an export: its losses, behind those of reading the set. */
function accountOf(read: ImportResult, { format, kept, losses }: ExportResult, source: string) {
  return {
    source,
    from: read.format,
    format,
    read: read.read,
    kept,
    losses: [...read.losses, ...losses] as readonly Loss[],
  };
}

function summary(
  { format, from, read, kept, losses }: ReturnType<typeof accountOf>,
  { dir, output, files }: { dir: string; output: string; files: readonly string[] },
): string {
  const lines = [
    `${oneLine(dir)} (${from}) stands in ${oneLine(output)} as ${format}: ${files.map(oneLine).join(', ')}`,
    ...tallyRows(read, kept),
    '',
    ...lossLines(losses, `Not in the files of ${format}`),
  ];
  return `${lines.join('\n')}\n`;
}
