import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetGenerate } from '../../src/cli/dataset-generate.ts';
import type { GenerateFlags } from '../../src/cli/dataset-generate-flags.ts';
import { readGoldenSet } from '../../src/datasets/read.ts';
import { HANDBOOK } from '../datasets/draft/documents.ts';
import { folderOf } from '../datasets/folders.ts';
import { memoryWorld } from './memory-world.ts';

/** A folder of documents, and the command run on it in memory. */
function documentsFolder(files: Parameters<typeof folderOf>[0] = {}) {
  const docs = Object.fromEntries(HANDBOOK.map(({ id, text }) => [`docs/${id}`, text]));
  const folder = folderOf({ ...docs, ...files });
  const output = join(folder, 'drafts');
  const run = async (
    paths: readonly string[] = [join(folder, 'docs')],
    flags: Partial<GenerateFlags> = {},
  ) => {
    const world = memoryWorld();
    const code = await datasetGenerate(world, paths, { output, size: 8, seed: 42, color: false, ...flags });
    return { code, out: world.out.text(), err: world.err.text() };
  };
  const review = join(output, 'review.csv');
  const set = join(folder, 'set');
  /** Fills in `keep`, the same for all rows or by row, and reads the review back. */
  const decide = (keep: string | ((row: number) => string)) => {
    let row = 0;
    const text = readFileSync(review, 'utf8').replaceAll(/^(g\d+),[a-z]*(?=,)/gm, (_, id: string) => {
      row += 1;
      return `${id},${typeof keep === 'string' ? keep : keep(row)}`;
    });
    writeFileSync(review, text);
  };
  const accept = (flags: Partial<GenerateFlags> = {}, paths: readonly string[] = []) =>
    run(paths, { accept: review, output: set, ...flags });
  return { folder, output, run, review, set, decide, accept };
}

