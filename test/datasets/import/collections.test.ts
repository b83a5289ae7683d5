import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exportGoldenSet } from '../../../src/datasets/export/export.ts';
import { hashCorpus, hashQuestions } from '../../../src/datasets/hashes.ts';
import { readGoldenSet } from '../../../src/datasets/read.ts';
import { writeFolder, writeGoldenSet } from '../../../src/datasets/write.ts';
import { hasShared, sharedPath } from '../../shared.ts';
import { importPath, lossCounts } from './importing.ts';

const folder = mkdtempSync(join(tmpdir(), 'groundspeed-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Read once for all tests, which look at it alone. */
const sets = new Map<string, ReturnType<typeof readGoldenSet>>();
function golden(name: string, split?: string): ReturnType<typeof readGoldenSet> {
  const key = `${name}/${split}`;
  const set =
    sets.get(key) ?? readGoldenSet(sharedPath(`datasets/${name}`), split === undefined ? {} : { split });
  sets.set(key, set);
  return set;
}

const imports = new Map<string, ReturnType<typeof importPath>>();
function fromBeir(name: string): ReturnType<typeof importPath> {
  const imported = imports.get(name) ?? importPath('beir', sharedPath(`datasets/${name}`));
  imports.set(name, imported);
  return imported;
}

afterAll(() => {
  sets.clear();
  imports.clear();
});

const COLLECTIONS = [
  { name: 'cranfield', splits: ['test', 'raw-codes', 'test-minus1-as-0'] },
  { name: 'scifact', splits: ['test', 'train'] },
  { name: 'squad2-dev-half', splits: ['test'] },
  { name: 'xquad-es', splits: ['test'] },
];

describe.skipIf(!hasShared())('real collections', () => {
  it.each(COLLECTIONS)('$name, imported, is what reading its BEIR folder gives', async ({ name, splits }) => {
    const path = sharedPath(`datasets/${name}`);
    const imported = await importPath('auto', path);
    expect(imported.format).toBe('beir');
    const output = join(folder, name);
    await writeGoldenSet(output, imported.set);
    const taken = new Set(imported.set.questions.map(({ split }) => split));
    for (const split of splits) {
      if (!taken.has(split)) continue;
      const direct = await golden(name, split);
      const written = await readGoldenSet(output, { split });
      expect(written.questionsHash).toBe(direct.questionsHash);
      expect(written.corpusHash).toBe(direct.corpusHash);
      expect(written.warnings.filter(({ code }) => code === 'manifest')).toEqual([]);
    }
    // A split whose queries another judges, too, is taken over when it is asked for.
    for (const split of splits) {
      const alone = await importPath('beir', path, { split });
      const direct = await golden(name, split);
      expect(hashQuestions(alone.set.questions)).toBe(direct.questionsHash);
      expect(hashCorpus(alone.set.corpus!)).toBe(direct.corpusHash);
    }
  });

  it('says what of a collection was not taken over', async () => {
    const cranfield = await fromBeir('cranfield');
    expect(cranfield.read).toEqual({ questions: 225, documents: 1400, judgements: 3 * 1837 });
    expect(cranfield.taken).toEqual({ questions: 225, documents: 1400, judgements: 1837 });
    expect(lossCounts(cranfield)).toEqual({
      'judgement several-splits': 2 * 1837,
      'detail field': 225,
      'detail file': 1,
    });
    const squad = await fromBeir('squad2-dev-half');
    expect(squad.taken).toEqual({ questions: 6078, documents: 646, judgements: 6078 });
    expect(squad.losses.map(({ what }) => what).join()).toMatch(/plausible_answers/);
    expect(squad.losses[0]!.examples[0]!.where).toMatch(/^queries\.jsonl:\d+$/);
  });

  it.each(COLLECTIONS)('$name is the same after a journey through BEIR', async ({ name }) => {
    const before = await fromBeir(name);
    const exported = exportGoldenSet('beir', before.set);
    expect(exported.losses).toEqual([]);
    const output = join(folder, `${name}-beir`);
    await writeFolder(output, exported.files);
    const after = await importPath('beir', output);
    expect(after.losses).toEqual([]);
    expect(hashQuestions(after.set.questions)).toBe(hashQuestions(before.set.questions));
    expect(hashCorpus(after.set.corpus!)).toBe(hashCorpus(before.set.corpus!));
    const direct = await readGoldenSet(output);
    const original = await golden(name);
    expect(direct.questionsHash).toBe(original.questionsHash);
  });

  it('squad2-dev-half has the same questions after a journey through SQuAD', async () => {
    const before = await fromBeir('squad2-dev-half');
    const exported = exportGoldenSet('squad', before.set);
    expect(exported.kept).toEqual({ questions: 6078, documents: 646, judgements: 6078 });
    const output = join(folder, 'squad');
    await writeFolder(output, exported.files);
    const after = await importPath('auto', output, { split: 'test' });
    expect(after.format).toBe('squad');
    expect(lossCounts(after)).toEqual({});
    const bare = after.set.questions.map((question) => ({ ...question, evidence: [] }));
    expect(hashQuestions(bare)).toBe(hashQuestions(before.set.questions));
    expect(hashCorpus(after.set.corpus!)).toBe(hashCorpus(before.set.corpus!));
    // Each answerable question has evidence that stands once in its document.
    const texts = new Map(after.set.corpus!.map(({ id, text }) => [id, text]));
    const quotes = after.set.questions
      .filter(({ answerable }) => answerable)
      .map(({ evidence }) => evidence.flat());
    expect(quotes.every((some) => some.length > 0)).toBe(true);
    expect(
      quotes.flat().filter(({ document, quote }) => {
        const text = texts.get(document)!;
        return text.indexOf(quote) !== text.lastIndexOf(quote);
      }),
    ).toEqual([]);
  });
});
