import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildManifest } from '../../../src/datasets/manifest.ts';
import { readGoldenSet } from '../../../src/datasets/read.ts';
import { labelSet } from '../../../src/experiments/dataset-check/label-set.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { folderOf } from '../../datasets/folders.ts';

const QUESTIONS =
  '{"id": "a", "question": "What?", "answers": ["x"], "relevant": {"20": 1, "3": 0}, "n": 1.0}\r\n' +
  '{"id":"b","question":"Who?","evidence":[{"document":"3","quote":"three"}]}\n' +
  '{"id":"c","question":"Where?","relevant":["20"]}';
const CORPUS = [
  { id: '20', text: 'twenty' },
  { id: '3', text: 'three' },
  { id: '100', text: 'hundred' },
];
const SHEET = 'question_id,document_id,grade\na,100,2\nb,100,0\nb,20,\nc,20,1\n';

async function made(sheet: string, extra: Record<string, string> = {}) {
  const folder = folderOf({ 'questions.jsonl': QUESTIONS, 'corpus.jsonl': CORPUS, ...extra });
  const manifest = { ...(await buildManifest(folder)), ours: { kept: true } };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return { folder, sheet: join(folderOf({ 'sheet.csv': sheet }), 'sheet.csv') };
}

const options = (sheet: string, output?: string, labeller?: string) => ({
  sheet,
  output,
  labeller,
  clock: new ManualClock(),
});
const text = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

describe('labels taken into a set', () => {
  it('change the lines that they are about, and no other byte', async () => {
    const { folder, sheet } = await made(SHEET);
    const result = await labelSet(folder, options(sheet, undefined, 'Ann'));
    expect(result).toMatchObject({
      added: 2,
      known: 1,
      blank: 1,
      rows: 4,
      questions: 2,
      grades: { 0: 1, 2: 1 },
    });
    expect(text(folder, 'questions.jsonl')).toBe(
      QUESTIONS.replace('{"20": 1, "3": 0}', '{"20": 1, "3": 0, "100": 2}').replace(
        '"quote":"three"}]}',
        '"quote":"three"}],"relevant":{"3":1,"100":0}}',
      ),
    );
  });

  it('leave a line of provenance, and a manifest that fits and keeps what else it says', async () => {
    const { folder, sheet } = await made(SHEET);
    await labelSet(folder, options(sheet, undefined, 'Ann'));
    expect(text(folder, 'questions.jsonl')).not.toContain('Ann');
    expect(JSON.parse(text(folder, 'labels.jsonl'))).toMatchObject({
      at: '2026-01-01T00:00:00.000Z',
      labeller: 'Ann',
      sheet: { name: 'sheet.csv', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      added: 2,
      pairs: [
        ['a', '100'],
        ['b', '100'],
      ],
    });
    expect(JSON.parse(text(folder, 'manifest.json')).ours).toEqual({ kept: true });
    expect((await readGoldenSet(folder, { strict: true })).warnings).toEqual([]);
  });

  it('are added once: the same sheet again changes nothing', async () => {
    const { folder, sheet } = await made(SHEET);
    await labelSet(folder, options(sheet));
    const before =
      text(folder, 'questions.jsonl') + text(folder, 'labels.jsonl') + text(folder, 'manifest.json');
    const again = await labelSet(folder, options(sheet));
    expect(again).toMatchObject({ added: 0, known: 3, files: [] });
    expect(
      text(folder, 'questions.jsonl') + text(folder, 'labels.jsonl') + text(folder, 'manifest.json'),
    ).toBe(before);
  });

  it('add a second line of provenance for a second sheet', async () => {
    const { folder, sheet } = await made(SHEET);
    await labelSet(folder, options(sheet));
    writeFileSync(sheet, 'question_id,document_id,grade\nc,3,0\n');
    await labelSet(folder, options(sheet));
    expect(text(folder, 'labels.jsonl').trim().split('\n')).toHaveLength(2);
    expect((await readGoldenSet(folder, { strict: true })).warnings).toEqual([]);
  });

  it('go into a copy, and leave the set alone', async () => {
    const { folder, sheet } = await made(SHEET, { LICENSE: 'ours' });
    const output = join(folderOf({}), 'copy');
    await labelSet(folder, options(sheet, output));
    expect(text(folder, 'questions.jsonl')).toBe(QUESTIONS);
    expect(text(output, 'LICENSE')).toBe('ours');
    expect((await readGoldenSet(output, { strict: true })).questions[0]!.relevant.get('100')).toBe(2);
    await expect(labelSet(folder, options(sheet, output))).rejects.toMatchObject({ code: 'dataset.exists' });
  });

  it('are written at the end of every BEIR judgement file that judges the question', async () => {
    const folder = folderOf({
      'corpus.jsonl': CORPUS,
      'queries.jsonl': [
        { _id: 'a', text: 'What?' },
        { _id: 'b', text: 'Who?' },
      ],
      'qrels/test.tsv': 'query-id\tcorpus-id\tscore\na\t20\t1\n',
      'qrels/dev.tsv': 'query-id\tcorpus-id\tscore\na\t20\t1\nb\t3\t1\n',
    });
    const sheet = join(folderOf({ 's.csv': 'question_id,document_id,grade\na,100,0\nb,100,1\n' }), 's.csv');
    await labelSet(folder, options(sheet));
    expect(text(folder, 'qrels/test.tsv')).toBe('query-id\tcorpus-id\tscore\na\t20\t1\na\t100\t0\n');
    expect(text(folder, 'qrels/dev.tsv')).toMatch(/b\t3\t1\na\t100\t0\nb\t100\t1\n$/);
    expect(existsSync(join(folder, 'manifest.json'))).toBe(false);
  });

  it.each([
    ['another grade than the set has', 'question_id,document_id,grade\na,20,0\n', /the set says 1/],
    ['two grades', 'question_id,document_id,grade\na,100,0\na,100,1\n', /`grade` is 1, and 0 at/],
    ['no grade', 'question_id,document_id,grade\na,100,good\n', /`grade` must be a whole number/],
    ['a stranger', 'question_id,document_id,grade\nz,100,1\n', /`question_id` "z" is not in the set/],
  ])('are refused with %s, and nothing is written', async (_what, sheet, message) => {
    const one = await made(sheet);
    await expect(labelSet(one.folder, options(one.sheet))).rejects.toThrow(message);
    expect(text(one.folder, 'questions.jsonl')).toBe(QUESTIONS);
    expect(existsSync(join(one.folder, 'labels.jsonl'))).toBe(false);
  });

  it('are refused where the file is not what the manifest says, which a new hash would hide', async () => {
    const { folder, sheet } = await made(SHEET);
    writeFileSync(join(folder, 'questions.jsonl'), QUESTIONS.replace('What?', 'Whot?'));
    await expect(labelSet(folder, options(sheet))).rejects.toMatchObject({ code: 'dataset.labels' });
  });

  it('are refused by a spreadsheet of questions, and a sheet that is not there', async () => {
    const { sheet } = await made(SHEET);
    const table = join(folderOf({ 'q.csv': 'question,answer\nWhat?,x\n' }), 'q.csv');
    await expect(labelSet(table, options(sheet))).rejects.toThrow(/has no room for grades/);
    const { folder } = await made(SHEET);
    await expect(labelSet(folder, options('/nowhere/s.csv'))).rejects.toMatchObject({
      code: 'dataset.missing',
    });
  });
});
