import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recordSchema } from '../../src/records/schema.ts';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';
import { MADE_SET } from './made-set.ts';

/** A drill of a few seconds; most of what it says is to be overruled. */
const drillFile = (name: string, lines: string): string =>
  `name: ${name}\ntitle: ${name}\nfear: Something fails.\nrate: 30\n${lines}\n`;

const work = workFolder({
  ...MADE_SET,
  'down.yaml': drillFile(
    'down',
    `duration: 4500ms
faults: ["embedder: error http5xx from 1s to 2800ms"]
settings: { caching.enabled: false, resilience.breaker.resetSeconds: 1 }
promises: [availability >= 99% during, amplification <= 1.5, recovery <= 1900ms]
ablate: [degradation]`,
  ),
  'redis.yaml': drillFile(
    'redis',
    `scenario: redis
duration: 3s
window: { from: 1s, to: 2s }
promises: [availability >= 99% whole]`,
  ),
  'hang.yaml': drillFile(
    'hang',
    `scenario: serve
duration: 3500ms
faults: ["process: hang from 1s to 2s", "http: error 503 50% from 2500ms to 3s"]
promises: [availability >= 1% after]`,
  ),
  'cold.yaml': drillFile(
    'cold',
    `scenario: cold-start
duration: 2500ms
window: { from: 0s, to: 1s }
promises: [availability >= 1% after]`,
  ),
  'ingest.yaml': drillFile(
    'ingest',
    `scenario: ingest
duration: 4500ms
window: { from: 500ms, to: 4s }
faults: ["disk: full from 2500ms to 4s"]
settings: { caching.enabled: false }
promises: [availability >= 99% whole]`,
  ),
});
afterAll(() => work.remove());

/** In a process of its own, to its exit code. */
const drill = (argv: readonly string[], options: Partial<Parameters<typeof cli>[1]> = {}) =>
  cli(['drill', '--dataset', 'islands', ...argv], { cwd: work.path, ...options });

/** In this process, which has loaded the program already. */
const drillHere = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  cliHere(['drill', '--dataset', 'islands', ...argv], { cwd: work.path, env });

/** A machine that is busy with other things makes a run invalid, which the exit code then says. */
const FINISHED = [0, 7];

