import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { datasetExport } from '../../../src/cli/dataset-export.ts';
import { datasetImport } from '../../../src/cli/dataset-import.ts';
import { readGoldenSet } from '../../../src/datasets/read.ts';
import { memoryWorld } from '../../cli-unit/memory-world.ts';
import { folderOf } from '../folders.ts';

const CSV = 'prompt,gold,doc,notes\nA?,12 €,x,hm\nB?,,y,\n,nothing,x,\n';
const map = ['question=prompt', 'answer=gold', 'source=doc'];

describe('dataset import', () => {
  it('writes a set, an account of it, and says what was lost', async () => {
    const folder = folderOf({ 'mine.csv': CSV });
    const output = join(folder, 'out');
    const world = memoryWorld();
    const flags = { output, map, split: 'test', licence: 'CC0', color: false };
    expect(await datasetImport(world, 'csv', join(folder, 'mine.csv'), flags)).toBe(0);
    expect(world.out.text()).toMatch(/is now the golden set mine in/);
    expect(world.out.text()).toMatch(/questions +2 of 3/);
    expect(world.out.text()).toMatch(/1 question: questions without text\n +mine\.csv:4/);
    expect(world.err.text()).toBe('');
    const account = JSON.parse(readFileSync(join(output, 'import.json'), 'utf8'));
    expect(account).toMatchObject({ format: 'csv', read: { questions: 3 }, taken: { questions: 2 } });
    const read = await readGoldenSet(output, { strict: true });
    expect(read).toMatchObject({ name: 'mine', licence: 'CC0', split: 'test' });
  });

  it('prints one JSON document, and warns of a missing licence on the side', async () => {
    const folder = folderOf({ 'mine.jsonl': [{ question: 'A?', answer: 'a' }] });
    const world = memoryWorld();
    const flags = { output: join(folder, 'out'), name: 'named', version: '7', json: true, color: false };
    await datasetImport(world, 'auto', join(folder, 'mine.jsonl'), flags);
    expect(JSON.parse(world.out.text())).toMatchObject({
      format: 'jsonl',
      detected: 'records with question and answer or source',
      losses: [],
      manifest: { name: 'named', version: '7', counts: { questions: 1 } },
    });
    expect(world.err.text()).toMatch(/licence is not known/);
  });

  it('writes nothing where it fails, and over nothing that stands there', async () => {
    const folder = folderOf({ 'mine.csv': 'a,b\n1,2\n', 'good.csv': 'question,answer\nA?,a\n' });
    const output = join(folder, 'out');
    const failed = datasetImport(memoryWorld(), 'csv', join(folder, 'mine.csv'), { output, color: false });
    await expect(failed).rejects.toMatchObject({ exitCode: 3, where: 'mine.csv:2' });
    expect(readdirSync(folder).sort()).toEqual(['good.csv', 'mine.csv']);
    const taken = datasetImport(memoryWorld(), 'csv', join(folder, 'good.csv'), {
      output: folder,
      color: false,
    });
    await expect(taken).rejects.toMatchObject({ code: 'dataset.exists', exitCode: 2 });
    const missing = datasetImport(memoryWorld(), 'csv', join(folder, 'none.csv'), { output, color: false });
    await expect(missing).rejects.toMatchObject({ code: 'dataset.missing' });
  });

  it('takes a corpus and qrels that stand elsewhere', async () => {
    const folder = folderOf({
      't.tsv': '1\tWhy?\n',
      'j.qrels': '1 0 x 1\n',
      'd/c.jsonl': [{ id: 'x', text: 'X' }],
    });
    const flags = {
      output: join(folder, 'out'),
      qrels: join(folder, 'j.qrels'),
      corpus: join(folder, 'd/c.jsonl'),
    };
    await datasetImport(memoryWorld(), 'trec', join(folder, 't.tsv'), {
      ...flags,
      quiet: true,
      color: false,
    });
    const read = await readGoldenSet(flags.output, { strict: true });
    expect(read.questions[0]?.relevant).toEqual(new Map([['x', 1]]));
  });
});

