import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type ServeFlags, serve } from '../../src/cli/serve.ts';
import { systemClock } from '../../src/system/clock.ts';
import { workFolder } from '../cli/cli.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';
import { until } from '../server/made-app.ts';

/* `serve` as a whole, in this process: what it takes to have it fail on purpose, and that nothing else does. */

const work = workFolder({
  'answers.yaml': 'answers:\n  - any: [kayak]\n    anser: typed wrongly\n',
});
const ends: (() => Promise<void>)[] = [];
let indexes = 0;

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(() => work.remove());

const SETTINGS = ['embedding.dimensions=4', 'server.port=0', 'caching.enabled=false', 'log.level=silent'];

function started(flags: Partial<ServeFlags>) {
  const world = { ...memoryWorld(), clock: systemClock };
  indexes += 1;
  const running = serve(world, {
    color: false,
    json: true,
    seed: 1,
    index: `${work.path}/index-${indexes}`,
    ...flags,
    set: [...SETTINGS, ...(flags.set ?? [])],
  });
  return { world, running };
}

async function listening(flags: Partial<ServeFlags>) {
  const { world, running } = started(flags);
  ends.push(async () => {
    world.interrupt();
    await running;
  });
  await Promise.race([until(() => world.out.text().includes('\n')), running]);
  const { url } = JSON.parse(world.out.text()) as { url: string };
  const call = async (path: string, body?: object) => {
    const init = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
  await call('/api/documents', { documents: [{ id: 'a', text: 'The crossing for a kayak costs £4.50.' }] });
  const ask = async (number: number) =>
    (await call('/api/query', { query: `What does kayak number ${number} cost?` })).json;
  return { world, call, ask };
}

describe('a service that is started for a drill', () => {
  it('fails as it was told, on its timeline, and says so on stderr and in its health', async () => {
    const { world, call, ask } = await listening({
      drill: true,
      drillFaults: 'embedder: error from 1s to 600s; generator: latency 1ms from 900s',
    });
    expect(world.err.text()).toContain('DRILL: this service fails on purpose: embedder: error');
    await until(async () => (await ask(Math.random())).degraded !== null);
    expect(await ask(1)).toMatchObject({ degraded: { level: 'keyword' } });
    expect((await call('/health')).json).toMatchObject({
      drill: true,
      faults: [expect.stringContaining('embedder: error'), expect.stringContaining('generator: latency')],
      active_faults: [0],
    });
  });

  it('begins its timeline when it is told to', async () => {
    const { call, ask } = await listening({
      drill: true,
      drillFaults: 'keywords: error to 1s',
      set: ['resilience.breaker.resetSeconds=0.2'],
    });
    await until(async () => (await ask(Math.random())).degraded === null);
    expect(await call('/drill/begin', {})).toMatchObject({ status: 200, json: { success: true } });
    expect(await ask(Math.random())).toMatchObject({ degraded: { level: 'keyword' } });
  });

  it('is any other service until then: no drill in its health, no way to begin one', async () => {
    const { call, ask, world } = await listening({});
    expect((await call('/health')).json).not.toHaveProperty('drill');
    expect((await call('/drill/begin', {})).status).toBe(404);
    expect(await ask(1)).toMatchObject({ degraded: null });
    expect(world.err.text()).not.toContain('DRILL');
  });

  it.each([
    [{ drillFaults: 'embedder: error' }, 'fault.refused', '--drill-faults'],
    [
      { drill: true, host: '0.0.0.0', set: ['server.apiToken=long-enough-a-token'] },
      'fault.refused',
      'server.host',
    ],
    [{ drill: true, workers: '2' }, 'fault.refused', 'server.workers'],
    [{ drill: true, drillFaults: 'http: error' }, 'fault.refused', '--drill-faults'],
    [{ drill: true, drillFaults: 'embeder: error' }, 'fault.syntax', '--drill-faults'],
  ])('is refused with %j: %s', async (flags, code, where) => {
    await expect(started(flags).running).rejects.toMatchObject({ code, where });
  });
});

describe('a service with settings that cannot work', () => {
  it('is refused before it listens, where policies contradict each other', async () => {
    const { world, running } = started({ set: ['resilience.deadlineMs=1000', 'resilience.timeoutMs=2000'] });
    await expect(running).rejects.toMatchObject({
      code: 'config.invalid',
      problems: [expect.stringContaining('resilience.timeoutMs')],
    });
    expect(world.out.text()).toBe('');
  });

  it('is refused before it listens, where the canned answers cannot be read, with file and line', async () => {
    for (const workers of ['1', '2']) {
      const path = `${work.path}/answers.yaml`;
      const { world, running } = started({ workers, set: [`degradation.cannedAnswers=${path}`] });
      const error = await running.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'canned.format' });
      expect(`${JSON.stringify(error)} ${String(error)}`).toMatch(/answers\.yaml:[23]/);
      expect(world.out.text()).toBe('');
    }
  });
});
