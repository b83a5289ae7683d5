import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunRecord, recordSchema } from '../../src/records/schema.ts';
import { type JudgingService, startJudgingService } from '../servers/judging-service.ts';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';
import { MADE_SET } from './made-set.ts';

const KEY = 'sk-magpie-judge-0123';
const work = workFolder({
  ...MADE_SET,
  'labels.csv': 'id,judgement,label\n',
});
let service: JudgingService;
let failing = false;

beforeAll(async () => {
  service = await startJudgingService((_, place) => {
    if (failing) return { status: 401, error: { message: 'No such key' } };
    return {
      content: { reason: 'Says the same.', grade: place % 3 === 0 ? 2 : 4 },
      usage: { prompt_tokens: 200, completion_tokens: 20 },
    };
  });
});
afterAll(async () => {
  await service.close();
  work.remove();
});

const evaluate = (...flags: string[]) => evaluateBy(cliHere, ...flags);
const evaluateBy = (runs: typeof cliHere, ...flags: string[]) =>
  runs(
    [
      'evaluate',
      '--dataset',
      'islands',
      `--set=judge.baseUrl=${service.baseUrl}`,
      '--set=judge.model=judge-1',
      '--set=judge.measures=correctness',
      '--set=judge.retries=0',
      ...flags,
    ],
    { cwd: work.path, env: { GROUNDSPEED_JUDGE_API_KEY: KEY } },
  );

describe('evaluate --judge', () => {
  let record: RunRecord;

  it('lets a model judge the answers, and keeps what it said and what that took', async () => {
    const { code, out, err } = await evaluate('--judge', '--json');
    expect(code, err).toBe(0);
    record = recordSchema.parse(JSON.parse(out));
    const { judge, quality, questions } = record;
    expect(judge).toMatchObject({ model: 'judge-1', temperature: 0, complete: true, agreement: null });
    expect(judge!.judgements.map(({ name, failed }) => [name, failed])).toEqual([['correctness', 0]]);
    expect(quality!.measures.find(({ name }) => name === 'llm-correctness')!.mean).toBeCloseTo(
      judge!.judgements[0]!.mean!,
      6,
    );
    expect(questions![0]!.judgements!.correctness).toBeDefined();
    expect(judge!.calls).toBe(service.requests.length);
    expect(service.requests[0]!.authorization).toBe(`Bearer ${KEY}`);
    expect(out + err).not.toContain('magpie');
  });

  it('asks nothing twice, and tells how far the model agrees with people', async () => {
    const before = service.requests.length;
    const ids = record
      .questions!.filter(({ judgements }) => judgements!.correctness!.score !== null)
      .slice(0, 20);
    const labels = ids.map(({ id, judgements }) => `${id},correctness,${judgements!.correctness!.score}`);
    writeFileSync(join(work.path, 'labels.csv'), ['id,judgement,label', ...labels, ''].join('\n'));
    const { code, out, err } = await evaluate('--judge', '--labels', 'labels.csv');
    expect(code, err).toBe(0);
    expect(service.requests.length).toBe(before);
    expect(out).toMatch(/Judged by a model[\s\S]*correctness[\s\S]*against people[\s\S]*100\.0 %/);
    const page = readFileSync(join(work.path, 'reports/latest/report.html'), 'utf8');
    expect(page.includes('Answers, judged by a model')).toBe(true);
    expect(readFileSync(join(work.path, 'reports/latest/summary.md'), 'utf8')).toContain('Cohen');
  });

  it('exits with 5 where the model judged nothing, and keeps what else was measured', async () => {
    failing = true;
    const { code, out, err } = await evaluateBy(cli, '--judge', '--set=judge.cache=false');
    expect(code).toBe(5);
    expect(err).toMatch(/code: judge\.failed/);
    expect(out).toMatch(/Right answers/);
  });

  it.each([
    [['--labels', 'labels.csv'], 2, /--judge/],
    [['--judge', '--labels', 'nowhere.csv'], 3, /nowhere\.csv/],
    [['--judge', '--set=judge.measures=taste'], 2, /judge\.measures/],
  ])('refuses %j before anything is asked', async (flags, exit, words) => {
    const before = service.requests.length;
    const { code, err } = await evaluate(...flags);
    expect(code).toBe(exit);
    expect(err).toMatch(words);
    expect(service.requests.length).toBe(before);
  });
});
