import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';
import { MADE_SET } from './made-set.ts';

const work = workFolder(MADE_SET);
afterAll(() => work.remove());

/** In this process. */
const dataset = (...argv: string[]) => cliHere(['dataset', ...argv], { cwd: work.path });
const datasetProcess = (...argv: string[]) => cli(['dataset', ...argv], { cwd: work.path });
const path = (name: string): string => join(work.path, name);

describe('dataset check', () => {
  it('ends with 0 for a set that has warnings at most, and says what it can show', async () => {
    const { code, out, err } = await dataset('check', 'smoke');
    expect(code, err).toBe(0);
    expect(out).toMatch(/20 questions[\s\S]*What it can show[\s\S]*no errors/);
  });

  it('ends with 3 for a broken one, names the line, and is one JSON document for a script', async () => {
    const [first, ...others] = readFileSync(path('islands/questions.jsonl'), 'utf8').trimEnd().split('\n');
    const broken = JSON.parse(first!) as Record<string, unknown>;
    const corpus = readFileSync(path('islands/corpus.jsonl'), 'utf8');
    const evidence = [{ document: 'arran', quote: 'This stands nowhere.' }];
    const own = workFolder({
      'set/questions.jsonl': `${JSON.stringify({ ...broken, evidence })}\n${others.join('\n')}\n`,
      'set/corpus.jsonl': corpus,
    });
    try {
      const { code, out, err } = await cli(['dataset', 'check', 'set', '--json'], { cwd: own.path });
      expect(code).toBe(3);
      expect(err).toMatch(/code: dataset\.broken/);
      const { checks } = JSON.parse(out) as { checks: { name: string; findings: { where: string }[] }[] };
      const found = checks.find(({ name }) => name === 'evidence-verbatim')!.findings;
      expect(found.map(({ where }) => where)).toEqual([expect.stringContaining('questions.jsonl:1')]);
    } finally {
      own.remove();
    }
  });

  it('pools what variants found, and takes the filled-in sheet back', async () => {
    for (const mode of ['keyword', 'hybrid'])
      await cliHere(
        [
          'evaluate',
          '--dataset',
          'islands',
          '--quiet',
          `--set=retrieval.mode=${mode}`,
          '--run-file',
          `${mode}.txt`,
        ],
        { cwd: work.path },
      );
    const pooled = await dataset(
      'check',
      'islands',
      ...['--pool', 'keyword.txt', '--pool', 'hybrid.txt', '--depth', '3', '--sheet', 'sheet.csv'],
    );
    expect(pooled.code, pooled.err).toBe(0);
    const sheet = readFileSync(path('sheet.csv'), 'utf8');
    expect(sheet.split('\r\n').length).toBeGreaterThan(20);
    const [head, first, ...rest] = parse(sheet, { bom: true }) as string[][];
    const grade = head!.indexOf('grade');
    const filled = [head!, first!.map((cell, column) => (column === grade ? '1' : cell)), ...rest];
    writeFileSync(path('sheet.csv'), stringify(filled));
    const { code, out, err } = await datasetProcess(
      'label',
      'islands',
      '--sheet',
      'sheet.csv',
      '--output',
      'labelled',
    );
    expect(code, err).toBe(0);
    expect(out).toMatch(/1 label added/);
    expect((await dataset('check', 'labelled')).code).toBe(0);
  });
});

describe('dataset sample', () => {
  it('draws as many as it is told, of every kind, and the same again by the same seed', async () => {
    const draw = (output: string) =>
      dataset('sample', 'tidewater', '--size', '80', '--seed', '3', '--output', output, '--json');
    const [one, two] = [await draw('one'), await draw('two')];
    expect(one.code, one.err).toBe(0);
    const drawn = (name: string): string => readFileSync(path(`${name}/questions.jsonl`), 'utf8');
    expect(drawn('one')).toBe(drawn('two'));
    expect(drawn('one').trimEnd().split('\n')).toHaveLength(80);
    expect(two.code).toBe(0);
    expect((await dataset('check', 'one')).code).toBe(0);
  });

  it('refuses a size of nothing, and a set that is not there', async () => {
    expect((await dataset('sample', 'smoke', '--size', '0', '--output', 'x')).code).toBe(2);
    expect((await datasetProcess('sample', 'smok', '--size', '5', '--output', 'x')).code).toBe(3);
  });
});
