import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { milliseconds } from '../../src/kernel/units.ts';

describe('manual clock', () => {
  it('stands still until it is told to move, and wakes sleepers in the order of their due times', async () => {
    const clock = new ManualClock();
    const woken: string[] = [];
    void clock.sleep(milliseconds(20)).then(() => woken.push(`late at ${clock.now()}`));
    void clock.sleep(milliseconds(10)).then(() => woken.push(`early at ${clock.now()}`));
    await clock.advance(9);
    expect(woken).toEqual([]);
    await clock.advance(100);
    expect(woken).toEqual(['early at 10', 'late at 20']);
    expect(clock.now()).toBe(109);
  });

  it('lets a sleeper that sleeps again be woken within the same step', async () => {
    const clock = new ManualClock();
    let naps = 0;
    const nap = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(milliseconds(10));
        naps += 1;
      }
    };
    void nap();
    await clock.advance(35);
    expect(naps).toBe(3);
  });

  it('rejects an aborted sleep with the reason', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const sleep = clock.sleep(milliseconds(10), controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);
  });
});
