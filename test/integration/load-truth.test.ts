import { afterEach, describe, expect, it } from 'vitest';
import { startCapacityServer } from '../../bench/load/servers/capacity-server.ts';
import { startEchoServer } from '../../bench/load/servers/echo-server.ts';
import type { ListeningServer } from '../../bench/load/servers/listen.ts';
import { STALL_LAW } from '../../bench/load/servers/stall-law.ts';
import { startStallServer } from '../../bench/load/servers/stall-server.ts';
import { errorsOf, measureTruth } from '../../bench/load/truth.ts';
import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';

const open: ListeningServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function opened<Server extends ListeningServer>(starting: Promise<Server>): Promise<Server> {
  const server = await starting;
  open.push(server);
  return server;
}

const ask = (url: string): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"?"}' });

const p = (samples: Float64Array, share: number): number => quantile(sortSamples(samples), share);

describe('latency under load', () => {
  // The same as `npm run prove -- load/truth`, in small: on a machine that does much else besides, latencies may come
  // out too long now and then, but whoever waited while the server stood still cannot be missed.
  it('is what the law of a server that stands still makes of the due times', async () => {
    const server = await opened(startStallServer(STALL_LAW));
    const effort = { rate: 100, seconds: 3, arrivals: 'constant' } as const;
    const run = await measureTruth(server, effort, { seed: 1, progress: () => undefined });

    expect(run.latency).toHaveLength(300);
    expect(run.phase).toMatchObject({ arrivals: 300, completed: 300, errors: 0, timeouts: 0, dropped: 0 });
    expect(p(errorsOf(run), 0.5)).toBeLessThan(10);
    // One stall is a sixth of a cycle: p90 lies well within it, in truth and in what was measured.
    expect(p(run.truth, 0.9)).toBeGreaterThan(150);
    for (const share of [0.9, 0.95, 0.99]) {
      expect(p(run.latency, share)).toBeGreaterThan(p(run.truth, share) - 15);
    }
  });
});

describe('the servers of known behaviour', () => {
  it('answers at once, alike or each with an id of its own', async () => {
    const same = await opened(startEchoServer({ distinct: false }));
    const own = await opened(startEchoServer({ distinct: true }));
    const idOf = async (url: string) =>
      ((await (await ask(url)).json()) as { request_id: string }).request_id;
    expect(await idOf(same.url)).toBe(await idOf(same.url));
    expect(await idOf(own.url)).not.toBe(await idOf(own.url));
    const text = await (await ask(own.url)).text();
    expect(text.length).toBeGreaterThan(900);
    expect(text.length).toBeLessThan(1500);
    expect(JSON.parse(text)).toMatchObject({ success: true, sources: { length: 5 } });
  });

  it('carries as much as its workers can, and makes the others wait their turn', async () => {
    const { url } = await opened(
      startCapacityServer({ workers: 2, serviceMs: 60, service: 'constant', seed: 1 }),
    );
    const began = performance.now();
    const times = await Promise.all(
      Array.from({ length: 6 }, async () => {
        await (await ask(url)).text();
        return performance.now() - began;
      }),
    );
    const inOrder = sortSamples(times);
    // Three rounds of two: none earlier than its round ends.
    inOrder.forEach((time, nth) => {
      expect(time).toBeGreaterThan(60 * (Math.floor(nth / 2) + 1) - 2);
    });
  });
});