describe('drill', () => {
  it('breaks what it is told to, and says what that cost', async () => {
    const { code, out, err } = await drillHere(['down.yaml', '--ablate', '--json']);
    expect(FINISHED, err).toContain(code);
    const record = recordSchema.parse(JSON.parse(out));
    expect(record.kind).toBe('drill');
    const { arms, differences, faults } = record.drill!;
    expect(faults).toMatchObject([{ target: 'embedder', kind: 'error', fromMs: 1000, toMs: 2800 }]);
    expect(arms.map(({ name }) => name)).toEqual(['as configured', 'without degradation']);
    const [whole, without] = arms;
    expect(whole!.windows.map(({ name }) => name)).toEqual(['before', 'during', 'after']);
    const during = whole!.windows[1]!;
    expect(during.availability).toBe(1);
    expect(during.degraded.keyword).toBeGreaterThan(0);
    expect(without!.windows[1]!.availability).toBeLessThan(1);
    expect(whole!.injected[0]!.count).toBeGreaterThanOrEqual(5);
    expect(whole!.transitions[0]).toMatchObject({ dependency: 'embedder', from: 'closed', to: 'open' });
    expect(whole!.recoveredMs).not.toBeNull();
    const worth = differences.find(
      ({ indicator, window }) => indicator === 'availability' && window === 'during',
    );
    expect(worth!.estimate).toBeGreaterThan(0);
  });

  it.skipIf(spawnSync('redis-server', ['--version']).status !== 0 && process.env.CI !== 'true')(
    'kills a Redis of its own and starts it again (skipped without redis-server)',
    async () => {
      const { code, out, err } = await drillHere(['redis.yaml', '--json']);
      expect(FINISHED, err).toContain(code);
      const { drill: drilled } = recordSchema.parse(JSON.parse(out));
      expect(drilled!.faults).toMatchObject([{ target: 'redis', kind: 'kill', fromMs: 1000, toMs: 2000 }]);
      expect(drilled!.arms[0]!.windows.map(({ availability }) => availability)).toEqual([1, 1, 1]);
    },
  );

  it('stops a worker of a service of its own, and puts a proxy before it', async () => {
    const { code, out, err } = await drillHere(['hang.yaml', '--json', '--set', 'server.workers=2']);
    expect(FINISHED, err).toContain(code);
    const { drill: drilled } = recordSchema.parse(JSON.parse(out));
    const injected = drilled!.arms[0]!.injected;
    expect(injected.map(({ fault }) => fault)).toEqual([
      'process: hang from 1s to 2s',
      'http: error 503 50% from 2.5s to 3s',
    ]);
    for (const { count } of injected) expect(count).toBeGreaterThan(0);
    expect(drilled!.arms[0]!.lost).toBeGreaterThan(0);
  });

  it('meets a service that has just been started', async () => {
    const { code, out, err } = await drillHere(['cold.yaml', '--json']);
    expect(FINISHED, err).toContain(code);
    const { drill: drilled, notes } = recordSchema.parse(JSON.parse(out));
    expect(notes.join('\n')).toMatch(/took \d+ ms from its start until its port took connections/);
    expect(drilled!.arms[0]!.windows[1]!.availability).toBeGreaterThan(0.9);
  });

  it('asks while documents are taken in, some of them poison, and the disk is full', async () => {
    const { code, out, err } = await drillHere(['ingest.yaml', '--json']);
    expect(FINISHED, err).toContain(code);
    const { drill: drilled, notes } = recordSchema.parse(JSON.parse(out));
    const told = notes.find((note) => note.startsWith('Taken in meanwhile'))!;
    expect(told).toMatch(/Taken in meanwhile: [1-9]\d* documents/);
    expect(told).toContain('store.unwritable');
    expect(drilled!.arms[0]!.windows[1]!.availability).toBe(1);
  });

  it('lists its library', async () => {
    const { code, out } = await drillHere(['--list', '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(out) as { name: string }[]).map(({ name }) => name)).toContain('redis-lost');
  });
});

// Each in a process of its own, which waits most of the time, and over an index of its own, which one process holds.
describe.concurrent('drill, as a program', () => {
  it('exits with 4 where a promise was broken, and names it', async (test) => {
    const faults = 'embedder: error from 500ms; keywords: error from 500ms; vectors: error from 1s';
    const { code, err } = await drill([
      ...['--fault', faults, '--index', 'own-faults'],
      ...['--duration', '2s', '--rate', '100', '--promise', 'availability >= 99%', '--quiet'],
      ...['--set', 'degradation.enabled=false', '--set', 'caching.enabled=false'],
    ]);
    // A run that cannot be trusted breaks nothing, and shows nothing.
    if (code === 7) test.skip(`the machine was too busy: ${err}`);
    expect(code, err).toBe(4);
    expect(err).toContain('own-faults: availability >= 99%');
    expect(err).toContain('code: drill.failed');
  });

  it('without redis-server says how to get it', async () => {
    const { code, err } = await drill(['redis.yaml', '--index', 'unavailable'], {
      env: { PATH: '/nonexistent' },
    });
    expect(code).toBe(2);
    expect(err).toContain('code: drill.unavailable');
    expect(err).toContain('apt-get install redis-server');
  });

  it('keeps what was measured when it is interrupted', async () => {
    let asked = false;
    const { code, out, err } = await drill(['down.yaml', '--output', 'stopped', '--index', 'cut-short'], {
      onStderr: (text, child) => {
        if (asked || !text.includes('warm-up: 2 s')) return;
        asked = true;
        setTimeout(() => child.kill('SIGINT'), 2500);
      },
    });
    expect(code, err).toBe(130);
    const [run] = readdirSync(join(work.path, 'stopped')).filter((name) => name !== 'latest');
    expect(existsSync(join(work.path, 'stopped', run!, 'record.json'))).toBe(true);
    expect(out).toContain('interrupted');
  });
});

describe('drill refuses', () => {
  it.each([
    [['embeding-api-down'], 'Did you mean embedding-api-down?'],
    [[], 'Nothing says what to drill'],
    [['down.yaml', '--ablate', 'braker'], 'Did you mean breaker?'],
    [['down.yaml', '--fault', 'embedder: timeout'], 'Either drills are named, or faults of your own'],
    [['--fault', 'embedder: timeout from 9s', '--duration', '5s'], 'begins after the end of the drill'],
    [['--fault', 'embedder: timout'], 'Did you mean timeout?'],
    [
      ['--fault', 'process: kill at 1s; embedder: timeout', '--duration', '5s'],
      'cannot happen in the scenario',
    ],
    [['down.yaml', '--promise', 'availability => 99%'], 'A promise is a name, a comparison and a bound.'],
    [
      ['down.yaml', '--set', 'resilience.timeoutMs=60000'],
      'resilience.timeoutMs: must not be above resilience.deadlineMs (30000)',
    ],
    [
      ['down.yaml', '--set', 'resilience.breaker.failures=0'],
      'resilience.breaker.failures: must be a whole number',
    ],
  ])('%j', async (argv, words) => {
    const { code, err } = await drillHere(argv);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });

  it('a promise that cannot be read, pointing at the character', async () => {
    const { err } = await drillHere(['down.yaml', '--promise', 'availability >= 99% sometimes']);
    expect(err).toContain('  - availability >= 99% sometimes\n                        ^');
  });
});
