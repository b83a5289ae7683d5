import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutColours } from '../../src/cli/cell-width.ts';
import { type DatasetCheckFlags, datasetCheck } from '../../src/cli/dataset-check.ts';
import { wrap } from '../../src/cli/dataset-check-wrap.ts';
import { datasetLabel } from '../../src/cli/dataset-label.ts';
import { datasetSample } from '../../src/cli/dataset-sample.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { folderOf, jsonLines } from '../datasets/folders.ts';
import { memoryWorld } from './memory-world.ts';

const SOUND = {
  'corpus.jsonl': [
    { id: 'd1', title: 'Fares', text: 'A recliner costs six pounds.' },
    { id: 'd2', text: 'Dogs travel free.' },
  ],
  'questions.jsonl': [
    {
      id: 'a',
      question: 'What does a recliner cost?',
      answers: ['six pounds'],
      evidence: [{ document: 'd1', quote: 'costs six pounds' }],
    },
    { id: 'b', question: 'Who travels for nothing?', answers: ['dogs'], relevant: ['d2'] },
  ],
};
const BROKEN = {
  ...SOUND,
  'questions.jsonl': Array.from({ length: 5 }, (_, at) => ({
    id: `q${at}`,
    question: `Matter ${at}: what does it cost?`,
    answers: ['eight pounds'],
    evidence: [{ document: 'd1', quote: 'costs seven pounds' }],
  })),
};

async function run(folder: string, flags: Partial<DatasetCheckFlags> = {}) {
  const world = memoryWorld();
  const thrown = await datasetCheck(world, folder, { color: true, ...flags }).then(
    () => undefined,
    (error: unknown) => error as GroundspeedError,
  );
  return { out: world.out.text(), thrown };
}

describe('dataset check', () => {
  it('ends well where nothing is wrong, and names what it could not check', async () => {
    const { out, thrown } = await run(folderOf(SOUND));
    expect(thrown).toBeUndefined();
    expect(out).toMatch(/2 questions, 2 documents/);
    expect(out).toMatch(/✓ unresolved-ids, .*evidence-verbatim/);
    expect(out).toMatch(/– judged-holes +no rankings are given: --pool/);
    expect(out).toMatch(/2 questions are too few to tell two variants apart/);
    expect(out.endsWith('Nothing was found.\n')).toBe(true);
  });

  it('tells errors first, some of many, each with its line and what to do, and ends with exit code 3', async () => {
    const { out, thrown } = await run(folderOf(BROKEN));
    expect(thrown).toMatchObject({
      code: 'dataset.broken',
      exitCode: 3,
      problems: ['evidence-verbatim: 5', 'answer-in-evidence: 5'],
    });
    const shown = out.slice(out.indexOf('✗'));
    expect(shown).toMatch(/^✗ evidence-verbatim · 5 errors\n {2}Evidence quotes stand word for word/);
    expect(shown).toMatch(
      / {2}questions\.jsonl:1 {2}q0: the quote "costs seven pounds" does not stand in "d1"\n/,
    );
    expect(shown).toMatch(/… and 2 more\n {2}→ Copy a stretch of the document/);
    expect(out.indexOf('! untouched-documents')).toBeGreaterThan(out.lastIndexOf('✗'));
    expect(out).toMatch(/10 errors, \d+ warnings?\n$/);
  });

  it('makes warnings errors under --strict', async () => {
    const untouched = { ...SOUND, 'questions.jsonl': SOUND['questions.jsonl'].slice(0, 1) };
    expect((await run(folderOf(untouched))).thrown).toBeUndefined();
    const { thrown } = await run(folderOf(untouched), { strict: true });
    expect(thrown).toMatchObject({ code: 'dataset.warnings', exitCode: 3 });
  });

  it('prints one JSON document with every finding', async () => {
    const { out, thrown } = await run(folderOf(BROKEN), { json: true });
    expect(thrown?.code).toBe('dataset.broken');
    const document = JSON.parse(out);
    expect(document).toMatchObject({
      errors: 10,
      set: { format: 'groundspeed', questions: 5 },
      judged: null,
      sheet: null,
    });
    const quotes = document.checks.find(({ name }: { name: string }) => name === 'evidence-verbatim');
    expect(quotes.findings).toHaveLength(5);
    expect(quotes.findings[4]).toEqual({
      check: 'evidence-verbatim',
      severity: 'error',
      message: 'q4: the quote "costs seven pounds" does not stand in "d1"',
      where: 'questions.jsonl:5',
      hint: expect.any(String),
      questions: ['q4'],
    });
    expect(document.power.kinds[0]).toMatchObject({ kind: null, questions: 5 });
  });

  it('prints nothing with --quiet, and still tells by its exit code', async () => {
    const { out, thrown } = await run(folderOf(BROKEN), { quiet: true });
    expect(out).toBe('');
    expect(thrown?.exitCode).toBe(3);
  });

  it.each([
    [{ sheet: 's.csv' }, '--sheet'],
    [{ sheet: 's.xlsx', pool: ['a.run'] }, '--sheet'],
    [{ depth: 0 }, '--depth'],
    [{ depth: 1.5 }, '--depth'],
  ])('refuses %j', async (flags, where) => {
    expect((await run(folderOf(SOUND), flags)).thrown).toMatchObject({ code: 'usage.argument', where });
  });

  it('lets nothing in a set move the cursor, nor a line grow beyond the terminal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.trim() !== ''),
        fc.string({ unit: 'binary' }),
        async (hostile, words) => {
          const folder = folderOf({
            'corpus.jsonl': [{ id: `d${hostile}`, text: words }],
            'questions.jsonl': [
              {
                id: hostile,
                question: `What ${words}?`,
                kind: hostile,
                relevant: [`${hostile}x`],
                answers: [`a${hostile}`],
              },
            ],
          });
          const { out, thrown } = await run(folder);
          expect(thrown).toBeInstanceOf(GroundspeedError);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
          expect(withoutColours(out)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('text that is wrapped', () => {
  it('keeps every word, and its lines within the width where the words allow', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,15}$/), { minLength: 1 }),
        fc.integer({ min: 30, max: 90 }),
        (words, width) => {
          const lines = wrap(words.join(' '), width, 10, 4);
          expect(lines.join(' ')).toBe(words.join(' '));
          expect(lines[0]!.length).toBeLessThanOrEqual(width - 10);
          for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(width - 4);
        },
      ),
    );
  });
});

