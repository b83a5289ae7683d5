import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RunRecord } from '../../src/records/schema.ts';
import { type AnsweringService, answeringService } from '../servers/answering-service.ts';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';

describe('a baseline under load', () => {
  let service: AnsweringService;
  let url: string;
  beforeAll(async () => {
    service = await answeringService(() => ({ after: 400, body: { answer: 'yes' } }));
    url = `${service.url}/ask`;
  });
  afterAll(() => service.stop());

  it('is sent again as it was: rate, length, deadline, objectives', async ({ skip }) => {
    const folder = workFolder({
      'groundspeed.yaml': `load: { warmupSeconds: 0 }\ntarget:\n  url: ${url}\n  body: { question: "{{question}}" }\n  response: { answer: answer }\n`,
      'questions.csv': 'question,answer,source\nIs it?,yes,\nWas it?,yes,\n',
    });
    onTestFinished(() => folder.remove());
    const run = (...argv: string[]) => cli(argv, { cwd: folder.path });
    const runHere = (...argv: string[]) => cliHere(argv, { cwd: folder.path });
    const common = ['--config', 'groundspeed.yaml', '--dataset', 'questions.csv'];
    const load = await run(
      'load',
      ...common,
      ...['--rate', '20', '--duration', '1s', '--warmup', '0', '--deadline', '700ms', '--slo', 'error < 50%'],
    );
    skip(load.code === 7, 'this machine is too busy to send in time');
    expect(load.code, load.err).toBe(0);
    const accepted = await runHere('gate', '--record', 'reports/latest', '--accept', 'loaded');
    expect(accepted.code, accepted.err).toBe(0);
    const { code, out, err } = await runHere('gate', ...common, '--baseline', 'loaded', '--json');
    expect([0, 7], err).toContain(code);
    const { load: sent, gate: judged } = JSON.parse(out) as RunRecord;
    const phase = sent!.phases.find(({ warmup }) => !warmup)!;
    expect(phase).toMatchObject({ offeredRate: 20, scheduledSeconds: 1, deadlineMs: 700 });
    expect(sent!.slo!.text).toContain('error < 50');
    expect(judged!.weaker).toMatch(/^Latency was not gated/);
  });
});
