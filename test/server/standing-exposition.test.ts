import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { STANDS_MS, standingReadings } from '../../src/server/standing-exposition.ts';

function standing() {
  const clock = new ManualClock();
  const waiting: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];
  const read = standingReadings(
    () => new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    clock,
  );
  return { clock, waiting, read };
}

describe('a reading of the metrics', () => {
  it('stands for a tenth of a second from when it was begun, and no longer', async () => {
    const { clock, waiting, read } = standing();
    const first = read('text');
    waiting[0]!.resolve('first');
    expect(await first).toEqual({ number: 1, text: 'first' });
    await clock.advance(STANDS_MS - 1);
    expect(await read('text')).toEqual({ number: 1, text: 'first' });
    await clock.advance(1);
    const second = read('text');
    waiting[1]!.resolve('second');
    expect(await second).toEqual({ number: 2, text: 'second' });
    expect(waiting).toHaveLength(2);
  });

  it('is given to all who ask while it is made, however long that takes; none overtakes it', async () => {
    const { clock, waiting, read } = standing();
    const first = read('text');
    await clock.advance(10 * STANDS_MS);
    const joined = read('text');
    expect(waiting).toHaveLength(1);
    waiting[0]!.resolve('slow');
    expect(await Promise.all([first, joined])).toEqual([
      { number: 1, text: 'slow' },
      { number: 1, text: 'slow' },
    ]);
    const next = read('text');
    waiting[1]!.resolve('next');
    expect((await next).text).toBe('next');
  });

  it('does not stand where it failed', async () => {
    const { waiting, read } = standing();
    const first = read('text');
    waiting[0]!.reject(new Error('no'));
    await expect(first).rejects.toThrow('no');
    const second = read('text');
    waiting[1]!.resolve('yes');
    expect((await second).text).toBe('yes');
  });

  it('is one of its format', async () => {
    const { waiting, read } = standing();
    const both = [read('text'), read('openmetrics')];
    waiting[0]!.resolve('text');
    waiting[1]!.resolve('open');
    expect((await Promise.all(both)).map(({ text }) => text)).toEqual(['text', 'open']);
  });
});
