import { engineOptionsOf } from '../config/settings.ts';
import { listQuarantine, runIngest } from '../experiments/ingest-run.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import type { IndexRecord, IngestRecord, QuarantineRecord } from '../records/schema.ts';
import { count, counted, duration, perSecond } from '../reporting/format.ts';
import { jsonPieces } from '../reporting/json.ts';
import { oneLine } from '../reporting/plain.ts';
import type { DisplayFlags, EngineFlags } from './flags.ts';
import { interruptible } from './interrupt.ts';
import { progressOf } from './progress.ts';
import { engineSetup, ownIndexFolder, settingsFor } from './run-setup.ts';
import { shellWord } from './shell.ts';
import { alignedRows } from './table.ts';
import { print, type World } from './world.ts';

export interface IngestFlags extends DisplayFlags, EngineFlags {
  readonly retryFailed?: boolean;
  readonly listFailed?: boolean;
}

/** Takes documents into an index. Failed ones are listed; only when not one of them got in is that an error. */
export async function ingest(world: World, paths: readonly string[], flags: IngestFlags): Promise<number> {
  if (flags.listFailed) return listFailed(world, flags);
  const { retryFailed = false } = flags;
  if (paths.length === 0 && !retryFailed) throw nothingNamed();
  const progress = progressOf(world, flags);
  const indexFolder = ownIndexFolder(flags);
  const keeps = 'what is stored so far is kept';
  const { record } = await interruptible({ world, progress, keeps }, async (signal) => {
    const settings = await settingsFor(world, flags, progress);
    const setup = engineSetup(world, flags, { progress, signal }, settings);
    return runIngest({ ...setup, paths, indexFolder, retryFailed });
  });
  const ingested = record.ingest;
  // Without paths, nothing to be tried again is nothing wrong.
  const isDone = tookAny(ingested) || (paths.length === 0 && isEmpty(ingested));
  if (flags.json) await print(world.stdout, jsonPieces(record));
  else if (!flags.quiet && isDone) await print(world.stdout, summary(ingested, record.index, indexFolder));
  if (!isDone) throw nothingTaken(ingested, paths);
  return EXIT.done;
}

async function listFailed(world: World, flags: IngestFlags): Promise<number> {
  const progress = progressOf(world, flags);
  const settings = await settingsFor(world, flags, progress);
  const folder = ownIndexFolder(flags);
  const quarantined = await listQuarantine(folder, engineOptionsOf(settings));
  if (flags.json) await print(world.stdout, `${JSON.stringify({ index: folder, quarantined }, null, 2)}\n`);
  else await print(world.stdout, listing(quarantined, folder));
  return EXIT.done;
}

/** Documents that a summary lists, of each kind. */
const LISTED = 20;

function summary(ingested: IngestRecord, index: IndexRecord | null, folder: string): string {
  const { indexed, unchanged, failed, skipped, quarantined, durationMs, documentsPerSecond } = ingested;
  const rate = documentsPerSecond === null ? '' : ` (${perSecond(documentsPerSecond)})`;
  const parts = [
    `${count(indexed)} indexed`,
    `${count(unchanged)} unchanged`,
    `${count(failed.length)} failed`,
    ...(skipped.length > 0 ? [`${count(skipped.length)} skipped`] : []),
    ...(quarantined.length > 0 ? [`${count(quarantined.length)} in quarantine`] : []),
    `in ${duration(durationMs)}${rate}`,
  ];
  const lines = [
    parts.join(', '),
    ...listed('Failed', failed.map(failureRow)),
    ...listed(
      'Skipped: they are stored, and taken up when the same command is run again',
      skipped.map(({ id, reason }) => [`  ${oneLine(id)}`, reason]),
    ),
    ...listed(
      'In quarantine: they failed before and have not changed; --retry-failed tries them again',
      quarantined.map(failureRow),
    ),
  ];
  if (index !== null && index.documents > 0) {
    lines.push(
      '',
      `The index in ${folder} holds ${counted(index.documents, 'document')} in ${counted(index.chunks, 'chunk')}. To ask it:`,
      `  groundspeed ask --index ${shellWord(folder)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const failureRow = ({ id, code, message }: { id: string; code: string; message: string }): string[] => [
  `  ${oneLine(id)}`,
  code,
  oneLine(message),
];

function listed(title: string, rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  const more = rows.length - LISTED;
  return [
    '',
    title,
    ...alignedRows(rows.slice(0, LISTED)),
    ...(more > 0 ? [`  … and ${count(more)} more, which --json lists`] : []),
  ];
}

function listing(quarantined: readonly QuarantineRecord[], folder: string): string {
  if (quarantined.length === 0) return `No document of ${folder} is in quarantine.\n`;
  const rows = quarantined.map(({ id, attempts, firstAt, lastAt, code, message }) => [
    `  ${oneLine(id)}`,
    code,
    counted(attempts, 'attempt'),
    firstAt === lastAt ? firstAt : `${firstAt} to ${lastAt}`,
    oneLine(message),
  ]);
  return [
    `${counted(quarantined.length, 'document')} of ${folder} in quarantine:`,
    ...alignedRows(rows),
    '',
    'To try them again:',
    `  groundspeed ingest --retry-failed --index ${shellWord(folder)}`,
    '',
  ].join('\n');
}

const tookAny = ({ indexed, unchanged }: IngestRecord): boolean => indexed + unchanged > 0;

const isEmpty = ({ failed, skipped, quarantined }: IngestRecord): boolean =>
  failed.length + skipped.length + quarantined.length === 0;

function nothingNamed(): GroundspeedError {
  return new GroundspeedError('usage.argument', 'No document is named', {
    where: 'paths',
    hint: 'Name files and folders: groundspeed ingest docs/. --retry-failed alone tries what is in quarantine.',
  });
}

function nothingTaken(ingested: IngestRecord, paths: readonly string[]): GroundspeedError {
  const { failed, skipped, quarantined } = ingested;
  if (isEmpty(ingested)) {
    return new GroundspeedError('dataset.empty', `No document was found in ${paths.join(', ')}`, {
      hint: 'documents.extensions (ALLOWED_EXTENSIONS) says which files are read.',
    });
  }
  if (skipped.length > 0) {
    return new GroundspeedError(
      'dependency.open',
      `Nothing could be ingested yet: ${counted(skipped.length, 'document')} wait for the embedder, which keeps failing (${skipped[0]!.reason})`,
      {
        problems: failed.slice(0, LISTED).map(({ message }) => message),
        hint: 'They are stored. Run the same command again once the embedding service works: it goes on from there.',
      },
    );
  }
  const inQuarantine = quarantined.length > 0 ? `, ${count(quarantined.length)} in quarantine` : '';
  return new GroundspeedError(
    'document.unreadable',
    `Nothing could be ingested: ${count(failed.length)} failed${inQuarantine}`,
    {
      problems: [...failed, ...quarantined].slice(0, LISTED).map(({ message }) => message),
      hint:
        quarantined.length > 0
          ? 'Mend these documents, or name others. --retry-failed tries those in quarantine again.'
          : 'Mend these documents, or name others.',
    },
  );
}
