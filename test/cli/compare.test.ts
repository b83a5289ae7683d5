import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recordSchema } from '../../src/records/schema.ts';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';
import { MADE_SET } from './made-set.ts';

const CONFIG = `retrieval:
  topK: 3
variants:
  wide:
    retrieval.topK: 9
  plain: {}
  matrix:
    retrieval.mode: [keyword, hybrid]
    retrieval.topK: [1, 5]
`;
const MATRIX = ['mode=keyword, topK=1', 'mode=keyword, topK=5', 'mode=hybrid, topK=1', 'mode=hybrid, topK=5'];

const work = workFolder({ ...MADE_SET, 'rag.yaml': CONFIG });
afterAll(() => work.remove());

const compare = (...flags: string[]) =>
  cliHere(['compare', '--dataset', 'islands', '--config', 'rag.yaml', ...flags], { cwd: work.path });

describe('compare, with the variants of a configuration file', () => {
  it('runs a matrix to its end: quality, speed, flips and trade-offs', async () => {
    const flags = MATRIX.flatMap((name) => ['--variant', name]);
    const { code, out, err } = await compare(
      ...flags,
      ...['--launches', '1', '--pairs', '1', '--block', '300ms', '--rate', '100', '--json'],
    );
    // A machine that is busy with other things makes blocks invalid, which the exit code then says.
    expect([0, 7], err).toContain(code);
    const record = recordSchema.parse(JSON.parse(out));
    expect(record.comparison!.variants.map(({ name }) => name)).toEqual(MATRIX);
    expect(record.comparison!.variants[3]!.settings).toEqual(['retrieval.mode=hybrid', 'retrieval.topK=5']);
    expect(record.comparison!.flipped).toHaveLength(6);
    expect(record.paired!.blocks).toHaveLength(4 * 2);
    expect(new Set(record.paired!.blocks.map(({ variant }) => variant))).toEqual(new Set(MATRIX));
    // All four search one index.
    expect(err.match(/built in/g)).toHaveLength(1);
    const page = readFileSync(join(work.path, 'reports/latest/report.html'), 'utf8');
    expect(page).toContain('mode=hybrid, topK=5');
    expect(page).toContain('Questions that flipped');
  });

  it('takes those that --variant names, and known ones beside them', async () => {
    const { code, out, err } = await compare(
      '--variant',
      'wide,mode=hybrid,topK=1',
      '--variant=bm25',
      '--no-speed',
      '--json',
    );
    expect(code, err).toBe(0);
    const { variants, flipped } = recordSchema.parse(JSON.parse(out)).comparison!;
    expect(variants.map(({ name }) => name)).toEqual(['wide', 'mode=hybrid, topK=1', 'bm25']);
    expect(flipped!.map(({ a, b }) => [a, b])).toHaveLength(3);
  });

  it('shows on the terminal which questions flipped, also of saved runs', async () => {
    const runs: string[] = [];
    for (const topK of ['1', '5']) {
      const folder = `run-${topK}`;
      const mode = topK === '1' ? 'vector' : 'keyword';
      const { code, err } = await cliHere(
        [
          ...['evaluate', '--dataset', 'islands', '--output', folder, '--quiet'],
          ...['--set', `retrieval.topK=${topK}`, '--set', `retrieval.mode=${mode}`],
        ],
        { cwd: work.path },
      );
      expect(code, err).toBe(0);
      runs.push(join(folder, 'latest'));
    }
    const { code, out, err } = await cli(['compare', ...runs], { cwd: work.path });
    expect(code, err).toBe(0);
    expect(out).not.toContain('latest (2)');
    expect(out).toMatch(/\S+ against \S+: \d+ questions? came out otherwise/);
    const page = readFileSync(join(work.path, 'reports/latest/report.html'), 'utf8');
    expect(page).toMatch(/both answers side by side/);
  });

  it.each([
    [['--variant', 'wyde,plain'], /did you mean wide\?[\s\S]*The configuration file has "wide", "plain"/],
    [['--variant', 'wide'], /single variant/],
    [
      ['--variant', 'a:chunking.size=100', '--variant', 'b:chunking.size=300', '--index', 'mine'],
      /need 2 indexes/,
    ],
    [['run-1', 'run-5', '--repeats', '3'], /Either saved runs are compared/],
  ])('refuses %j before anything is asked', async (flags, words) => {
    const { code, err } = await compare(...flags);
    expect(code).toBe(2);
    expect(err).toMatch(words);
  });
});