describe('a labelling sheet, from check to label', () => {
  const set = () =>
    folderOf({
      ...SOUND,
      'a.run': 'a Q0 d1 1 9 x\na Q0 d2 2 8 x\nb Q0 d1 1 9 x\n',
      'b.run': 'a Q0 d2 1 9 x\n',
    });

  it.each(['csv', 'jsonl'])('goes round, and leaves nothing unjudged: %s', async (format) => {
    const folder = set();
    const pool = [join(folder, 'a.run'), join(folder, 'b.run')];
    const sheet = join(folder, `sheet.${format}`);
    const first = await run(folder, { pool, sheet });
    expect(first.out).toMatch(/2 rows to label in /);
    const text = readFileSync(sheet, 'utf8');
    const filled =
      format === 'csv'
        ? text.replaceAll(/,,(?=\S* ?\d|")/g, ',0,')
        : text.replaceAll('"grade":null', '"grade":0');
    expect(filled).not.toBe(text);
    writeFileSync(sheet, filled);
    const world = memoryWorld();
    await datasetLabel(world, folder, { color: true, sheet, inPlace: true, labeller: 'Ann' });
    expect(world.out.text()).toMatch(
      /^2 labels added to .* for 2 questions \(grade 2 × 0\)\.\nWritten in .*: questions\.jsonl, labels\.jsonl\.\n$/s,
    );
    const { out } = await run(folder, { pool, json: true });
    expect(JSON.parse(out).judged.runs).toEqual([
      { run: 'a.run', judged: 1, holes: 0 },
      { run: 'b.run', judged: 1, holes: 0 },
    ]);
  });

  it('never takes the place of one with grades, or of another file', async () => {
    const folder = set();
    const pool = [join(folder, 'a.run')];
    const sheet = join(folder, 's.csv');
    await run(folder, { pool, sheet });
    expect((await run(folder, { pool, sheet })).thrown).toBeUndefined();
    for (const content of ['question_id,document_id,grade\na,d2,1\n', 'my notes']) {
      writeFileSync(sheet, content);
      expect((await run(folder, { pool, sheet })).thrown?.code).toBe('dataset.exists');
      expect(readFileSync(sheet, 'utf8')).toBe(content);
    }
  });

  it('needs to be told where the labels go, once', async () => {
    const folder = set();
    const label = (flags: object) =>
      datasetLabel(memoryWorld(), folder, { color: true, sheet: 's.csv', ...flags });
    await expect(label({})).rejects.toMatchObject({ code: 'usage.argument' });
    await expect(label({ output: 'x', inPlace: true })).rejects.toMatchObject({ code: 'usage.argument' });
  });

  it('without grades changes nothing, and says so', async () => {
    const folder = set();
    const sheet = join(folder, 's.csv');
    writeFileSync(sheet, 'question_id,document_id,grade\na,d2,\n');
    const world = memoryWorld();
    await datasetLabel(world, folder, { color: true, sheet, inPlace: true, json: true });
    expect(JSON.parse(world.out.text())).toMatchObject({ added: 0, blank: 1, files: [] });
    expect(world.err.text()).toMatch(/holds no grade that the set lacks/);
    expect(readFileSync(join(folder, 'questions.jsonl'), 'utf8')).toBe(jsonLines(SOUND['questions.jsonl']));
  });
});

describe('dataset sample', () => {
  it('tells what it took of each stratum, and warns of documents that are left out', async () => {
    const world = memoryWorld();
    const output = join(folderOf({}), 'sample');
    await datasetSample(world, folderOf(SOUND), { color: true, size: 1, seed: 3, output });
    expect(world.out.text()).toMatch(
      /^1 of 2 questions of .*, 1 of 2 documents, by kind, seed 3\n {2}\(no kind\) {2}1 of 2\nWritten to/,
    );
    expect(world.err.text()).toMatch(/1 document that no sampled question names .*--keep-corpus/);
  });

  it('refuses to sample by what is not known', async () => {
    const flags = { color: true, size: 1, seed: 3, output: 'x', by: 'colour' };
    await expect(datasetSample(memoryWorld(), folderOf(SOUND), flags)).rejects.toMatchObject({
      code: 'usage.argument',
      where: '--by',
    });
  });
});
