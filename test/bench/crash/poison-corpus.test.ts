import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { POISONS, writePoisonCorpus } from '../../../bench/crash/poison-corpus.ts';
import { readDocuments } from '../../../src/engine/documents/read.ts';
import { engineSchema } from '../../../src/engine/options.ts';

const maxFileSize = 5000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poison-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('holds the sound documents, and the poison that it names: what can be read fails with its code', async () => {
  const made = writePoisonCorpus(folder, { documents: 50, ofEach: 2, maxFileSize, seed: 3 });
  expect(made.sound).toHaveLength(50);
  expect(made.poisoned).toHaveLength(2 * Object.keys(POISONS).length);
  const read: string[] = [];
  const failed: { id: string; code: string }[] = [];
  const { documents } = engineSchema.parse({ documents: { maxFileSize: maxFileSize * 20 } });
  for await (const item of readDocuments([folder], { ...documents, maxFileSize })) {
    if ('document' in item) read.push(item.document.id);
    else failed.push({ id: item.failure.id, code: item.failure.code });
  }
  const named = made.poisoned.filter(({ code }) => code.startsWith('document.'));
  expect(failed).toHaveLength(named.length);
  expect(failed).toEqual(expect.arrayContaining(named.map(({ id, code }) => ({ id, code }))));
  const forEmbedder = made.poisoned.filter(({ code }) => code.startsWith('embedding.')).map(({ id }) => id);
  expect(read.sort()).toEqual([...made.sound, ...forEmbedder].sort());
});

it('is the same for the same seed, and another for another', () => {
  const content = (name: string, seed: number): string => {
    const path = join(folder, name);
    writePoisonCorpus(path, { documents: 20, ofEach: 1, maxFileSize, seed });
    return readdirSync(path)
      .map((file) => readFileSync(join(path, file), 'latin1'))
      .join('\0');
  };
  expect(content('a', 1)).toBe(content('b', 1));
  expect(content('c', 2)).not.toBe(content('a', 1));
});
