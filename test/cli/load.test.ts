import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordSchema } from '../../src/records/schema.ts';
import type { Deed } from '../servers/answering-service.ts';
import { cli, type Ended } from './cli.ts';
import { cliHere } from './cli-here.ts';
import { folder, latest, load, phaseOf, QUICK, ranThrough, rightAnswer, service } from './load-runs.ts';

/** In this process, as the service is: their figures are not judged. */
const loadHere = (cwd: string, url: string, ...argv: string[]): Promise<Ended> =>
  cliHere(['load', '--target', url, ...QUICK, ...argv], { cwd });

describe('groundspeed load', () => {
  it('prints one JSON document with --json, in which what the target hides is null and never 0', async () => {
    const cwd = folder();
    const { url } = await service((_, question) => rightAnswer(question, { sources: [] }));
    const ended = await loadHere(cwd, url, '--rate', '20', '--json');
    ranThrough(ended);
    const phase = phaseOf(recordSchema.parse(JSON.parse(ended.out)));
    expect(phase).toMatchObject({ firstTokenMs: null, perTokenMs: null, cost: null, cacheHitRate: null });
  });

  it('refuses, before any load, an SLO on what the target does not return', async () => {
    const cwd = folder();
    const { url, asked } = await service((_, question) => rightAnswer(question));
    const { code, err } = await loadHere(cwd, url, '--rate', '20', '--slo', 'ttft.p95 < 1s');
    expect(code).toBe(2);
    expect(err).toContain('code: slo.unsupported');
    expect(asked.length).toBeLessThanOrEqual(1);
    expect(existsSync(join(cwd, 'reports/latest'))).toBe(false);
  });

  it('ends with 5, before any load, where nobody is there, or the first question fails', async () => {
    const cwd = folder();
    const gone = await service(() => 'hang');
    await gone.stop();
    const down = await loadHere(cwd, gone.url, '--rate', '20');
    expect(down).toMatchObject({ code: 5 });
    expect(down.err).toContain('code: target.connect');
    const ill = await service(() => ({ status: 500, body: { error: 'no model' } }));
    const failing = await loadHere(cwd, ill.url, '--rate', '20');
    expect(failing).toMatchObject({ code: 5 });
    expect(failing.err).toContain('code: target.http5xx');
    expect(ill.asked.length).toBe(1);
    expect(existsSync(join(cwd, 'reports/latest'))).toBe(false);
  });

  it('counts what fails by class, with an example each, and goes on when the target is back', async () => {
    const cwd = folder();
    const deeds: readonly Deed[] = [
      { status: 429, body: {} },
      { status: 503, body: 'busy' },
      { body: '<html>sorry</html>', type: 'text/html' },
      { body: '{"answer":' },
      'reset',
      'hang',
    ];
    const running = await service((nth, question) =>
      nth > 0 && nth % 3 === 0 ? deeds[(nth / 3) % deeds.length]! : rightAnswer(question),
    );
    const ended = loadHere(cwd, running.url, '--rate', '80', '--duration', '2s', '--timeout', '1s');
    const crash = async (): Promise<void> => {
      while (running.asked.length < 60) await new Promise((resolve) => setTimeout(resolve, 20));
      await running.stop();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await running.start();
    };
    await Promise.all([ended, crash()]);
    const record = latest(cwd);
    const phase = phaseOf(record);
    const classes = new Map(
      record.load!.errorClasses.map(({ name, count, example }) => [name, { count, example }]),
    );
    for (const name of [
      'target.rateLimited',
      'target.http5xx',
      'target.contentType',
      'target.malformed',
      'target.reset',
      'target.connect',
    ]) {
      expect(classes.get(name)?.count ?? 0, name).toBeGreaterThan(0);
      expect(classes.get(name)!.example.length).toBeGreaterThan(10);
    }
    const counted = [...classes.values()].reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(phase.errors);
    expect(phase.timeouts).toBeGreaterThan(0);
    expect(phase.completed).toBeGreaterThan(phase.arrivals / 3);
    expect(phase.latencyMs.max).toBeGreaterThanOrEqual(1000);
  });

  it('keeps what was measured on Ctrl-C, marks it, and exits with 130', async () => {
    const cwd = folder();
    const { url } = await service((_, question) => rightAnswer(question));
    let stopped = false;
    const ended = await cli(['load', '--target', url, ...QUICK, '--rate', '50', '--duration', '60s'], {
      cwd,
      onStderr: (text, child) => {
        if (stopped || !text.includes('load: about')) return;
        stopped = true;
        setTimeout(() => child.kill('SIGINT'), 1000);
      },
    });
    expect(ended.code).toBe(130);
    expect(ended.err).toContain('what was measured is kept');
    const record = latest(cwd);
    const phase = phaseOf(record);
    expect(record.complete).toBe(false);
    expect(phase.endedBy).toBe('interrupted');
    expect(phase.scheduledSeconds).toBeLessThan(30);
    expect(phase.arrivals).toBeGreaterThan(10);
  });

  it('ends after --max-requests, all phases and the first question together, and keeps what was measured', async () => {
    const cwd = folder();
    const { url, asked } = await service((_, question) => rightAnswer(question));
    const open = await loadHere(
      cwd,
      url,
      '--rate',
      '100',
      '--duration',
      '2s',
      '--warmup',
      '200ms',
      '--max-requests',
      '50',
    );
    ranThrough(open);
    expect(asked.length).toBe(50);
    expect(phaseOf(latest(cwd))).toMatchObject({ endedBy: 'max-requests' });
    const before = asked.length;
    const closed = await loadHere(
      cwd,
      url,
      '--concurrency',
      '4',
      '--duration',
      '30s',
      '--max-requests',
      '40',
    );
    ranThrough(closed);
    expect(asked.length - before).toBe(40);
    expect(phaseOf(latest(cwd)).scheduledSeconds).toBeLessThan(15);
  });

  it('ends at --max-cost, by what the answers say that they cost', async () => {
    const cwd = folder();
    const { url } = await service((_, question) => rightAnswer(question, { cost_usd: 0.01 }));
    const ended = await loadHere(cwd, url, '--rate', '50', '--duration', '30s', '--max-cost', '0.5');
    ranThrough(ended);
    expect(ended.err).toMatch(/about 1,500 requests, 30 s, about \$0\.50/);
    const phase = phaseOf(latest(cwd));
    expect(phase.endedBy).toBe('max-cost');
    expect(phase.arrivals).toBeGreaterThanOrEqual(49);
    expect(phase.arrivals).toBeLessThan(500);
    expect(phase.cost!.perQueryUsd).toBeCloseTo(0.01, 6);
  });

  it('sends from several threads what one would send, and merges all of it', async () => {
    const cwd = folder();
    const { url, asked } = await service((_, question) => rightAnswer(question));
    ranThrough(await load(cwd, url, '--rate', '100', '--generators', '2'));
    const phase = phaseOf(latest(cwd));
    expect(asked.length).toBe(phase.arrivals + 1);
    expect(phase).toMatchObject({ errors: 0, right: 1, generator: { threads: 2 } });
    const alone = folder();
    await loadHere(alone, url, '--rate', '100');
    expect(phaseOf(latest(alone)).arrivals).toBe(phase.arrivals);
  });

  it('drives users who wait and think, shapes, and the times of an access log', async () => {
    const log = Array.from({ length: 40 }, (_, nth) => {
      const second = String(Math.floor(nth / 20)).padStart(2, '0');
      return `127.0.0.1 - - [21/Nov/2026:10:00:${second} +0000] "GET / HTTP/1.1" 200 1`;
    }).join('\n');
    const cwd = folder({ 'access.log': log });
    const { url } = await service((_, question) => rightAnswer(question));
    const closed = await loadHere(
      cwd,
      url,
      '--concurrency',
      '3',
      '--think-time',
      '50ms',
      '--order',
      'zipf:1.1',
    );
    ranThrough(closed);
    expect(phaseOf(latest(cwd))).toMatchObject({
      loop: 'closed',
      concurrency: 3,
      thinkTimeMs: 50,
      order: 'zipf:1.1',
    });
    const shaped = await loadHere(cwd, url, '--shape', 'ramp:10..60', '--arrivals', 'constant');
    ranThrough(shaped);
    expect(phaseOf(latest(cwd))).toMatchObject({ shape: 'ramp:10..60', arrivals: 35, offeredRate: 35 });
    const replayed = await cliHere(
      ['load', '--target', url, '--dataset', 'questions.csv', '--warmup', '0', '--replay', 'access.log'],
      { cwd },
    );
    ranThrough(replayed);
    expect(replayed.err).toContain('whole seconds');
    expect(phaseOf(latest(cwd))).toMatchObject({ arrivalProcess: 'replay', arrivals: 40 });
  });

  it('sends nothing beyond this machine unless that host is allowed, and not above the ceiling', async () => {
    const cwd = folder();
    const refused = await loadHere(cwd, 'http://rag.invalid/ask', '--rate', '20');
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toContain('--allow-target rag.invalid');
    const fast = await loadHere(
      cwd,
      'http://rag.invalid/ask',
      '--rate',
      '200',
      '--allow-target',
      'rag.invalid',
    );
    expect(fast).toMatchObject({ code: 2 });
    expect(fast.err).toContain('--max-rate 200');
    const allowed = await loadHere(
      cwd,
      'http://rag.invalid/ask',
      '--rate',
      '20',
      '--allow-target',
      'rag.invalid',
    );
    expect(allowed).toMatchObject({ code: 5 });
    expect(allowed.err).toContain('code: target.dns');
  });

  it('says whether the target’s caches are in the figures: not where every request is unlike all others', async () => {
    const cwd = folder({
      'busting.yaml':
        'target:\n  preset: groundspeed\n  body: { query: "{{question}}", session: "{{nonce}}" }\n',
    });
    const { url } = await service((_, question) => rightAnswer(question));
    ranThrough(await loadHere(cwd, url, '--rate', '20', '--config', 'busting.yaml'));
    expect(phaseOf(latest(cwd)).cacheMode).toBe('uncached');
    expect(latest(cwd).notes.join()).toContain('no cache of the target answers');
  });

  it('refuses a golden set without questions', async () => {
    const cwd = folder({ 'none.csv': 'question,answer\n' });
    const { url } = await service((_, question) => rightAnswer(question));
    const { code } = await cliHere(['load', '--target', url, '--dataset', 'none.csv', '--rate', '5'], {
      cwd,
    });
    expect(code).toBe(3);
  });

  it('never shows the secrets of headers and URLs, wherever it writes', async () => {
    const magpie = 'magpie-5f3a9c71';
    const cwd = folder({
      'groundspeed.yaml': [
        'target:',
        '  preset: groundspeed',
        '  headers:',
        `    authorization: "Bearer \${RAG_KEY}"`,
        `    x-key: ${magpie}-2`,
      ].join('\n'),
    });
    const running = await service((nth, question) =>
      nth % 5 === 4 ? { status: 500, body: `bad key ${magpie} and ${magpie}-2` } : rightAnswer(question),
    );
    const url = `${running.url}/api/query?api_key=${magpie}-3`;
    const ended = await cli(
      ['load', '--config', 'groundspeed.yaml', '--target', url, ...QUICK, '--rate', '20', '--json'],
      { cwd, env: { RAG_KEY: magpie } },
    );
    ranThrough(ended);
    expect(running.headers.at(-1)).toMatchObject({
      authorization: `Bearer ${magpie}`,
      'x-key': `${magpie}-2`,
    });
    expect(ended.out + ended.err).not.toContain(magpie);
    const run = join(cwd, 'reports', readdirSync(join(cwd, 'reports')).find((name) => name !== 'latest')!);
    for (const name of readdirSync(run))
      expect(readFileSync(join(run, name), 'latin1')).not.toContain(magpie);
  });
});
