import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createFaultInjector } from '../../src/faults/injector.ts';
import { runProcessFaults } from '../../src/faults/process-faults.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { systemClock } from '../../src/system/clock.ts';
import { faultsOf } from '../faults/reading.ts';

describe('faults of processes, on the machine’s clock', () => {
  it('kill the one that they are told to, without a word, while memory is held', async () => {
    const child = spawn(process.execPath, [
      '-e',
      'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)',
    ]);
    const exit = once(child, 'exit');
    await once(child, 'spawn');
    const injector = createFaultInjector({
      faults: faultsOf('process: memory 100MB from 20ms; process: kill at 1s'),
      permit: 'test',
      clock: systemClock,
      random: seededRandom(1),
    });
    const before = process.memoryUsage().rss;
    let during = 0;
    injector.start();
    const run = runProcessFaults({
      injector,
      kill: () => {
        during = process.memoryUsage().rss;
        child.kill('SIGKILL');
      },
    });
    const [code, signal] = await exit;
    expect([code, signal]).toEqual([null, 'SIGKILL']);
    expect(during - before).toBeGreaterThan(50e6);
    injector.stop();
    await run;
    expect(injector.log().map(({ count }) => count)).toEqual([1, 1]);
  });
});
