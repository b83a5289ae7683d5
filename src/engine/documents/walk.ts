import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { DocumentFailure, SourceItem } from './source.ts';
import { unreadable } from './unreadable.ts';

/** A file to be read: its path, the name it goes by in ids and messages, and its size in bytes. */
export interface FoundFile {
  readonly path: string;
  /** Path relative to the root that was given, with forward slashes; the file's own name when the root is a file. */
  readonly name: string;
  readonly extension: string;
  readonly size: number;
}

export type Found = { readonly file: FoundFile } | Extract<SourceItem, { failure: DocumentFailure }>;

interface Place {
  readonly path: string;
  readonly name: string;
  /** Folders on the way from the root, so that a symbolic link cannot lead round in a circle. */
  readonly above: readonly string[];
}

/**
 * Files with one of `extensions` below each root, in the order of the roots, then by name (UTF-16 order). Names that
 * begin with a dot are passed over, unless they are roots. A root that is a file of another kind is a failure.
 */
export async function* walk(roots: readonly string[], extensions: readonly string[]): AsyncGenerator<Found> {
  for (const root of roots) {
    const place = { path: root, name: '', above: [] };
    for await (const found of visit(place, extensions)) yield found;
  }
}

async function* visit(place: Place, extensions: readonly string[]): AsyncGenerator<Found> {
  const name = place.name || basename(place.path);
  try {
    const { isFile, isFolder, identity, size } = await look(place.path);
    const extension = extname(place.path).toLowerCase();
    if (isFolder) {
      if (place.above.includes(identity)) return;
      yield* visitFolder({ ...place, above: [...place.above, identity] }, extensions);
    } else if (!extensions.includes(extension)) {
      if (place.name === '') yield { failure: otherExtension(place.path, name, extensions) };
    } else if (isFile) {
      yield { file: { path: place.path, name, extension, size } };
    } else {
      yield { failure: unreadable(place.path, name, new Error('it is not a regular file')) };
    }
  } catch (cause) {
    yield { failure: unreadable(place.path, name, cause), unidentified: true };
  }
}

async function* visitFolder(folder: Place, extensions: readonly string[]): AsyncGenerator<Found> {
  const names = (await readdir(folder.path)).filter((name) => !name.startsWith('.')).sort();
  for (const name of names) {
    const place = {
      path: join(folder.path, name),
      name: folder.name === '' ? name : `${folder.name}/${name}`,
      above: folder.above,
    };
    yield* visit(place, extensions);
  }
}

async function look(path: string) {
  const found = await stat(path);
  return {
    isFile: found.isFile(),
    isFolder: found.isDirectory(),
    identity: `${found.dev}:${found.ino}`,
    size: found.size,
  };
}

function otherExtension(path: string, name: string, extensions: readonly string[]): DocumentFailure {
  return {
    id: name,
    code: 'document.extension',
    message: `${path}: only ${extensions.join(', ')} are read; name its extension in documents.extensions to read it as text`,
  };
}
