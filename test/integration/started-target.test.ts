import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { serviceOf } from '../../src/experiments/paired/service.ts';
import {
  type StartedTarget,
  type StartOptions,
  startTarget,
} from '../../src/experiments/paired/started-target.ts';
import { targetSchema } from '../../src/load/options.ts';
import { systemClock } from '../../src/system/clock.ts';

const SCRIPT = fileURLToPath(new URL('../servers/startable-service.mjs', import.meta.url));
const NODE = process.execPath;
const PATH = process.env.PATH ?? '';

const stopped: StartedTarget[] = [];
afterEach(async () => {
  for (const target of stopped.splice(0)) await target.stop();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function start(ways: string, options: Partial<StartOptions> = {}): Promise<StartedTarget> {
  const port = await freePort();
  const started = await startTarget({
    start: `${NODE} ${SCRIPT} ${port} ${ways}`,
    ready: `http://127.0.0.1:${port}/health`,
    env: { PATH },
    secrets: [],
    startTimeout: 20_000,
    grace: 2000,
    clock: systemClock,
    ...options,
  });
  stopped.push(started);
  return started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A process whose parent does not bury it stays in the table for a moment. */
async function isGone(pid: number): Promise<boolean> {
  for (let look = 0; look < 40 && isAlive(pid); look += 1) await new Promise((go) => setTimeout(go, 25));
  return !isAlive(pid);
}

/** Processes of a group that still run; those that nobody has buried yet do not. */
function runningIn(group: number): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pgid=,stat='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => new RegExp(`^\\s*${group}\\s+[^Z]`).test(line)).length;
}

const failure = async (promise: Promise<unknown>): Promise<Error & { problems: string[] }> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (thrown) => thrown,
  );

describe('a target that is started', () => {
  it('is waited for until it is ready, and ends with all that it started', async () => {
    const began = performance.now();
    const target = await start('late=400 child');
    expect(performance.now() - began).toBeGreaterThan(400);
    expect(runningIn(target.pid)).toBeGreaterThan(1);
    await Promise.all([target.stop(), target.stop()]);
    expect(await isGone(target.pid)).toBe(true);
    expect(runningIn(target.pid)).toBe(0);
  });

  it('that is never ready is ended, and its output told', async () => {
    const port = await freePort();
    const thrown = await failure(
      start('', {
        start: `echo pid $$; exec ${NODE} ${SCRIPT} ${port} never`,
        ready: `http://127.0.0.1:${port}/health`,
        startTimeout: 1200,
      }),
    );
    expect(thrown).toMatchObject({
      code: 'target.unavailable',
      where: 'target.start',
      message: expect.stringContaining('not ready within 1.2 s'),
    });
    const [, pid] = /pid (\d+)/.exec(thrown.problems.join('\n')) ?? [];
    expect(await isGone(Number(pid))).toBe(true);
  });

  it('that dies at once is told at once, with its output and without secrets', async () => {
    const began = performance.now();
    const thrown = await failure(
      start('dies=3', { env: { PATH, INDEX_KEY: 'hush-hush-1234' }, secrets: ['hush-hush-1234'] }),
    );
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(thrown.message).toContain('exit code 3');
    expect(thrown.problems).toEqual(['cannot open the index with ***']);
  });

  it('that ends well without being ready has failed, too', async () => {
    expect((await failure(start('dies=0'))).message).toContain('exit code 0');
  });

  it('that ignores SIGTERM is killed', async () => {
    const target = await start('stubborn', { grace: 300 });
    await target.stop();
    expect(await isGone(target.pid)).toBe(true);
  });

  it('is ended when the run is interrupted while it starts', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('Ctrl-C')), 600);
    const port = await freePort();
    const thrown = await failure(
      start('', {
        start: `exec ${NODE} ${SCRIPT} ${port} never`,
        ready: `http://127.0.0.1:${port}/health`,
        signal: controller.signal,
      }),
    );
    expect(thrown.message).toBe('Ctrl-C');
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
  });

  it('is refused where something answers already', async () => {
    const port = await freePort();
    const ready = `http://127.0.0.1:${port}/health`;
    const command = `${NODE} ${SCRIPT} ${port}`;
    await start('', { start: command, ready });
    expect((await failure(start('', { start: command, ready }))).message).toContain(
      'before the service was started',
    );
  });

  it('that a command puts into the background is ended by the command that stops it', async () => {
    const port = await freePort();
    const pidFile = `/tmp/groundspeed-started-${port}.pid`;
    const target = await start('', {
      start: `setsid ${NODE} ${SCRIPT} ${port} >/dev/null 2>&1 & echo $! > ${pidFile}`,
      stop: `kill $(cat ${pidFile}); rm ${pidFile}`,
      ready: `http://127.0.0.1:${port}/health`,
    });
    await target.stop();
    for (let look = 0; look < 40; look += 1) {
      const answers = await fetch(`http://127.0.0.1:${port}/health`).then(
        () => true,
        () => false,
      );
      if (!answers) return;
      await new Promise((go) => setTimeout(go, 50));
    }
    throw new Error('it still answers');
  });
});

describe('a service that is described', () => {
  const section = (more: object = {}) =>
    targetSchema.parse({
      url: 'http://127.0.0.1:{{port}}/api/query',
      start: `exec ${NODE} ${SCRIPT} {{port}}`,
      env: { MOOD: `\${WEATHER:-grey} {{port}}` },
      ...more,
    });
  const options = { env: { PATH, WEATHER: 'bright' }, clock: systemClock };

  it('gets a free port for each start, so that two run at once', async () => {
    const service = serviceOf(section(), options)!;
    const [one, two] = [await service.start(), await service.start()];
    try {
      expect(one.description.url).not.toBe(two.description.url);
      const { port } = new URL(one.description.url);
      const health = await (await fetch(`http://127.0.0.1:${port}/health`)).json();
      expect(health).toMatchObject({ mood: `bright ${port}` });
    } finally {
      await Promise.all([one.stop(), two.stop()]);
    }
    await expect(fetch(new URL('/health', one.description.url))).rejects.toThrow();
  });

  it('is none without a command, and is refused before anything starts where it is wrong', () => {
    expect(serviceOf(targetSchema.parse({}), options)).toBeUndefined();
    expect(() => serviceOf(section({ env: { KEY: `\${NOT_THERE}` } }), options)).toThrow(
      /as it is described/,
    );
    expect(() => serviceOf(section({ url: 'http://127.0.0.1:{{prot}}/' }), options)).toThrow();
  });
});
