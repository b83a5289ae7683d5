import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { withLoadMetrics } from '../../src/cli/metrics-port.ts';
import type { Progress } from '../../src/cli/progress.ts';
import type { World } from '../../src/cli/world.ts';
import type { ExperimentEvent } from '../../src/experiments/events.ts';
import type { RunSetup } from '../../src/experiments/setup.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import type { LoadTick } from '../../src/load/events.ts';
import { readExposition } from '../telemetry/exposition.ts';

const promtool = spawnSync('promtool', ['--version']).status === 0;
const TICK: LoadTick = {
  type: 'load.tick',
  phase: 'open "10/s"',
  loop: 'open',
  warmup: false,
  at: 250,
  duration: 10_000,
  offeredRate: 10,
  achievedRate: 9.5,
  inFlight: 2,
  arrivals: 10,
  completed: 5,
  errors: 1,
  timeouts: 1,
  dropped: 1,
  latencyMs: { p50: 20, p95: 40, p99: 80 },
  lagP99Ms: 1,
  errorShare: 0.3,
  goodput: 4,
};
type Setup = Pick<RunSetup, 'onEvent' | 'runId'>;

function watched(port: number) {
  const said: string[] = [];
  const interrupts = new Set<() => void>();
  const clock = new ManualClock();
  const onInterrupt: World['onInterrupt'] = (listener) => {
    interrupts.add(listener);
    return () => interrupts.delete(listener);
  };
  const world = { clock, onInterrupt } as Partial<World> as World;
  const progress = { say: (line: string) => void said.push(line) } as Progress;
  const flags = { metricsPort: { host: '127.0.0.1', port }, seed: 1 };
  return {
    said,
    clock,
    run: { world, flags, progress, command: 'load' } as const,
    interrupt: () => interrupts.forEach((listener) => void listener()),
    scrape: async () => (await fetch(said[0]!.replace('metrics: ', ''))).text(),
  };
}

/** A run that was scraped at 10 arrivals, and ended at 11. */
async function scrapedTooEarly() {
  const seen = watched(0);
  let isOver = false;
  const over = withLoadMetrics(seen.run, async (observe) => {
    const setup = observe<Setup>({ onEvent: () => undefined });
    setup.onEvent(TICK);
    await seen.scrape();
    setup.onEvent({ ...TICK, arrivals: 11 });
    return 'done';
  }).finally(() => {
    isOver = true;
  });
  await vi.waitFor(() => expect(seen.said).toHaveLength(2));
  return { ...seen, over, isOver: () => isOver };
}

describe('--metrics-port', () => {
  it('shows what the generator tells while a run is under way, under the id of its record', async () => {
    const { said, run } = watched(0);
    const heard: ExperimentEvent[] = [];
    const tell = (event: ExperimentEvent): void => void heard.push(event);
    await withLoadMetrics(run, async (observe) => {
      const setup = observe<Setup>({ onEvent: tell });
      setup.onEvent(TICK);
      expect(heard).toEqual([TICK]);
      const url = said[0]!.replace('metrics: ', '');
      const text = await (await fetch(url)).text();
      const labels = { run_id: setup.runId!, phase: 'open "10/s"' };
      const [sample] = readExposition(text).get('loadgen_arrivals_total')!.samples;
      expect(sample).toMatchObject({ value: 10, labels: { run_id: labels.run_id } });
      if (promtool) {
        const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
        expect(checked.stderr).toBe('');
      }
      const open = await fetch(url, { headers: { accept: 'application/openmetrics-text' } });
      expect((await open.text()).endsWith('# EOF\n')).toBe(true);
      expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404);
      expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    });
    await expect(fetch(said[0]!.replace('metrics: ', ''))).rejects.toThrow();
  });

  it('waits after the run until somebody has scraped the last values, and says so', async () => {
    const { said, scrape, over, isOver } = await scrapedTooEarly();
    expect(said[1]).toBe('metrics: waiting up to 20 s for a last scrape (Ctrl-C ends it)');
    expect(isOver()).toBe(false);
    await vi.waitFor(async () => {
      const { samples } = readExposition(await scrape()).get('loadgen_arrivals_total')!;
      expect(samples[0]!.value).toBe(11);
    });
    expect(await over).toBe('done');
    await expect(scrape()).rejects.toThrow();
  });

  it('waits no longer than 20 s', async () => {
    const { clock, over, isOver } = await scrapedTooEarly();
    await clock.advance(19_999);
    expect(isOver()).toBe(false);
    await clock.advance(1);
    expect(await over).toBe('done');
  });

  it('waits no longer once it is interrupted, nor after a run that was', async () => {
    const waiting = await scrapedTooEarly();
    waiting.interrupt();
    expect(await waiting.over).toBe('done');
    const { run, said, scrape, interrupt } = watched(0);
    await withLoadMetrics(run, async (observe) => {
      const setup = observe<Setup>({ onEvent: () => undefined });
      await scrape();
      interrupt();
      setup.onEvent(TICK);
    });
    expect(said).toHaveLength(1);
  });

  it('waits for nobody where nobody ever scraped, or the last values were read', async () => {
    const { run, said } = watched(0);
    const tick = (observe: Parameters<Parameters<typeof withLoadMetrics>[1]>[0]) =>
      observe<Setup>({ onEvent: () => undefined }).onEvent(TICK);
    await withLoadMetrics(run, async (observe) => tick(observe));
    expect(said).toHaveLength(1);
    const read = watched(0);
    await withLoadMetrics(read.run, async (observe) => {
      tick(observe);
      await read.scrape();
    });
    expect(read.said).toHaveLength(1);
  });

  it('says which port cannot be had, before anything runs', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const run = withLoadMetrics(watched(port).run, async () => expect.unreachable());
    await expect(run).rejects.toMatchObject({ code: 'server.port', where: '--metrics-port' });
    taken.close();
  });

  it('leaves a run alone that was not given it', async () => {
    const setup = { onEvent: () => undefined };
    const { run } = watched(0);
    expect(await withLoadMetrics({ ...run, flags: { seed: 1 } }, async (observe) => observe(setup))).toBe(
      setup,
    );
  });
});
