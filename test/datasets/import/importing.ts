import { basename, join } from 'node:path';
import {
  type ImportResult,
  type ImportSettings,
  importGoldenSet,
} from '../../../src/datasets/import/import.ts';
import type { NamedFile, Source } from '../../../src/datasets/import/source.ts';
import { openSource } from '../../../src/datasets/import/source-folder.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';

type Files = Readonly<Record<string, string | Uint8Array | readonly object[]>>;

/** A source in memory: a list becomes JSON lines. */
export function sourceOf(files: Files, path = 'set'): Source {
  const names = Object.keys(files).sort();
  return {
    path,
    names,
    read: async (name) => fileOf(name, files[name]!),
  };
}

export function fileOf(name: string, content: Files[string]): NamedFile {
  if (typeof content === 'string') return { name, bytes: Buffer.from(content) };
  if (content instanceof Uint8Array) return { name, bytes: content };
  return { name, bytes: Buffer.from(content.map((value) => `${JSON.stringify(value)}\n`).join('')) };
}

export function importFrom(
  format: string,
  files: Files,
  settings: Partial<ImportSettings> = {},
): Promise<ImportResult> {
  return importGoldenSet(format, sourceOf(files), { name: 'set', columns: new Map(), ...settings });
}

export async function importPath(format: string, path: string, settings: Partial<ImportSettings> = {}) {
  return importGoldenSet(format, await openSource(join(path)), {
    name: basename(path),
    columns: new Map(),
    ...settings,
  });
}

/** The result, or the error that a user sees. Any other error fails the test. */
export async function attempt(run: () => Promise<ImportResult>): Promise<ImportResult | GroundspeedError> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof GroundspeedError && error.code !== 'internal.bug') return error;
    throw error;
  }
}

/** Losses by kind: how many there were. */
export function lossCounts({ losses }: Pick<ImportResult, 'losses'>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, of, count } of losses) counts[`${of} ${kind}`] = (counts[`${of} ${kind}`] ?? 0) + count;
  return counts;
}
