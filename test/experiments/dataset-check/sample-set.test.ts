import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGoldenSet } from '../../../src/datasets/read.ts';
import { type SampleOptions, sampleSet } from '../../../src/experiments/dataset-check/sample-set.ts';
import { folderOf, jsonLines } from '../../datasets/folders.ts';
import { hasShared, sharedPath } from '../../shared.ts';

const QUESTIONS = Array.from({ length: 20 }, (_, at) => ({
  question: `Question ${at}?`,
  id: `q${at}`,
  kind: at % 4 === 0 ? 'numeric' : 'lookup',
  answers: [`${at}`],
  relevant: { [`d${at}`]: 1 },
  split: at < 10 ? 'dev' : 'test',
}));
const CORPUS = Array.from({ length: 25 }, (_, at) => ({ text: `Text ${at}`, id: `d${at}` }));
const OWN = { 'questions.jsonl': QUESTIONS, 'corpus.jsonl': CORPUS, LICENSE: 'Free.', 'notes.md': 'ours' };

const out = (): string => join(folderOf({}), 'sample');
const options = (more: Partial<SampleOptions> = {}): SampleOptions => ({
  size: 8,
  by: 'kind',
  seed: 1,
  output: out(),
  keepCorpus: false,
  ...more,
});
const text = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

describe('a sample of a golden set', () => {
  it('is a set of its own, its lines as they were, with a manifest that fits', async () => {
    const chosen = options();
    const result = await sampleSet(folderOf(OWN), chosen);
    expect(result).toMatchObject({
      questions: { of: 20, taken: 8 },
      documents: { of: 25, taken: 8 },
      strata: [
        { name: 'lookup', questions: 15, taken: 6 },
        { name: 'numeric', questions: 5, taken: 2 },
      ],
    });
    const all = jsonLines(QUESTIONS).split('\n');
    const lines = text(chosen.output, 'questions.jsonl').trim().split('\n');
    expect(lines).toHaveLength(8);
    expect(lines.every((line) => all.includes(line))).toBe(true);
    expect(text(chosen.output, 'LICENSE')).toBe('Free.');
    expect(JSON.parse(text(chosen.output, 'manifest.json')).sample).toMatchObject({
      size: 8,
      by: 'kind',
      seed: 1,
    });
    const read = await readGoldenSet(chosen.output, { strict: true });
    expect(read.warnings).toEqual([]);
    expect(read.corpus).toHaveLength(8);
  });

  it('keeps the whole corpus where that is asked for', async () => {
    const chosen = options({ keepCorpus: true });
    await sampleSet(folderOf(OWN), chosen);
    expect(text(chosen.output, 'corpus.jsonl')).toBe(jsonLines(CORPUS));
  });

  it('is the same for the same seed', async () => {
    const [a, b, c] = [options(), options(), options({ seed: 2 })];
    const folder = folderOf(OWN);
    for (const one of [a, b, c]) await sampleSet(folder, one);
    expect(text(a.output, 'questions.jsonl')).toBe(text(b.output, 'questions.jsonl'));
    expect(text(a.output, 'questions.jsonl')).not.toBe(text(c.output, 'questions.jsonl'));
  });

  it('of a spreadsheet becomes a set of the own format, ids given', async () => {
    const chosen = options({ size: 2 });
    const table = join(folderOf({ 'q.csv': 'question,answer,kind\nA?,1,x\nB?,2,x\nC?,3,y\n' }), 'q.csv');
    const result = await sampleSet(table, chosen);
    expect(result.documents).toBeUndefined();
    const read = await readGoldenSet(chosen.output, { strict: true });
    expect(read.format).toBe('groundspeed');
    expect(read.questions.map(({ id }) => id)).toContain('q3');
  });

  it('never takes the place of something', async () => {
    const chosen = options({ output: folderOf({ precious: 'x' }) });
    await expect(sampleSet(folderOf(OWN), chosen)).rejects.toMatchObject({ code: 'dataset.exists' });
    expect(text(chosen.output, 'precious')).toBe('x');
  });

  it('is refused where no document would be left', async () => {
    const folder = folderOf({
      'questions.jsonl': [{ id: 'a', question: 'What?', answerable: false }],
      'corpus.jsonl': CORPUS,
    });
    await expect(sampleSet(folder, options({ size: 1 }))).rejects.toMatchObject({ where: '--keep-corpus' });
    await sampleSet(folder, options({ size: 1, keepCorpus: true }));
  });

  it.skipIf(!hasShared())(
    'of BEIR stays BEIR, its splits too (skipped where ../shared is absent)',
    async () => {
      const chosen = options({ size: 40, by: 'split' });
      const { strata } = await sampleSet(sharedPath('datasets/scifact'), chosen);
      expect(strata.map(({ name, taken }) => [name, taken])).toEqual([
        ['test', 11],
        ['train', 29],
      ]);
      const test = await readGoldenSet(chosen.output, { strict: true });
      const train = await readGoldenSet(chosen.output, { split: 'train', strict: true });
      expect([test.questions.length, train.questions.length]).toEqual([11, 29]);
      const whole = await readGoldenSet(sharedPath('datasets/scifact'));
      const known = new Map(whole.questions.map((question) => [question.id, question]));
      for (const question of test.questions) expect(question).toEqual(known.get(question.id));
    },
  );
});
