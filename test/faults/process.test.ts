import { describe, expect, it } from 'vitest';
import { jumpingClock } from '../../src/faults/jumping-clock.ts';
import { holdMemory } from '../../src/faults/memory.ts';
import { runProcessFaults } from '../../src/faults/process-faults.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import { started } from './started.ts';

const HOUR = 3_600_000;

describe('a clock that jumps', () => {
  it('is another calendar while it lasts; durations stay', async () => {
    const { injector, clock } = started('process: jump +1h from 10s to 20s');
    const jumping = jumpingClock(clock, injector);
    const off = () => [jumping.now() - clock.now(), jumping.epoch() - clock.epoch()];
    expect(off()).toEqual([0, 0]);
    await clock.advance(10_000);
    expect(off()).toEqual([0, HOUR]);
    await clock.advance(10_000);
    expect(off()).toEqual([0, 0]);
    expect(injector.log()).toMatchObject([{ count: 1, firstMs: 10_000 }]);
  });

  it('goes back as well', async () => {
    const { injector, clock } = started('process: jump -30min at 1s');
    const jumping = jumpingClock(clock, injector);
    await clock.advance(1000);
    expect(jumping.epoch() - clock.epoch()).toBe(-HOUR / 2);
  });

  it('never goes back in its durations, whatever it jumped', async () => {
    const { injector, clock } = started(
      'process: jump +1h monotonic from 10s to 20s; process: jump +2h monotonic at 15s',
    );
    const jumping = jumpingClock(clock, injector);
    let last = jumping.now();
    for (let second = 0; second < 30; second += 1) {
      await clock.advance(1000);
      expect(jumping.now()).toBeGreaterThanOrEqual(last + 1000);
      last = jumping.now();
    }
    expect(jumping.now() - clock.now()).toBe(3 * HOUR);
    expect(jumping.epoch() - clock.epoch(), 'the calendar is right again, but for what lasts').toBe(2 * HOUR);
    injector.stop();
    expect(jumping.now() - clock.now()).toBe(3 * HOUR);
    expect(jumping.epoch()).toBe(clock.epoch());
  });

  it('sleeps as long as it is told to, and is the clock itself where nothing jumps', async () => {
    const { injector, clock } = started('process: jump +1h monotonic');
    const jumping = jumpingClock(clock, injector);
    let awake = false;
    void jumping.sleep(milliseconds(500)).then(() => {
      awake = true;
    });
    await clock.advance(499);
    expect(awake).toBe(false);
    await clock.advance(1);
    expect(awake).toBe(true);
    const other = started('cache: empty');
    expect(jumpingClock(other.clock, other.injector)).toBe(other.clock);
  });
});

describe('what happens to the process', () => {
  const memory = () => {
    const steps: string[] = [];
    const hold = async (bytes: number) => {
      steps.push(`hold ${bytes}`);
      return { bytes, release: () => void steps.push('release') };
    };
    return { steps, hold };
  };

  it('is done when it is due', async () => {
    const { injector, clock } = started(
      'process: memory 200MB from 5s to 20s; process: kill at 10s; cache: empty',
    );
    const { steps, hold } = memory();
    const kill = () => void steps.push('kill');
    const run = runProcessFaults({ injector, kill, hold });
    const after: string[][] = [];
    for (const ms of [4999, 1, 5000, 9999, 1]) {
      await clock.advance(ms);
      after.push([...steps]);
    }
    expect(after).toEqual([
      [],
      ['hold 200000000'],
      ['hold 200000000', 'kill'],
      ['hold 200000000', 'kill'],
      ['hold 200000000', 'kill', 'release'],
    ]);
    await run;
    expect(injector.log().map(({ count, firstMs }) => [count, firstMs])).toEqual([
      [1, 5000],
      [1, 10_000],
      [0, null],
    ]);
  });

  it('is given back, or left, when the drill stops', async () => {
    const { injector, clock } = started('process: memory 1MB; process: kill at 10s');
    const { steps, hold } = memory();
    const run = runProcessFaults({ injector, kill: () => void steps.push('kill'), hold });
    await clock.advance(1000);
    injector.stop();
    await run;
    expect(steps).toEqual(['hold 1000000', 'release']);
    expect(clock.sleeping).toBe(0);
  });

  it('fails with what the kill failed with, and holds nothing then', async () => {
    const { injector, clock } = started('process: memory 1MB; process: kill at 1s');
    const { steps, hold } = memory();
    const kill = () => {
      throw new Error('no such process');
    };
    const run = expect(runProcessFaults({ injector, kill, hold })).rejects.toThrow('no such process');
    await clock.advance(1000);
    await run;
    expect(steps).toEqual(['hold 1000000', 'release']);
  });

  it('needs somebody to be killed', async () => {
    const { injector } = started('process: kill at 1s');
    await expect(runProcessFaults({ injector })).rejects.toThrow('no process that it could hit');
  });
});

describe('held memory', () => {
  it('is as much as was asked for, until it is given back', async () => {
    const held = await holdMemory(64e6);
    expect(held.bytes).toBe(64e6);
    held.release();
    expect(held.bytes).toBe(0);
  });

  it('grows no further for who has left', async () => {
    expect((await holdMemory(64e6, AbortSignal.abort())).bytes).toBe(0);
  });

  it('stops a process, and has it go on at the end', async () => {
    const { injector, clock } = started('process: hang from 5s to 20s');
    const steps: string[] = [];
    const hang = () => {
      steps.push('stop');
      return () => void steps.push('go on');
    };
    const run = runProcessFaults({ injector, hang });
    await clock.advance(4999);
    expect(steps).toEqual([]);
    await clock.advance(1);
    expect(steps).toEqual(['stop']);
    await clock.advance(15_000);
    await run;
    expect(steps).toEqual(['stop', 'go on']);
    expect(injector.log()).toMatchObject([{ count: 1, firstMs: 5000 }]);
  });

  it('has what was stopped go on when the drill ends before the fault', async () => {
    const { injector, clock } = started('process: hang from 5s');
    const steps: string[] = [];
    const run = runProcessFaults({ injector, hang: () => () => void steps.push('go on') });
    await clock.advance(6000);
    injector.stop();
    await run;
    expect(steps).toEqual(['go on']);
  });

  it('is refused at once where nothing could be stopped', async () => {
    const { injector } = started('process: hang from 5s');
    await expect(runProcessFaults({ injector })).rejects.toThrow('There is a fault of kind hang');
  });
});
