import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** New folders for the tests of one file, gone when these are over. */
export function temporaryFolders(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'groundspeed-experiments-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  let count = 0;
  return () => join(root, String(++count));
}
