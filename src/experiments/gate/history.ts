import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { nearest } from '../../text/nearest.ts';
import { refuseBadName } from './baselines.ts';
import { type HistoryEntry, historyEntrySchema } from './history-entry.ts';

/** Where histories lie below the folder of reports: a file a name, and a run a line. */
export const HISTORY_FOLDER = 'history';

const ENDING = '.jsonl';

export interface History {
  /** By time, each run once. */
  readonly entries: readonly HistoryEntry[];
  /** Lines that could not be read: "7: is cut off". */
  readonly skipped: readonly string[];
}

/** `reports/history/NAME.jsonl`. Throws `usage.argument` for a name that is no plain file name. */
export function historyFile(reports: string, name: string): string {
  refuseBadName(name, '--history');
  return join(reports, HISTORY_FOLDER, `${name}${ENDING}`);
}

/**
 * Adds a run to a history, in one write at the end of the file, so that two runs at once lose nothing. A last line that was
 * cut off, by a full disk say, is closed first. A run that is there already is not added again.
 *
 * @returns the file
 */
export async function appendHistory(reports: string, name: string, entry: HistoryEntry): Promise<string> {
  const path = historyFile(reports, name);
  const before = (await readText(path)) ?? '';
  if (parseHistory(before).entries.some((one) => same(one, entry))) return path;
  const start = before === '' || before.endsWith('\n') ? '' : '\n';
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a');
    try {
      await file.writeFile(`${start}${JSON.stringify(entry)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new GroundspeedError('internal.io', `Could not write ${path}: ${messageOf(cause)}`, {
      where: path,
      hint: 'Check that the folder is writable and the disk is not full.',
      cause,
    });
  }
  return path;
}

/** A run that was gated only later is the same run with a verdict: that is worth a line. */
const same = (a: HistoryEntry, b: HistoryEntry): boolean => a.id === b.id && a.verdict === b.verdict;

/** The runs of a history. Throws `usage.argument`, with the nearest name, where there is none. */
export async function readHistory(reports: string, name: string): Promise<History> {
  const path = historyFile(reports, name);
  const text = await readText(path);
  if (text === undefined) throw await missing(reports, name);
  return parseHistory(text);
}

/** Names of all histories, in order. */
export async function listHistories(reports: string): Promise<string[]> {
  const files = await readdir(join(reports, HISTORY_FOLDER)).catch(() => []);
  return files
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
}

/** Reads what can be read: a line that is cut off, or that another version wrote, costs only itself. Of one run the last line counts. */
export function parseHistory(text: string): History {
  const byId = new Map<string, HistoryEntry>();
  const skipped: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = parseLine(line);
    if (typeof parsed === 'string') skipped.push(`${index + 1}: ${parsed}`);
    else byId.set(parsed.id, parsed);
  }
  const entries = [...byId.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return { entries, skipped };
}

function parseLine(line: string): HistoryEntry | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is cut off, or no JSON';
  }
  const parsed = historyEntrySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const schema = (value as { schema?: unknown } | null)?.schema;
  return typeof schema === 'string' && schema.startsWith('groundspeed.history/')
    ? `is a ${schema} that this version does not read`
    : 'is no line of a history';
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new GroundspeedError('internal.io', `Cannot read ${path}: ${messageOf(cause)}`, {
      where: path,
      cause,
    });
  });
}

async function missing(reports: string, name: string): Promise<GroundspeedError> {
  const names = await listHistories(reports);
  const meant = nearest(name, names);
  return new GroundspeedError(
    'usage.argument',
    `There is no history ${JSON.stringify(name)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    {
      where: '--history',
      hint:
        names.length === 0
          ? `groundspeed gate --history ${name} adds each run to it.`
          : `There are ${names.join(', ')}. groundspeed gate --history ${name} begins another.`,
    },
  );
}
