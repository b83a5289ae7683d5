import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder with these files, gone when the test is over. A list becomes JSON lines. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array | readonly object[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-set-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), isLines(content) ? jsonLines(content) : content);
  }
  return folder;
}

const isLines = (content: string | Uint8Array | readonly object[]): content is readonly object[] =>
  Array.isArray(content);

export function jsonLines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
