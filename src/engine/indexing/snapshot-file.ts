import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { sha256 } from '../../kernel/digest.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';

const MAGIC_BYTES = 8;
const DIGEST_BYTES = 32;

/**
 * Writes a snapshot: eight bytes that name the format, the parts one after another, and the SHA-256 of all that.
 * The file appears whole or not at all.
 */
export async function writeSnapshot(
  path: string,
  magic: string,
  parts: readonly Uint8Array[],
): Promise<void> {
  const content = Buffer.concat([Buffer.from(magic.padEnd(MAGIC_BYTES, '\0'), 'latin1'), ...parts]);
  const unfinished = `${path}.tmp`;
  try {
    await writeFile(unfinished, [content, Buffer.from(sha256(content), 'hex')]);
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw new GroundspeedError('store.unwritable', `A snapshot cannot be written: ${messageOf(cause)}`, {
      where: path,
      hint: 'Free some space, or make the folder writable; the index itself is safe in its store.',
      cause,
    });
  }
}

/** The parts of a snapshot, joined, in memory of their own; fails when the file is missing, foreign, cut or altered. */
export async function readSnapshot(path: string, magic: string): Promise<Uint8Array> {
  const content = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, `cannot be read: ${messageOf(cause)}`, cause);
  });
  const end = content.length - DIGEST_BYTES;
  const named = content.toString('latin1', 0, MAGIC_BYTES);
  if (end < MAGIC_BYTES || named !== magic.padEnd(MAGIC_BYTES, '\0')) {
    throw unreadable(path, `is not of the format ${magic}`);
  }
  if (sha256(content.subarray(0, end)) !== content.toString('hex', end)) {
    throw unreadable(path, 'is damaged: its checksum is wrong');
  }
  // Copied, so that it begins at an address that any typed array may begin at.
  return new Uint8Array(content.subarray(MAGIC_BYTES, end));
}

function unreadable(path: string, what: string, cause?: unknown): GroundspeedError {
  return new GroundspeedError('store.corrupt', `A snapshot ${what}`, {
    where: path,
    hint: 'Delete the file: it is rebuilt from the store.',
    cause,
  });
}
