import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recordSchema } from '../../src/records/schema.ts';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';
import { MADE_SET } from './made-set.ts';

const work = workFolder(MADE_SET);
afterAll(() => work.remove());

const evaluate = (...flags: string[]) => evaluateBy(cliHere, ...flags);
const evaluateBy = (runs: typeof cliHere, ...flags: string[]) =>
  runs(['evaluate', '--dataset', 'islands', ...flags], { cwd: work.path });

describe('evaluate --variant', () => {
  it('asks each variant every question, and says which differences are real', async () => {
    const { code, out, err } = await evaluate(
      '--variant',
      'bm25,hybrid',
      '--variant',
      'few:retrieval.topK=1',
      '--json',
    );
    expect(code, err).toBe(0);
    const { comparison, quality, config } = recordSchema.parse(JSON.parse(out));
    expect(comparison!.variants.map(({ name }) => name)).toEqual(['bm25', 'hybrid', 'few']);
    expect(comparison!.variants[2]!.settings).toEqual(['retrieval.topK=1']);
    // The first one is what the rest of the record is about.
    expect(comparison!.variants[0]!.quality).toEqual(quality);
    expect(config).toMatchObject({ retrieval: { mode: 'keyword' } });
    for (const { n, wins, ties, losses } of comparison!.overall) expect(wins + ties + losses).toBe(n);
    expect(err).toMatch(/\[4\/6\] quality, hybrid: 60 questions/);
    const page = readFileSync(join(work.path, 'reports/latest/report.html'), 'utf8');
    expect(page.includes('Variants compared')).toBe(true);
  });

  it('keeps no secret that a variant sets', async () => {
    const { code, out, err } = await evaluate(
      '--variant',
      'bm25',
      '--variant=mine:openai.apiKey=sk-magpie-1,retrieval.topK=2',
      '--json',
    );
    expect(code, err).toBe(0);
    expect(out + err).not.toContain('magpie');
    expect(recordSchema.parse(JSON.parse(out)).comparison!.variants[1]!.settings).toEqual([
      'openai.apiKey=***',
      'retrieval.topK=2',
    ]);
  });

  it.each([
    [['--variant', 'bm52,lsa'], /did you mean bm25/],
    [['--variant', 'bm25', '--variant', 'odd:retrieval.mood=x'], /retrieval\.mood/],
    [['--variant', 'bm25,lsa', '--target', 'http://127.0.0.1:9/'], /engine in this process/],
  ])('refuses %j before anything is asked', async (flags, words) => {
    const { code, err } = await evaluateBy(cli, ...flags);
    expect(code).toBe(2);
    expect(err).toMatch(words);
  });
});
