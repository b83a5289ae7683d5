import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashQuestions } from '../../../src/datasets/hashes.ts';
import { buildManifest } from '../../../src/datasets/manifest.ts';
import { readGoldenSet } from '../../../src/datasets/read.ts';
import { writeFolder, writeGoldenSet } from '../../../src/datasets/write.ts';
import type { WrittenSet } from '../../../src/datasets/written-set.ts';
import { goldenSet } from '../export/arbitrary-set.ts';
import { folderOf } from '../folders.ts';

const SET: WrittenSet = {
  name: 'made',
  version: '2',
  licence: 'CC0',
  questions: [
    {
      id: 'a',
      question: 'A?',
      answers: ['12 €'],
      forbidden: [],
      evidence: [],
      relevant: new Map([['x', 2]]),
      answerable: true,
      kind: 'lookup',
      difficulty: undefined,
      split: 'dev',
      derived: false,
      tags: [],
      must: false,
    },
  ],
  corpus: [{ id: 'x', title: 'X', text: 'It costs 12 €.', metadata: {} }],
};

describe('writing a golden set', () => {
  it('writes files that its manifest describes, and that are read again as they were', async () => {
    const folder = join(folderOf({}), 'deep', 'made');
    const manifest = await writeGoldenSet(folder, SET, { beside: { 'import.json': '{}\n' } });
    expect(readdirSync(folder)).toEqual(['corpus.jsonl', 'import.json', 'manifest.json', 'questions.jsonl']);
    expect(manifest).toMatchObject({
      name: 'made',
      version: '2',
      licence: 'CC0',
      counts: { documents: 1, questions: 1, answerable: 1 },
      splits: { dev: 1 },
    });
    expect(await buildManifest(folder)).toEqual(manifest);
    const read = await readGoldenSet(folder, { split: 'dev', strict: true });
    expect(read.questions).toEqual(SET.questions);
    expect(read.corpus).toEqual(SET.corpus);
    expect(readdirSync(dirname(folder))).toEqual(['made']);
  });

  it('gives any set back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(goldenSet({ names: 'any', corpus: 'sometimes' }), async (set) => {
        const folder = join(folderOf({}), 'made');
        const plain = {
          ...set,
          questions: set.questions.map((question) => ({ ...question, split: undefined })),
        };
        await writeGoldenSet(folder, plain);
        const { questions, questionsHash, warnings } = await readGoldenSet(folder);
        expect(questionsHash).toBe(hashQuestions(plain.questions));
        expect(questions).toEqual(plain.questions);
        expect(warnings.filter(({ code }) => code === 'manifest')).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('refuses a folder with something in it, and a file', async () => {
    const folder = folderOf({ 'questions.jsonl': 'mine', 'a-file': '' });
    await expect(writeGoldenSet(folder, SET)).rejects.toMatchObject({ code: 'dataset.exists', exitCode: 2 });
    await expect(writeGoldenSet(join(folder, 'a-file'), SET, { force: true })).rejects.toMatchObject({
      code: 'dataset.exists',
    });
    expect(readFileSync(join(folder, 'questions.jsonl'), 'utf8')).toBe('mine');
  });

  it('takes an empty folder, and with force one that holds a golden set and nothing else', async () => {
    const folder = folderOf({});
    await writeGoldenSet(folder, SET);
    await writeGoldenSet(folder, { ...SET, corpus: undefined }, { force: true });
    expect(readdirSync(folder)).toEqual(['manifest.json', 'questions.jsonl']);
    writeFileSync(join(folder, 'thesis.docx'), 'years of work');
    await expect(writeGoldenSet(folder, SET, { force: true })).rejects.toMatchObject({
      code: 'dataset.exists',
      message: expect.stringContaining('thesis.docx'),
    });
    expect(existsSync(join(folder, 'thesis.docx'))).toBe(true);
  });

  it('leaves nothing behind when it fails on the way', async () => {
    const parent = folderOf({});
    const broken = (function* () {
      yield 'half';
      throw new Error('the disk is gone');
    })();
    await expect(
      writeFolder(join(parent, 'made'), { 'a.txt': 'whole', 'b.txt': broken }),
    ).rejects.toMatchObject({
      code: 'internal.io',
    });
    expect(readdirSync(parent)).toEqual([]);
  });

  it('leaves the set that stood there when it fails on the way', async () => {
    const folder = join(folderOf({}), 'made');
    await writeGoldenSet(folder, SET);
    const before = readFileSync(join(folder, 'manifest.json'), 'utf8');
    const broken = (function* () {
      yield 'half';
      throw new Error('the disk is gone');
    })();
    await expect(writeFolder(folder, { 'a.txt': broken }, { force: true })).rejects.toThrow();
    expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe(before);
    expect(readdirSync(dirname(folder))).toEqual(['made']);
  });

  it('writes below folders of the set', async () => {
    const folder = join(folderOf({}), 'made');
    mkdirSync(folder);
    const facts = await writeFolder(folder, { 'qrels/test.tsv': ['a\t', 'x\t1\n'] });
    expect(facts['qrels/test.tsv']?.bytes).toBe(6);
    expect(readFileSync(join(folder, 'qrels/test.tsv'), 'utf8')).toBe('a\tx\t1\n');
  });
});
