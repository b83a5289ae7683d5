import { GroundspeedError, messageOf } from '../../kernel/errors.ts';

const AGAIN =
  'What was stored before is whole: once that is mended, run the same command again and it goes on from there.';

/**
 * What the user can do about an error of SQLite's, by its primary result code (https://sqlite.org/rescode.html).
 * Any other error comes back as it was.
 */
export function storeError(thrown: unknown, path: string): unknown {
  if (thrown instanceof GroundspeedError) return thrown;
  const code = String((thrown as { code?: unknown } | null)?.code ?? '');
  const details = { where: path, cause: thrown };
  // The first file that WAL mode needs beside the store grows by a fixed size, which only a full disk prevents.
  if (/^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)/.test(code)) {
    return new GroundspeedError('store.unwritable', 'The index cannot be written: the disk is full', {
      ...details,
      hint: `Free some space, or give --index a folder on another disk. ${AGAIN}`,
    });
  }
  if (
    /^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EACCES|EPERM|EROFS|ENOENT|ENOTDIR|EEXIST|EISDIR)/.test(
      code,
    )
  ) {
    return new GroundspeedError('store.unwritable', `The index cannot be written: ${messageOf(thrown)}`, {
      ...details,
      hint: `Make the folder and its files writable for this user, or give --index another folder. ${AGAIN}`,
    });
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new GroundspeedError('store.unwritable', `The disk failed: ${messageOf(thrown)} (${code})`, {
      ...details,
      hint: `Look at the disk and its free space. ${AGAIN}`,
    });
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return damaged(path, messageOf(thrown), thrown);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new GroundspeedError('store.locked', 'Another program is writing to the index', {
      ...details,
      hint: 'Wait until it is done, or give --index another folder.',
    });
  }
  return thrown;
}

export function damaged(path: string, how: string, cause?: unknown): GroundspeedError {
  return new GroundspeedError('store.corrupt', `The index is damaged: ${how}`, {
    where: path,
    hint: 'Put back a copy of it, or delete its folder and ingest the documents anew.',
    ...(cause === undefined ? {} : { cause }),
  });
}
