import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';

/**
 * Writes a file whole or not at all: into a temporary neighbour, flushed to the disk, then renamed over the target. A
 * reader, or a process that dies on the way, never sees half of it. Folders on the way are made.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array | AsyncIterable<string> | Iterable<string | Uint8Array>,
): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await writeFile(file, content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new GroundspeedError('internal.io', `Could not write ${path}: ${messageOf(cause)}`, {
      where: path,
      hint: 'Check that the folder exists, is writable, and that the disk is not full; or choose another with --output.',
      cause,
    });
  }
}
