import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';
import { MADE_SET } from './made-set.ts';

const questions = (lines: string): string => `{"id":"q1","question":"What?","answers":["x"]}\n${lines}`;
const work = workFolder({
  ...MADE_SET,
  'corrupt/corpus.jsonl': '{"_id":"a","text":"Some text."}\n',
  'corrupt/questions.jsonl': questions('{"id": broken\n'),
  'twice/corpus.jsonl': '{"_id":"a","text":"Some text."}\n',
  'twice/questions.jsonl': questions(questions('')),
  'nothing/corpus.jsonl': '{"_id":"a","text":"Some text."}\n',
  'nothing/questions.jsonl': '',
  'odd/corpus.jsonl': '{"_id":"a","text":"Some text."}\n{"_id":"b","text":""}\n',
  'odd/questions.jsonl': '{"id":"q1","question":"What is it?","answers":["text"],"relevant":["a"]}\n',
  'a-file': '',
  'record.json': '{"schema":"groundspeed.record/9"}',
});
/** In this process. */
const run = (...argv: string[]) => cliHere(argv, { cwd: work.path });
const runProcess = (...argv: string[]) => cli(argv, { cwd: work.path });

afterAll(() => work.remove());

describe('the built program', () => {
  it('prints its version', async () => {
    const { code, out, err } = await runProcess('--version');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('lists all that is wrong with the settings at once, before it reads a golden set, and exits with 2', async () => {
    const argv = [
      'bench',
      '--dataset',
      'nowhere',
      '--profile',
      'fast',
      '--deadline',
      'soon',
      '--set',
      'a.b=1',
    ];
    const { code, out, err } = await runProcess(...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const path of ['bench.profile', 'bench.deadlineMs', 'a.b']) expect(err).toContain(`  - ${path}: `);
    expect(err).toContain('but --profile says "fast"');
    expect(existsSync(join(work.path, 'reports'))).toBe(false);
  });

  it.each([
    ['nowhere', 'dataset.missing', 'tidewater'],
    ['corrupt', 'dataset.line', '  in corrupt/questions.jsonl:2\n'],
    ['twice', 'dataset.duplicate', 'q1'],
    ['nothing', 'dataset.empty', 'has no question'],
  ])('exits with 3 for the golden set %s: %s', async (dataset, code, detail) => {
    const ended = await run('evaluate', '--dataset', dataset);
    expect(ended).toMatchObject({ code: 3, out: '' });
    expect(ended.err).toContain(detail);
    expect(ended.err).toContain(`code: ${code}`);
  });

  it('warns of what is odd in a golden set, which is an error with --strict', async () => {
    const lenient = await run('evaluate', '--dataset', 'odd', '--output', 'odd-reports');
    expect(lenient.code, lenient.err).toBe(0);
    expect(lenient.err).toMatch(/^warning: odd\/corpus\.jsonl:2: /m);
    expect(lenient.out).toMatch(/Report odd-reports\/.*\/report\.html\n$/);
    const strict = await runProcess('evaluate', '--dataset', 'odd', '--strict');
    expect(strict).toMatchObject({ code: 3, out: '' });
    expect(strict.err).toContain('code: dataset.warnings');
  });

  it('exits with 1 when reports cannot be written, before it runs anything', async () => {
    const { code, out, err } = await runProcess(
      'evaluate',
      '--dataset',
      'islands',
      '--output',
      'a-file/reports',
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('code: internal.io');
    expect(err).not.toContain('[1/2]');
  });

  it('exits with 2 for a record that it cannot read', async () => {
    const missing = await runProcess('report', 'reports/none', '--format', 'md');
    expect(missing).toMatchObject({ code: 2, out: '' });
    expect(missing.err).toContain('code: record.unreadable');
    expect((await run('report', 'record.json', '--format', 'md')).err).toContain('code: record.version');
  });

  it('writes its report though nobody hears its progress any more', async () => {
    const ended = await cli(['evaluate', '--dataset', 'islands', '--output', 'deaf-reports'], {
      cwd: work.path,
      onStart: (child) => child.stderr?.destroy(),
    });
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toMatch(/Report deaf-reports\//);
  });

  it('tells which questions failed, and exits with 5 when they are most of them', async () => {
    const argv = ['evaluate', '--dataset', 'islands', '--output', 'failed-reports'];
    const some = await run(...argv, '--set', 'limits.maxQuestionLength=38');
    expect(some.code, some.err).toBe(0);
    expect(some.err).toMatch(/^warning: \d+ of 60 questions failed: The question has \d+ characters/m);
    const all = await run(...argv, '--set', 'limits.maxQuestionLength=5');
    expect(all.code).toBe(5);
    expect(all.out).toMatch(/Report failed-reports\//);
    expect(all.err).toMatch(/60 of 60 questions failed[\s\S]*code: target\.unavailable/);
  });

  it('says nothing but errors with --quiet', async () => {
    const argv = ['evaluate', '--dataset', 'odd', '--quiet', '--output', 'quiet-reports'];
    expect(await run(...argv)).toEqual({ code: 0, out: '', err: '' });
    expect(existsSync(join(work.path, 'quiet-reports/latest/report.html'))).toBe(true);
  });
});
