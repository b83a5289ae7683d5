import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { faultDecorators } from '../../src/faults/decorators.ts';
import { createFaultInjector } from '../../src/faults/injector.ts';
import { parseFaults } from '../../src/faults/parse.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import type { AnswerBody } from '../../src/server/api/query-body.ts';
import type { ComponentHealth } from '../../src/server/health/component.ts';
import { startService } from '../../src/server/service.ts';
import { systemClock } from '../../src/system/clock.ts';
import { appSetting, FARES, KAYAK } from '../server/made-app.ts';

/* A service whose dependencies fail, as its callers and whoever looks after it see it. */

interface Health {
  readonly components: { readonly embedder: ComponentHealth };
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(faults: string, settings: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-degraded-'));
  const options = {
    embedding: { dimensions: 4 },
    caching: { enabled: false },
    ...settings,
    resilience: { queries: { retries: 0 }, breaker: { failures: 2, resetSeconds: 0.5 } },
  };
  const injector = createFaultInjector({
    faults: parseFaults(faults, { suggest: () => undefined, point: () => '' }),
    permit: 'test',
    clock: systemClock,
    random: seededRandom(1),
  });
  const engine = await openEngine({
    options: engineSchema.parse(options),
    folder,
    clock: systemClock,
    seed: 1,
    decorate: faultDecorators(injector),
  });
  await engine.ingest(FARES);
  const service = await startService({ ...appSetting({ engine, options }), folder });
  ends.push(async () => {
    await service.stop();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const get = async (path: string) => {
    const response = await fetch(`${service.url}${path}`);
    return { status: response.status, json: (await response.json()) as Health };
  };
  const ask = (more: object = {}, number = 0) =>
    fetch(`${service.url}/api/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `${KAYAK} ${number || ''}`, ...more }),
    });
  return { injector, ask, get };
}

describe('a service whose embedder fails', () => {
  it('answers without vectors and says so in body, header and last event; its health tells, and comes back', async () => {
    const { injector, ask, get } = await serve('embedder: error');
    const well = await ask();
    expect([well.status, well.headers.get('x-degraded')]).toEqual([200, null]);
    expect((await get('/health')).json).toMatchObject({ status: 'healthy', ready: true, reasons: [] });

    injector.start();
    for (const number of [1, 2, 3]) {
      const response = await ask({}, number);
      expect([response.status, response.headers.get('x-degraded')]).toEqual([200, 'keyword']);
      const body = (await response.json()) as AnswerBody;
      expect(body.degraded?.reason).toMatch(/^embedder: /);
      expect(body.answer).toContain('£4.50');
    }
    const events = await (await ask({ stream: true }, 4)).text();
    const done = /event: done\ndata: (.*)/.exec(events)![1]!;
    expect(JSON.parse(done).degraded).toEqual({ level: 'keyword', reason: 'embedder: open' });

    const { status, json } = await get('/health');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: 'degraded',
      ready: true,
      reasons: ['embedder: unhealthy'],
      components: {
        embedder: { status: 'unhealthy', errors: 2, details: { breaker: 'open' } },
        generator: { status: 'healthy' },
        disk: { details: { free_bytes: expect.any(Number) } },
      },
    });
    expect(await get('/health/ready')).toEqual({
      status: 200,
      json: { status: 'degraded', ready: true, reasons: ['embedder: unhealthy'] },
    });

    injector.stop();
    await new Promise((resolve) => setTimeout(resolve, 600));
    const back = await ask({}, 5);
    expect(back.headers.get('x-degraded')).toBeNull();
    // Failures are remembered for a while; an open breaker is not.
    const embedder = (await get('/health')).json.components.embedder;
    expect(embedder.details.breaker).toBe('closed');
  });

  it('is not ready where nothing stands in, and alive all the same', async () => {
    const { injector, ask, get } = await serve('embedder: error', { degradation: { enabled: false } });
    injector.start();
    for (const number of [1, 2]) expect((await ask({}, number)).status).toBeGreaterThanOrEqual(500);
    const { status, json } = await get('/health/ready');
    expect(status).toBe(503);
    expect(json).toEqual({
      status: 'unhealthy',
      ready: false,
      reasons: ['embedder: unhealthy', 'nothing is left that could answer'],
    });
    expect((await get('/health')).status).toBe(503);
    expect(await get('/health/live')).toEqual({ status: 200, json: { status: 'alive' } });
  });
});
