import { describe, expect, it } from 'vitest';
import { queuesOf } from '../../../bench/capacity/queues.ts';
import {
  jointSetting,
  latencySetting,
  type Outcome,
  type Setting,
  searchOnce,
} from '../../../bench/capacity/searches.ts';

/**
 * A few of the two hundred searches whose figures stand in bench/results/capacity/simulated.md. Were an interval to hold the
 * truth six times in ten only, four of five would in each of three queues one time in twenty-five.
 */
const SEARCHES = 5;
const UTILISATIONS = { from: 0.75, to: 0.92 };
const PER_SECOND = 300;

async function searches(setting: Setting, count = SEARCHES): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let seed = 0; seed < count; seed += 1) outcomes.push(await searchOnce(setting, `test/${seed}`));
  return outcomes;
}

describe('a search for the capacity of a simulated queue', () => {
  it.each(queuesOf(PER_SECOND).map((queue) => [queue.name, queue] as const))(
    'finds that of %s, in an interval of 10 %',
    async (_, queue) => {
      const outcomes = await searches(latencySetting(queue, UTILISATIONS));
      let held = 0;
      for (const { truth, result } of outcomes) {
        const { low, high } = result.capacity!;
        if (low <= truth && truth <= high) held += 1;
        expect(low).toBeLessThanOrEqual(1.02 * truth);
        expect(high / low).toBeLessThanOrEqual(1.1);
        expect(result.limitedBy.map(({ kind }) => kind)).toContain('latency');
        expect(
          result.probes.filter(({ phase }) => phase === 'climb' || phase === 'bisect').length,
        ).toBeLessThanOrEqual(12);
      }
      expect(held).toBeGreaterThanOrEqual(SEARCHES - 1);
    },
  );

  it('finds that of attainment and errors together', async () => {
    const setting = jointSetting(queuesOf(PER_SECOND)[0]!, UTILISATIONS);
    let held = 0;
    for (const { truth, result } of await searches(setting, 4)) {
      const { low, high } = result.capacity!;
      if (low <= truth && truth <= high) held += 1;
      expect(low).toBeLessThanOrEqual(1.02 * truth);
    }
    expect(held).toBeGreaterThanOrEqual(3);
  });

  it('is the same search from the same seed', async () => {
    const setting = latencySetting(queuesOf(PER_SECOND)[2]!, UTILISATIONS);
    const [once, again] = [await searchOnce(setting, 5), await searchOnce(setting, 5)];
    expect(again.truth).toBe(once.truth);
    expect(again.result.capacity).toEqual(once.result.capacity);
    expect(again.result.elapsedSeconds).toBe(once.result.elapsedSeconds);
  });
});
