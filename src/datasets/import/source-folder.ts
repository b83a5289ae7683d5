import { basename, dirname, resolve } from 'node:path';
import { exists, isFolder, namesIn, readBytes } from '../files.ts';
import type { NamedFile, Source } from './source.ts';

/** Opens what is to be imported: a folder or a file. Throws `dataset.missing` and `internal.io`. */
export async function openSource(path: string): Promise<Source> {
  const full = resolve(path);
  const folder = await isFolder(full);
  const base = folder ? full : dirname(full);
  return {
    path,
    names: folder ? await namesOf(full) : [basename(full)],
    read: async (name) => ({ name, bytes: await readBytes(base, name) }),
  };
}

/** A file that stands elsewhere than the rest (`--corpus`, `--qrels`). */
export async function readNamed(path: string): Promise<NamedFile> {
  const full = resolve(path);
  return { name: path, bytes: await readBytes(dirname(full), basename(full)) };
}

async function namesOf(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of await namesIn(folder)) {
    // A link that leads nowhere is no file of the set.
    if (name.startsWith('.') || !(await exists(`${folder}/${name}`))) continue;
    if (!(await isFolder(`${folder}/${name}`))) names.push(name);
    else if (name === 'qrels') {
      for (const file of await namesIn(`${folder}/qrels`)) names.push(`qrels/${file}`);
    }
  }
  return names;
}
