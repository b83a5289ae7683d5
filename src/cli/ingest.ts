import { runIngest } from '../experiments/ingest-run.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import type { RunRecord } from '../records/schema.ts';
import { count, counted, duration, perSecond } from '../reporting/format.ts';
import { renderJson } from '../reporting/json.ts';
import { oneLine } from '../reporting/plain.ts';
import type { DisplayFlags, EngineFlags } from './flags.ts';
import { interruptible } from './interrupt.ts';
import { progressOf } from './progress.ts';
import { engineSetup, ownIndexFolder, settingsFor } from './run-setup.ts';
import { shellWord } from './shell.ts';
import { alignedRows } from './table.ts';
import { print, type World } from './world.ts';

export interface IngestFlags extends DisplayFlags, EngineFlags {}

type Ingested = NonNullable<RunRecord['ingest']>;

/** Takes documents into an index. Failed ones are listed; only when not one of them got in is that an error. */
export async function ingest(world: World, paths: readonly string[], flags: IngestFlags): Promise<number> {
  const progress = progressOf(world, flags);
  const indexFolder = ownIndexFolder(flags);
  const keeps = 'what is stored so far is kept';
  const { record } = await interruptible({ world, progress, keeps }, async (signal) => {
    const settings = await settingsFor(world, flags, progress);
    const setup = engineSetup(world, flags, { progress, signal }, settings);
    return runIngest({ ...setup, paths, indexFolder });
  });
  const ingested = record.ingest!;
  if (flags.json) await print(world.stdout, renderJson(record));
  else if (!flags.quiet && tookAny(ingested))
    await print(world.stdout, summary(record, ingested, indexFolder));
  refuseNothing(ingested, paths);
  return EXIT.done;
}

/** Failures that a summary lists. */
const LISTED = 20;

function summary({ index }: RunRecord, ingested: Ingested, folder: string): string {
  const { indexed, unchanged, failed, durationMs, documentsPerSecond } = ingested;
  const rate = documentsPerSecond === null ? '' : ` (${perSecond(documentsPerSecond)})`;
  const lines = [
    `${count(indexed)} indexed, ${count(unchanged)} unchanged, ${count(failed.length)} failed, in ${duration(durationMs)}${rate}`,
  ];
  if (failed.length > 0) {
    const rows = failed
      .slice(0, LISTED)
      .map(({ id, code, message }) => [`  ${oneLine(id)}`, code, oneLine(message)]);
    lines.push('', 'Failed', ...alignedRows(rows));
    const more = failed.length - LISTED;
    if (more > 0) lines.push(`  … and ${count(more)} more, which --json lists`);
  }
  if (index !== null && index.documents > 0) {
    lines.push(
      '',
      `The index in ${folder} holds ${counted(index.documents, 'document')} in ${counted(index.chunks, 'chunk')}. To ask it:`,
      `  groundspeed ask --index ${shellWord(folder)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const tookAny = ({ indexed, unchanged }: Ingested): boolean => indexed + unchanged > 0;

function refuseNothing(ingested: Ingested, paths: readonly string[]): void {
  if (tookAny(ingested)) return;
  const { failed } = ingested;
  if (failed.length === 0) {
    throw new GroundspeedError('dataset.empty', `No document was found in ${paths.join(', ')}`, {
      hint: 'documents.extensions (ALLOWED_EXTENSIONS) says which files are read.',
    });
  }
  throw new GroundspeedError(
    'document.unreadable',
    `Nothing could be ingested: ${count(failed.length)} failed`,
    {
      problems: failed.slice(0, LISTED).map(({ message }) => message),
      hint: 'Mend these documents, or name others.',
    },
  );
}
