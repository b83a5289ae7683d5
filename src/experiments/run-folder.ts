import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { decodeColumns, encodeColumns, parseRecord, RECORD_FILE } from '../records/codec.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import type { RunResult } from './setup.ts';

/** Saves a run: `requests.col` first, so that a record never names columns that are not there. */
export async function writeRunFolder(folder: string, result: RunResult): Promise<RunResult> {
  const { record, requests } = result;
  let saved = record;
  if (requests !== undefined && requests.length > 0) {
    const { pieces, layout } = encodeColumns(requests, record.load?.stages ?? []);
    await writeFileAtomically(join(folder, layout.file), pieces);
    saved = { ...record, requests: layout };
  }
  // Without indentation, which would be a third of it. `report --format json` writes it for reading.
  await writeFileAtomically(join(folder, RECORD_FILE), `${JSON.stringify(saved)}\n`);
  return { ...result, record: saved };
}

/** Reads what `writeRunFolder` saved, from its folder or its record.json. Checks schema, version and hashes. */
export async function readRunFolder(path: string): Promise<RunResult> {
  const file = await recordFile(path);
  const record = parseRecord(await readText(file), file);
  if (record.requests === undefined) return { record, requests: undefined };
  const columnsFile = join(dirname(file), record.requests.file);
  const bytes = await readFile(columnsFile).catch((cause: unknown) => {
    throw new GroundspeedError(
      'record.corrupt',
      `${columnsFile}, which belongs to the record, cannot be read`,
      {
        where: columnsFile,
        hint: `Keep ${RECORD_FILE} and ${record.requests?.file} of one run together.`,
        cause,
      },
    );
  });
  return { record, requests: decodeColumns(bytes, record.requests) };
}

async function recordFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? join(path, RECORD_FILE) : path;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new GroundspeedError('record.unreadable', `Cannot read ${file}: ${messageOf(cause)}`, {
      where: file,
      hint: `Name the folder of a run (reports/latest, say), or its ${RECORD_FILE}.`,
      cause,
    });
  }
}
