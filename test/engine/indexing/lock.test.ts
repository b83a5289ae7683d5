import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockIndex } from '../../../src/engine/indexing/lock.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'lock-')), 'index');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const refusal = async (): Promise<GroundspeedError> => {
  const thrown = await lockIndex(folder).then(
    () => expect.unreachable('the lock was given twice'),
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(GroundspeedError);
  return thrown as GroundspeedError;
};

describe('the lock of an index', () => {
  it('is given to one at a time, and names its holder to the others', async () => {
    const lock = await lockIndex(folder);
    const error = await refusal();
    expect(error.code).toBe('store.locked');
    expect(error.message).toMatch(
      new RegExp(`^The index is in use by this very process ${process.pid}, since 20\\d\\d-`),
    );
    expect(error.hint).toBe('Wait until it is done, or give --index another folder.');
    expect(error.where).toBe(folder);
    lock.release();
    lock.release();
    (await lockIndex(folder)).release();
  });

  it('is refused still when its holder is not written down', async () => {
    const lock = await lockIndex(folder);
    writeFileSync(join(folder, 'lock.json'), '{"pid": 1');
    expect((await refusal()).message).toBe('The index is in use by another process');
    lock.release();
  });

  it('is one for each folder', async () => {
    const one = await lockIndex(folder);
    const other = await lockIndex(join(folder, 'other'));
    one.release();
    other.release();
  });

  it('goes with the process that holds it, even when that is killed', async () => {
    (await lockIndex(folder)).release();
    const holder = `
      const Sqlite = require(${JSON.stringify(createRequire(import.meta.url).resolve('better-sqlite3'))});
      const database = new Sqlite(process.argv[1] + '/lock');
      database.pragma('locking_mode = EXCLUSIVE');
      database.exec('BEGIN EXCLUSIVE');
      require('node:fs').writeFileSync(process.argv[1] + '/lock.json',
        JSON.stringify({ pid: process.pid, since: '2026-01-01T00:00:00.000Z' }));
      console.log('held');
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['-e', holder, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect((await refusal()).message).toBe(
      `The index is in use by process ${child.pid}, since 2026-01-01T00:00:00.000Z`,
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    (await lockIndex(folder)).release();
  });

  it('says what to do when the folder cannot be made', async () => {
    writeFileSync(join(folder, '..', 'file'), '');
    folder = join(folder, '..', 'file', 'index');
    const error = await refusal();
    expect(error.code).toBe('store.unwritable');
    folder = join(folder, '..', '..', 'index');
  });
});
