import { describe, expect, it } from 'vitest';
import { timelineFrom } from '../../../src/experiments/drill/timeline.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';

describe('what happens beside the load', () => {
  it('happens at its moment of the timeline, or at once where that has passed', async () => {
    const clock = new ManualClock();
    const { until } = timelineFrom(clock, new AbortController().signal);
    let came: boolean | undefined;
    void until(500).then((value) => {
      came = value;
    });
    await clock.advance(499);
    expect(came).toBeUndefined();
    await clock.advance(1);
    expect(came).toBe(true);
    expect(await until(100)).toBe(true);
  });

  it('does not happen once the load is over', async () => {
    const clock = new ManualClock();
    const over = new AbortController();
    const { until } = timelineFrom(clock, over.signal);
    const waiting = until(500);
    over.abort(new Error('the load is over'));
    expect(await waiting).toBe(false);
    expect(await until(0)).toBe(false);
  });
});