describe('dataset export', () => {
  it.each(['groundspeed', 'beir', 'trec', 'squad', 'ragas', 'promptfoo', 'csv', 'jsonl'])(
    'writes the shipped set as %s, which imports again with the same counts',
    async (format) => {
      const folder = folderOf({});
      const output = join(folder, 'out');
      const world = memoryWorld();
      await datasetExport(world, format, 'tidewater', { output, json: true, color: false });
      const account = JSON.parse(world.out.text());
      for (const of of ['question', 'document', 'judgement']) {
        const lost = account.losses
          .filter((loss: { of: string }) => loss.of === of)
          .reduce((sum: number, { count }: { count: number }) => sum + count, 0);
        expect(account.kept[`${of}s`] + lost).toBe(account.read[`${of}s`]);
      }
      const again = memoryWorld();
      const flags = { output: join(folder, 'again'), json: true, color: false };
      await datasetImport(again, 'auto', output, flags);
      const imported = JSON.parse(again.out.text());
      expect(imported.format).toBe(format);
      expect(imported.taken.questions).toBe(account.kept.questions);
      if (format === 'trec' || format === 'squad') return;
      for (const split of ['dev', 'test']) {
        const before = await readGoldenSet('datasets/tidewater', { split });
        const after = await readGoldenSet(flags.output, { split });
        expect(after.questionsHash).toBe(before.questionsHash);
        expect(after.corpusHash).toBe(before.corpusHash);
      }
      // BEIR, CSV and JSON lines are read without an import, too.
      if (format === 'ragas' || format === 'promptfoo') return;
      const direct = await readGoldenSet(output, { split: 'test' });
      expect(direct.warnings.filter(({ code }) => code === 'manifest')).toEqual([]);
    },
  );

  it('writes cells that no spreadsheet runs', async () => {
    const questions = [{ id: '=cmd', question: '=HYPERLINK("x")', answers: ['+1', '@x'], forbidden: ['-1'] }];
    const folder = folderOf({ 'set/questions.jsonl': questions });
    for (const format of ['csv', 'promptfoo']) {
      const output = join(folder, format);
      await datasetExport(memoryWorld(), format, join(folder, 'set'), { output, quiet: true, color: false });
      const text = readFileSync(join(output, format === 'csv' ? 'golden.csv' : 'tests.csv'), 'utf8');
      const cells = (parse(text) as string[][]).flat();
      expect(cells).toContain("'=cmd");
      expect(cells.filter((cell) => /^\s*[=+\-@]/.test(cell))).toEqual([]);
    }
  });

  it('takes one split, and replaces its own output when told to', async () => {
    const questions = [
      { id: 'a', question: 'A?', answers: ['a'], split: 'dev' },
      { id: 'b', question: 'B?', answers: ['b'], split: 'test' },
    ];
    const folder = folderOf({ 'set/questions.jsonl': questions });
    const flags = { output: join(folder, 'out'), split: 'dev', quiet: true, color: false };
    await datasetExport(memoryWorld(), 'beir', join(folder, 'set'), flags);
    expect(readdirSync(flags.output)).toEqual(['export.json', 'manifest.json', 'qrels', 'queries.jsonl']);
    await expect(datasetExport(memoryWorld(), 'csv', join(folder, 'set'), flags)).rejects.toMatchObject({
      code: 'dataset.exists',
    });
    await datasetExport(memoryWorld(), 'csv', join(folder, 'set'), { ...flags, force: true });
    expect(readFileSync(join(flags.output, 'golden.csv'), 'utf8').split('\r\n')).toHaveLength(3);
    writeFileSync(join(folder, 'notes.txt'), '');
    await expect(
      datasetExport(memoryWorld(), 'nonsense', join(folder, 'set'), { ...flags, output: join(folder, 'x') }),
    ).rejects.toMatchObject({ code: 'usage.argument' });
  });
});
