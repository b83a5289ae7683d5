import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from './cli.ts';
import { cleanups, folder, latest, load, phaseOf, QUICK, rightAnswer, service } from './load-runs.ts';

/** A verdict needs a generator that was at ease; a busy machine gets another chance. */
const AGAIN = { retry: 3 };

describe('the verdict of groundspeed load', () => {
  it(
    'drives a deployment with a spreadsheet of questions, and judges speed and correctness together',
    AGAIN,
    async () => {
      const cwd = folder();
      const { url, asked } = await service((_, question) => rightAnswer(question));
      const { code, out, err } = await load(cwd, url, '--rate', '200', '--slo', 'p50 < 1s, right >= 50%');
      expect({ code, err }).toMatchObject({ code: 0 });
      const record = latest(cwd);
      const phase = phaseOf(record);
      // One question by itself comes before the load.
      expect(asked.length).toBe(phase.arrivals + 1);
      expect(phase).toMatchObject({
        errors: 0,
        dropped: 0,
        right: 1,
        attainment: 1,
        cacheMode: 'as-configured',
      });
      expect(record).toMatchObject({ kind: 'load', index: null, complete: true });
      expect(record.load!.slo).toMatchObject({ verdict: 'PASS' });
      expect(phase.measures.find(({ name }) => name === 'ndcg@10')!.mean).toBe(1);
      expect(out).toContain('first token');
      expect(existsSync(join(cwd, 'reports/latest/report.html'))).toBe(true);
      expect(existsSync(join(cwd, '.groundspeed'))).toBe(false);
    },
  );

  it('fails with 4 where the SLO is missed, and names the clause', AGAIN, async () => {
    const cwd = folder();
    const { url } = await service((_, question) =>
      rightAnswer(question, { answer: 'No idea what you mean.' }),
    );
    const { code, err } = await load(cwd, url, '--rate', '200', '--slo', 'right >= 90%');
    expect(code).toBe(4);
    expect(err).toContain('right >= 90%');
    expect(err).toContain('code: slo.failed');
    expect(latest(cwd).load!.slo!.verdict).toBe('FAIL');
  });

  it('calls itself invalid, with 7, where the generator’s machine is overloaded by other work', async () => {
    const cwd = folder();
    const { url } = await service((_, question) => rightAnswer(question));
    const busy: ChildProcess[] = [];
    const beBusy = (): void => {
      while (busy.length < 4 * cpus().length) {
        busy.push(spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' }));
      }
    };
    const beDone = () => busy.map((child) => child.kill('SIGKILL'));
    cleanups.push(beDone);
    const { code, err } = await cli(
      ['load', '--target', url, ...QUICK, '--rate', '200', '--duration', '2s'],
      {
        cwd,
        onStderr: (text) => {
          // What follows the arrivals is the report.
          if (/\d arrivals/.test(text)) beDone();
          else if (text.includes('load: about')) beBusy();
        },
      },
    );
    expect(code).toBe(7);
    expect(err).toContain('code: run.invalid');
    expect(err).toContain('the generator');
  });
});
