import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../kernel/digest.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import type { FileFacts } from './manifest-check.ts';

/** The one door from this room to the disk. What is not there is `dataset.missing`; other faults are `internal.io`. */
export function readBytes(folder: string, name: string): Promise<Buffer> {
  return io(name, () => readFile(join(folder, name)));
}

export async function isFolder(path: string): Promise<boolean> {
  return (await io(path, () => stat(path))).isDirectory();
}

/** Names in a folder, sorted. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await io(folder, () => readdir(folder))).sort();
}

/** Every file below a folder, as sorted relative paths with forward slashes; hidden ones are left out. */
export async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await namesIn(join(folder, prefix))) {
    if (name.startsWith('.')) continue;
    const path = `${prefix}${name}`;
    if (await isFolder(join(folder, path))) paths.push(...(await filesBelow(folder, `${path}/`)));
    else paths.push(path);
  }
  return paths;
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Size and SHA-256 of those of the named files that are there, and in the folder. */
export async function factsOfFiles(
  folder: string,
  names: readonly string[],
): Promise<Record<string, FileFacts>> {
  const facts: Record<string, FileFacts> = {};
  for (const name of names) {
    const path = join(folder, name);
    if (!path.startsWith(join(folder, '/')) || !(await exists(path))) continue;
    const bytes = await readBytes(folder, name);
    facts[name] = { sha256: sha256(bytes), bytes: bytes.length };
  }
  return facts;
}

async function io<T>(where: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new GroundspeedError('dataset.missing', `${where} is not there.`, {
        where,
        cause,
        hint: 'Name a golden set that exists: a folder, a .csv or a .jsonl file.',
      });
    }
    throw new GroundspeedError('internal.io', `${where} cannot be read: ${messageOf(cause)}.`, {
      where,
      cause,
    });
  }
}