describe('dataset generate', () => {
  it('drafts without a model where none is set, and says what such questions are', async () => {
    const { run, output } = documentsFolder();
    const { code, out, err } = await run();
    expect(code).toBe(0);
    expect(out).toMatch(/^8 questions drafted from 3 documents: /);
    expect(out).toMatch(/flatter keyword search, and are no substitute/);
    expect(out).toContain(
      `groundspeed dataset generate --accept ${join(output, 'review.csv')} --output my-set`,
    );
    expect(err).toMatch(/drafts: 8 questions from 3 documents/);
    const facts = JSON.parse(readFileSync(join(output, 'draft.json'), 'utf8'));
    expect(facts).toMatchObject({ format: 1, method: 'cloze', seed: 42, size: 8, drafted: 8, model: null });
    expect(readFileSync(join(output, 'review.jsonl'), 'utf8').trim().split('\n')).toHaveLength(8);
  });

  it('doubts a draft that another document seems to answer as well', async () => {
    const { folder, run, review } = documentsFolder({
      'boats/a.txt': 'The last boat of the evening leaves Brough Holm pier at 18:30 sharp.',
      'boats/b.txt':
        'In the evening the last boat leaves Brough Holm pier sharp; be there at 18:30 at the latest.',
    });
    await run([join(folder, 'boats')], { size: 30 });
    expect(readFileSync(review, 'utf8')).toMatch(
      /Is it also answered elsewhere\? It seems that .*also stands in/,
    );
  });

  it('writes the same files for the same seed', async () => {
    const one = documentsFolder();
    const other = documentsFolder();
    await one.run();
    await other.run();
    expect(readFileSync(one.review, 'utf8')).toBe(readFileSync(other.review, 'utf8'));
  });

  it('prints one JSON document with --json, and nothing with --quiet', async () => {
    const { out, err } = await documentsFolder().run(undefined, { json: true, quiet: true });
    expect(JSON.parse(out)).toMatchObject({ drafted: 8, method: 'cloze' });
    expect(err).toBe('');
    const quiet = await documentsFolder().run(undefined, { quiet: true });
    expect(quiet).toEqual({ code: 0, out: '', err: '' });
  });

  it('tells when the documents give fewer than were asked for, and which could not be read', async () => {
    const { run } = documentsFolder({ 'docs/bad.txt': new Uint8Array([0xff, 0xfe, 0x41]) });
    const { out, err } = await run(undefined, { size: 500 });
    expect(err).toMatch(/bad\.txt: byte 0 \(on line 1\) is not valid UTF-8/);
    expect(err).toMatch(/of 500 questions drafted: the documents gave no more/);
    expect(out).toMatch(/questions drafted from 3 documents/);
  });

  it('takes the corpus of a golden set, and not the questions beside it', async () => {
    const corpus = HANDBOOK.map(({ metadata: _, ...document }) => document);
    const { folder, run } = documentsFolder({
      'golden/corpus.jsonl': corpus,
      'golden/questions.jsonl': [{ id: 'q', question: 'x?' }],
      'golden/README.md': '# Not a document\n\nIt costs 25 euros for all of the people here.',
    });
    const { out, err } = await run([join(folder, 'golden')]);
    expect(out).toMatch(/from 3 documents/);
    expect(err).not.toContain('warning');
  });

  it.each([
    ['no documents', { paths: [] }, { code: 'usage.argument', where: 'paths' }],
    ['a folder that is not there', { paths: ['/nowhere/at/all'] }, { code: 'document.unreadable' }],
    ['a size of 0', { flags: { size: 0 } }, { code: 'usage.argument', where: '--size' }],
    ['another method', { flags: { method: 'magic' } }, { code: 'usage.argument', where: '--method' }],
    ['a model without a service', { flags: { method: 'model' } }, { code: 'config.invalid', where: 'openai.apiKey' }],
    ['a cost of what costs nothing', { flags: { method: 'cloze', maxCost: 1 } }, { where: '--max-cost' }],
    ['undecided before a review', { flags: { undecided: 'keep' } }, { where: '--undecided' }],
  ])('refuses %s', async (_, { paths, flags }: { paths?: string[]; flags?: object }, expected) => {
    const { run, output } = documentsFolder();
    await expect(run(paths, flags)).rejects.toMatchObject(expected);
    expect(existsSync(output)).toBe(false);
  }); // biome-ignore format: a table of cases

  it('refuses documents that give nothing to ask', async () => {
    const { folder, run } = documentsFolder({ 'poor/a.txt': 'word' });
    await expect(run([join(folder, 'poor')])).rejects.toMatchObject({
      code: 'dataset.empty',
      hint: expect.stringContaining('--method model'),
    });
  });

  it('never writes over a review without --force, nor over a golden set at all', async () => {
    const { run, review, output } = documentsFolder();
    await run();
    writeFileSync(review, 'filled in');
    await expect(run()).rejects.toMatchObject({ code: 'dataset.exists', where: output });
    expect(readFileSync(review, 'utf8')).toBe('filled in');
    expect((await run(undefined, { force: true })).code).toBe(0);
    writeFileSync(join(output, 'questions.jsonl'), '');
    await expect(run(undefined, { force: true })).rejects.toMatchObject({ code: 'dataset.exists' });
  });
});

