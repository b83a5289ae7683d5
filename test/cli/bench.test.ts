import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunRecord, recordSchema } from '../../src/records/schema.ts';
import { headlinePhase } from '../../src/reporting/facts.ts';
import { cli, type Ended, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';
import { MADE_SET } from './made-set.ts';

/** Neither may be seen again: a key, and a password within a URL. */
const SECRETS = {
  OPENAI_API_KEY: 'sk-magpie-key-0123',
  REDIS_URL: 'redis://me:magpie-password@localhost:6379',
};

/**
 * A model that gives one answer at a time, so that load is light and records are small. What is retrieved, and from which index,
 * is as ever.
 */
const UNHURRIED = [
  'generation.provider=simulated',
  'generation.simulated.firstTokenMs=5',
  'generation.simulated.answerTokens=1',
  'resilience.dependencies.generator.bulkhead.concurrent=1',
].flatMap((setting) => ['--set', setting]);

const work = workFolder(MADE_SET);
afterAll(() => work.remove());

describe('bench', () => {
  let ended: Ended;
  let record: RunRecord;
  let folder: string;

  beforeAll(async () => {
    const quick = ['bench', '--dataset', 'islands', '--profile', 'quick', '--deadline', '80', '--json'];
    ended = await cli([...quick, ...UNHURRIED], { cwd: work.path, env: SECRETS });
    record = recordSchema.parse(JSON.parse(ended.out));
    folder = join(work.path, 'reports', record.id);
  });

  it('exits with 0, or with 7 when the machine was too busy for its headline to be trusted', () => {
    expect(ended.code, ended.err).toBe(headlinePhase(record)!.valid ? 0 : 7);
  });

  it('prints one record, of quality and load on the same questions', () => {
    expect(record).toMatchObject({ kind: 'bench', profile: 'quick', complete: true, seed: 42 });
    expect(record.quality!.right.n).toBe(60);
    expect(record.load!.phases.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['warm-up', 'open 80 % uncached', 'open 80 % cached']),
    );
    for (const { arrivals, completed, errors, timeouts, dropped, deadlineMs } of record.load!.phases) {
      expect(completed + errors + timeouts + dropped).toBe(arrivals);
      expect(deadlineMs).toBe(80);
    }
  });

  it('tells its progress on stderr', () => {
    expect(ended.err).toMatch(/^\[1\/\d\] index: 12 documents/m);
    expect(ended.err).toMatch(/^\[2\/\d\] quality: 60 questions/m);
  });

  it('leaves a folder with every report, to which latest leads', () => {
    expect(readdirSync(folder).sort()).toEqual([
      'questions.csv',
      'record.json',
      'report.html',
      'requests.col',
      'requests.csv',
      'summary.md',
    ]);
    expect(readlinkSync(join(work.path, 'reports/latest'))).toBe(record.id);
    expect(JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8'))).toEqual(record);
  });

  it.each([
    ['report.html', ['html']],
    ['summary.md', ['md']],
    ['questions.csv', ['csv']],
    ['requests.csv', ['csv', '--table', 'requests']],
  ])('wrote the very %s that report makes of the record', async (file, [format, ...flags]) => {
    const output = `again-${file}`;
    const argv = ['report', 'reports/latest', '--format', format!, '--output', output, ...flags];
    expect(await cliHere(argv, { cwd: work.path })).toEqual({ code: 0, out: '', err: '' });
    const again = readFileSync(join(work.path, output), 'utf8');
    expect(again === readFileSync(join(folder, file), 'utf8')).toBe(true);
  });

  it('prints the very record that report prints', async () => {
    const { out } = await cli(['report', join(folder, 'record.json'), '--format', 'json'], {
      cwd: work.path,
    });
    expect(out === ended.out).toBe(true);
  });

  it('shows a secret in no stream and no file', () => {
    expect(`${ended.out}${ended.err}`).not.toContain('magpie');
    const files = readdirSync(work.path, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(8);
    for (const { parentPath, name } of files) {
      expect(readFileSync(join(parentPath, name)).includes('magpie'), name).toBe(false);
    }
  });

  it('builds the index once: the next command reuses it', async () => {
    const argv = ['evaluate', '--dataset', 'islands', '--json', '--run-file', 'run.txt', '--output', 'other'];
    const { code, out } = await cliHere(argv, { cwd: work.path });
    const evaluated = recordSchema.parse(JSON.parse(out));
    expect({ code, kind: evaluated.kind, load: evaluated.load }).toEqual({
      code: 0,
      kind: 'evaluate',
      load: undefined,
    });
    expect(evaluated.index).toMatchObject({ reused: true, hash: record.index!.hash });
    expect(existsSync(join(work.path, 'other/latest/report.html'))).toBe(true);
  });

  it('had its rankings written as a TREC run, which measures as they did', async () => {
    const qrels = record.questions!.map(({ id, expected }) => `${id} 0 ${expected.relevant[0]} 1\n`).join('');
    const files = workFolder({ 'qrels.txt': qrels });
    const argv = ['measure', '--qrels', join(files.path, 'qrels.txt'), '--run', 'run.txt', '--json'];
    const { out } = await cliHere(argv, { cwd: work.path });
    files.remove();
    const { measures } = JSON.parse(out) as { measures: Record<string, number> };
    for (const name of ['ndcg@10', 'mrr', 'recall@100']) {
      expect(measures[name]).toBeCloseTo(record.quality!.measures.find((one) => one.name === name)!.mean!, 9);
    }
  });

  it('is explained question by question', async () => {
    const { code, out } = await cli(['explain', 'iona-bakery', '--dataset', 'islands'], { cwd: work.path });
    expect(code).toBe(0);
    expect(out).toMatch(/^Expected +1842 \(lookup\)$/m);
    expect(out).toMatch(/✓ +iona +1 \(/);
    const unknown = await cliHere(['explain', 'iona-bakry', '--dataset', 'islands'], { cwd: work.path });
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('Did you mean iona-bakery?');
  });
});

describe('a bench that is interrupted', () => {
  it('keeps what was measured, marked as incomplete, and exits with 130', async () => {
    let stopped = false;
    const ended = await cli(['bench', '--dataset', 'islands', '--profile', 'quick', '--output', 'stopped'], {
      cwd: work.path,
      onStderr: (text, child) => {
        if (stopped || !text.includes('quality:')) return;
        stopped = true;
        child.kill('SIGINT');
      },
    });
    expect(ended.code, ended.err).toBe(130);
    expect(ended.err).toContain('stopping; what was measured is kept (again to quit at once)');
    expect(ended.out).toContain('interrupted');
    const file = join(work.path, 'stopped/latest/record.json');
    const record = recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    expect(record.complete).toBe(false);
    expect(record.quality!.right.n).toBe(60);
    expect(existsSync(join(work.path, 'stopped/latest/report.html'))).toBe(true);
  });
});
