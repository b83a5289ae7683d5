import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildManifest } from '../../src/datasets/manifest.ts';
import { readGoldenSet } from '../../src/datasets/read.ts';
import { sha256 } from '../../src/kernel/digest.ts';
import { folderOf } from './folders.ts';

const CORPUS = [{ id: 'fares', text: 'A crossing costs 12 euros.' }];
const QUESTIONS = [
  { id: 'a', question: 'What does it cost?', answers: ['12 euros'], split: 'test' },
  { id: 'b', question: 'Who is the captain?', answerable: false, split: 'test' },
  { id: 'c', question: 'And there and back?', answers: ['24 euros'], split: 'dev' },
];

describe('buildManifest', () => {
  it('counts and hashes what is there, keeping what a person wrote', async () => {
    const folder = folderOf({
      'corpus.jsonl': CORPUS,
      'questions.jsonl': QUESTIONS,
      LICENCE: 'Do as you like.',
      '.hidden': 'x',
      'manifest.json': JSON.stringify({
        name: 'ferry',
        version: '2',
        licence: 'CC0',
        counts: { questions: 99 },
      }),
    });
    const manifest = await buildManifest(folder);
    expect(manifest).toMatchObject({
      name: 'ferry',
      version: '2',
      licence: 'CC0',
      counts: { documents: 1, questions: 3, answerable: 2 },
      splits: { test: 2, dev: 1 },
    });
    expect(Object.keys(manifest.files ?? {})).toEqual(['LICENCE', 'corpus.jsonl', 'questions.jsonl']);
    expect(manifest.files?.LICENCE).toEqual({ sha256: sha256('Do as you like.'), bytes: 15 });
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
    expect((await readGoldenSet(folder)).warnings).toEqual([]);
  });

  it('counts the splits of a BEIR folder by their judgements', async () => {
    const folder = folderOf({
      'queries.jsonl': [
        { _id: 'a', text: 'One?' },
        { _id: 'b', text: 'Two?' },
      ],
      'qrels/test.tsv': 'a\td\t1\n',
      'qrels/train.tsv': 'a\td\t1\nb\td\t1\nz\td\t1\n',
    });
    const manifest = await buildManifest(folder);
    expect(manifest.splits).toEqual({ test: 1, train: 2 });
    expect(Object.keys(manifest.files ?? {})).toContain('qrels/train.tsv');
    expect(manifest.counts).toEqual({ questions: 2, answerable: 2 });
  });
});

describe('a manifest that does not fit', () => {
  const warningsWith = async (manifest: object | string): Promise<string[]> => {
    const folder = folderOf({
      'corpus.jsonl': CORPUS,
      'questions.jsonl': QUESTIONS,
      'manifest.json': typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
    });
    const { warnings } = await readGoldenSet(folder);
    expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['manifest']));
    return warnings.map(({ where, message }) => `${where}: ${message}`);
  };

  it('is a warning for each statement that is untrue', async () => {
    const bytes = CORPUS.reduce((sum, line) => sum + JSON.stringify(line).length + 1, 0);
    const warnings = await warningsWith({
      counts: { questions: 3, documents: 2 },
      splits: { test: 3, train: 1 },
      files: {
        'corpus.jsonl': { sha256: sha256('another'), bytes },
        'questions.jsonl': { sha256: sha256('another'), bytes: 1 },
        'gone.txt': { sha256: sha256(''), bytes: 0 },
        '../outside.txt': { sha256: sha256(''), bytes: 0 },
      },
    });
    expect(warnings.map((warning) => warning.replace(/^manifest\.json: /, ''))).toEqual([
      expect.stringMatching(/^files\.corpus\.jsonl: .*another SHA-256/),
      expect.stringMatching(/^files\.questions\.jsonl: .*says 1 bytes/),
      expect.stringMatching(/^files\.gone\.txt: .*not there/),
      expect.stringMatching(/^files\.\.\.\/outside\.txt: .*not there/),
      expect.stringMatching(/^counts\.documents: .*says 2; there are 1/),
      expect.stringMatching(/^splits\.test: .*says 3; there are 2/),
      expect.stringMatching(/^splits\.train: .*says 1; there are 0/),
    ]);
  });

  it('never stops a run', async () => {
    expect(await warningsWith('{"name": "fer')).toHaveLength(1);
    expect(await warningsWith('[]')).toHaveLength(1);
    expect(await warningsWith({ version: 3, counts: { questions: -1 } })).toHaveLength(2);
  });
});
