import { describe, expect, it } from 'vitest';
import { interruptible } from '../../src/cli/interrupt.ts';
import { progressOf } from '../../src/cli/progress.ts';
import { memoryWorld } from './memory-world.ts';

describe('an interruption', () => {
  it('lets the work end by itself the first time, and ends the process the second', async () => {
    const world = memoryWorld();
    const progress = progressOf(world, { color: false });
    const result = await interruptible(
      { world, progress, keeps: 'what was measured is kept' },
      async (signal) => {
        world.interrupt();
        expect(signal.aborted).toBe(true);
        expect(world.exits).toEqual([]);
        world.interrupt();
        return 'partial';
      },
    );
    expect(result).toBe('partial');
    expect(world.exits).toEqual([130]);
    expect(world.err.text()).toBe('stopping; what was measured is kept (again to quit at once)\n');
  });

  it('is left to the process once the work is done', async () => {
    const world = memoryWorld();
    let aborted: AbortSignal | undefined;
    await interruptible({ world, progress: progressOf(world, { color: false }) }, async (signal) => {
      aborted = signal;
    });
    world.interrupt();
    expect(aborted?.aborted).toBe(false);
    expect(world.err.text()).toBe('');
  });
});