describe('dataset generate --accept', () => {
  it('writes a golden set that reads without warnings, and says plainly what it is worth', async () => {
    const { run, set, decide, accept } = documentsFolder();
    await run();
    decide((row) => (row === 1 ? 'drop' : row === 2 ? 'edit' : 'accept'));
    const { code, out } = await accept();
    expect(code).toBe(0);
    expect(out).toMatch(/^6 accepted, 1 edited, 1 dropped\n/);
    const golden = await readGoldenSet(set, { strict: true });
    expect(golden.warnings).toEqual([]);
    expect(golden.questions).toHaveLength(7);
    expect(golden.corpus).toHaveLength(3);
    expect(new Set(golden.questions.map(({ kind }) => kind))).toEqual(new Set(['cloze', 'known-item']));
    const readme = readFileSync(join(set, 'README.md'), 'utf8');
    expect(readme).toContain('questions flatter keyword search.');
    expect(readme).toContain('no substitute for questions that people ask');
  });

  it('refuses rows without a decision, unless it is told what becomes of them', async () => {
    const { run, set, decide, accept } = documentsFolder();
    await run();
    decide((row) => (row <= 2 ? '' : 'accept'));
    await expect(accept()).rejects.toMatchObject({
      code: 'dataset.labels',
      message: expect.stringMatching(
        /^2 rows of the review are undecided: `keep` is empty at .*review\.csv:2/,
      ),
      hint: expect.stringContaining('--undecided keep'),
    });
    expect(existsSync(set)).toBe(false);
    expect((await accept({ undecided: 'drop' })).out).toMatch(/has 6 questions/);
    expect((await accept({ undecided: 'keep', force: true })).out).toMatch(/has 8 questions/);
  });

  it('verifies edits against the documents, and names file, line and field', async () => {
    const { run, review, set, decide, accept } = documentsFolder();
    await run(undefined, { size: 30 });
    decide('edit');
    const text = readFileSync(review, 'utf8');
    writeFileSync(review, text.replaceAll('12 months', '13 months'));
    const error = await accept().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'dataset.labels', where: review });
    const { problems } = error as { problems: string[] };
    expect(problems[0]).toMatch(
      /review\.csv:\d+: `quote`: .*13 months.* does not stand in "terms\.md"; copy a stretch/,
    );
    expect(existsSync(set)).toBe(false);
  });

  it('verifies against documents that are named, too', async () => {
    const { folder, run, decide, accept } = documentsFolder({
      'other/terms.md': 'Quite another text of 3 words.',
    });
    await run();
    decide('accept');
    expect((await accept({}, [join(folder, 'docs')])).code).toBe(0);
    await expect(accept({ force: true }, [join(folder, 'other')])).rejects.toMatchObject({
      problems: expect.arrayContaining([expect.stringMatching(/`document`: there is no document/)]),
    });
  });

  it('replaces with --force a set of its own, its README included, and nothing else', async () => {
    const { run, set, decide, accept } = documentsFolder();
    await run();
    decide('accept');
    await accept({ json: true });
    await expect(accept()).rejects.toMatchObject({ code: 'dataset.exists' });
    expect((await accept({ force: true })).code).toBe(0);
    writeFileSync(join(set, 'README.md'), '# Mine');
    await expect(accept({ force: true })).rejects.toMatchObject({ code: 'dataset.exists' });
    expect(readFileSync(join(set, 'README.md'), 'utf8')).toBe('# Mine');
  });

  it.each([
    ['a review that is not there', 'gone.csv', undefined, { code: 'dataset.missing' }],
    ['a review without its documents', 'alone/review.csv', 'id,keep,question,answers,kind,document,quote\n', { code: 'dataset.missing', hint: expect.stringContaining('documents.jsonl') }],
    ['a review that is none', 'docs/x.csv', 'a,b\n1,2\n', { code: 'dataset.labels' }],
    ['a review in another encoding', 'y.csv', new Uint8Array([0xff, 0xfe, 0x41, 0x0a]), { code: 'dataset.line' }],
  ])('refuses %s', async (_, name, content, expected) => {
    const { folder, accept } = documentsFolder(content === undefined ? {} : { [name]: content });
    await expect(accept({ accept: join(folder, name) })).rejects.toMatchObject(expected);
  }); // biome-ignore format: a table of cases

  it('refuses a review that keeps nothing', async () => {
    const { run, decide, accept } = documentsFolder();
    await run();
    decide('drop');
    await expect(accept()).rejects.toMatchObject({ code: 'dataset.empty' });
  });
});
