import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { milliseconds } from '../../src/kernel/units.ts';
import { writeFileAtomically } from '../../src/system/atomic-file.ts';
import { pacingClock, systemClock } from '../../src/system/clock.ts';
import { describeMachine } from '../../src/system/machine.ts';
import { watchProcessUsage } from '../../src/system/usage.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundspeed-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('atomic files', () => {
  it('make the folders on the way, and leave nothing else behind', async () => {
    await writeFileAtomically(join(folder, 'a/b/c.txt'), 'whole');
    expect(await readFile(join(folder, 'a/b/c.txt'), 'utf8')).toBe('whole');
    expect(await readdir(join(folder, 'a/b'))).toEqual(['c.txt']);
  });

  it('take their content in pieces, as it is made', async () => {
    const path = join(folder, 'pieces.txt');
    const piece = 'ä'.repeat(50_000);
    async function* pieces(): AsyncIterable<string> {
      for (let index = 0; index < 20; index += 1) yield piece;
    }
    await writeFileAtomically(path, pieces());
    expect((await readFile(path, 'utf8')) === piece.repeat(20)).toBe(true);
    await writeFileAtomically(path, ['one ', 'two']);
    expect(await readFile(path, 'utf8')).toBe('one two');
  });

  it('keep the old content when writing the new one fails', async () => {
    const path = join(folder, 'kept.txt');
    await writeFileAtomically(path, 'old');
    async function* broken(): AsyncIterable<string> {
      yield 'new';
      throw new Error('the source dried up');
    }
    await expect(writeFileAtomically(path, broken())).rejects.toMatchObject({ code: 'internal.io' });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('.tmp'));
  });

  it('name the file and what to do when its folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(writeFileAtomically(join(folder, 'file/x.txt'), 'x')).rejects.toMatchObject({
      code: 'internal.io',
      where: join(folder, 'file/x.txt'),
      hint: expect.stringContaining('--output'),
    });
  });
});

describe('the pacing clock', () => {
  it('gives timers and the network their turn even in the shortest sleep, so that nobody who is late shuts them out', async () => {
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    await pacingClock.sleep(milliseconds(0.0001));
    expect(turned).toBe(true);
  });

  it('never wakes too early, and on its signal at once', async () => {
    for (const duration of [0.05, 1, 3]) {
      const start = pacingClock.now();
      await pacingClock.sleep(milliseconds(duration));
      expect(pacingClock.now() - start).toBeGreaterThanOrEqual(duration);
    }
    const controller = new AbortController();
    const long = pacingClock.sleep(milliseconds(60_000), controller.signal);
    controller.abort(new Error('enough'));
    await expect(long).rejects.toThrow('enough');
    await expect(pacingClock.sleep(milliseconds(1), controller.signal)).rejects.toThrow('enough');
  });
});

describe('the machine', () => {
  it('is described the same way twice, by what a latency depends on', () => {
    const one = describeMachine();
    expect(one).toEqual(describeMachine());
    expect(one.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(one.packages['hnswlib-node']).toMatch(/^\d+\.\d+/);
    expect(one.memoryLimitBytes).toBeGreaterThan(0);
    expect(one.memoryLimitBytes).toBeLessThanOrEqual(one.memoryBytes);
  });
});

describe('process usage', () => {
  it('tells a busy process from an idle one', async () => {
    const stopIdle = watchProcessUsage();
    await systemClock.sleep(milliseconds(150));
    const idle = stopIdle();
    const stopBusy = watchProcessUsage();
    const end = performance.now() + 150;
    while (performance.now() < end);
    await systemClock.sleep(milliseconds(1));
    const busy = stopBusy();
    expect(busy.eventLoopUtilisation).toBeGreaterThan(idle.eventLoopUtilisation);
    expect(busy.cpuShare).toBeGreaterThan(idle.cpuShare);
    expect(busy.residentBytes).toBeGreaterThan(1e6);
  });
});
