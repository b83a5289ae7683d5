import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { withLoadMetrics } from '../../src/cli/metrics-port.ts';
import type { Progress } from '../../src/cli/progress.ts';
import type { World } from '../../src/cli/world.ts';
import type { ExperimentEvent } from '../../src/experiments/events.ts';
import type { RunSetup } from '../../src/experiments/setup.ts';
import type { LoadTick } from '../../src/load/events.ts';
import { systemClock } from '../../src/system/clock.ts';
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
const world = { clock: systemClock } as World;

function watched(port: number) {
  const said: string[] = [];
  const progress = { say: (line: string) => void said.push(line) } as Progress;
  const flags = { metricsPort: { host: '127.0.0.1', port }, seed: 1 };
  return { said, run: { world, flags, progress, command: 'load' } as const };
}

describe('--metrics-port', () => {
  it('shows what the generator tells while a run is under way, under the id of its record', async () => {
    const { said, run } = watched(0);
    const heard: ExperimentEvent[] = [];
    const tell = (event: ExperimentEvent): void => void heard.push(event);
    await withLoadMetrics(run, async (observe) => {
      const setup = observe<Pick<RunSetup, 'onEvent' | 'runId'>>({ onEvent: tell });
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
