import { describe, expect, it } from 'vitest';
import { storeError } from '../../../src/engine/indexing/store-errors.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';

const failure = (code: string, syscall?: string) =>
  Object.assign(new Error(`${code}: as the system has it`), { code, ...(syscall && { syscall }) });

describe('an error of the store', () => {
  it.each([
    ['SQLITE_FULL', 'store.unwritable', /the disk is full/],
    ['SQLITE_IOERR_SHMSIZE', 'store.unwritable', /the disk is full/],
    ['SQLITE_IOERR_READ', 'store.unwritable', /the disk failed/i],
    ['SQLITE_READONLY_DIRECTORY', 'store.unwritable', /cannot be written/],
    ['SQLITE_CORRUPT_INDEX', 'store.corrupt', /damaged/],
    ['SQLITE_BUSY', 'store.locked', /another program/i],
  ])('%s of SQLite is %s', (sqlite, code, message) => {
    const error = storeError(failure(sqlite), '/index/store.sqlite');
    expect(error).toBeInstanceOf(GroundspeedError);
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(message),
      where: '/index/store.sqlite',
      hint: expect.stringMatching(/./),
    });
  });

  it.each([
    ['ENOSPC', 'write', /the disk is full/],
    ['EROFS', 'open', /the file system is read-only/],
    ['EEXIST', 'mkdir', /a file stands in its place/],
    // What making folders on a read-only file system comes to.
    ['ENOENT', 'mkdir', /the folder cannot be made there/],
  ])('%s of the file system is told in plain words', (code, syscall, message) => {
    expect(storeError(failure(code, syscall), '/index')).toMatchObject({
      code: 'store.unwritable',
      message: expect.stringMatching(message),
    });
  });

  it('that is none of these stays what it was', () => {
    const bug = new TypeError('x is not a function');
    expect(storeError(bug, '/index')).toBe(bug);
  });
});
