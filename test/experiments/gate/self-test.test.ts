import { describe, expect, it } from 'vitest';
import { runSelfTest, type SelfTestOptions } from '../../../src/experiments/gate/self-test.ts';
import { indicatorDifferences } from '../../../src/experiments/paired/differences.ts';
import type { Arm } from '../../../src/experiments/paired/port.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { type BlockRecord, INDICATOR_NAMES } from '../../../src/records/schema.ts';

/** A target whose p50 has that much noise in a block, as a standard deviation of its logarithm. */
function noisyArm(sd: number, seed: number, invalid: (block: number) => boolean = () => false) {
  const random = seededRandom(seed);
  let block = 0;
  return (name: string): Arm => ({
    name,
    launch: async () => ({
      async block({ rate, seconds }) {
        block += 1;
        const value = 50 * Math.exp(sd * normal(random));
        const none = Object.fromEntries(INDICATOR_NAMES.map((one) => [one, null]));
        return {
          startedAtEpochMs: 0,
          seconds,
          offeredRate: rate,
          arrivals: 1000,
          indicators: { ...none, p50: value },
          stagesMs: {},
          valid: !invalid(block),
          invalidReasons: invalid(block) ? ['it fell behind'] : [],
        };
      },
      close: async () => undefined,
    }),
  });
}

const failures = (blocks: readonly BlockRecord[]): string[] =>
  indicatorDifferences(blocks)
    .filter(({ word }) => word === 'worse')
    .map(({ indicator }) => indicator);

const options = (given: Partial<SelfTestOptions>): SelfTestOptions => ({
  arm: noisyArm(0.05, 1),
  times: 10,
  launches: 10,
  pairs: 3,
  load: { rate: 100, seconds: 3 },
  failures,
  indicators: ['p50'],
  seed: 7,
  clock: new ManualClock(),
  ...given,
});

describe('a self-test', () => {
  it('finds the noise that there is, with an interval around it, and few false alarms', async () => {
    const result = await runSelfTest(options({ times: 30 }));
    const [p50] = result.noise;
    // Between two blocks, each with a spread of 5 %.
    expect(p50!.sd).toBeGreaterThan(0.05 * Math.SQRT2 * 0.9);
    expect(p50!.sd).toBeLessThan(0.05 * Math.SQRT2 * 1.1);
    expect(p50!.interval![0]).toBeLessThan(p50!.sd!);
    expect(p50!.interval![1]).toBeGreaterThan(p50!.sd!);
    // A false alarm is followed by a batch that is to confirm it, which counts for the noise as well.
    expect(p50!.pairs).toBe(30 * 30 + 30 * result.falseAlarms.count);
    expect(result.comparisons).toBe(30);
    expect(result.falseAlarms).toMatchObject({ of: 30 });
    expect(result.falseAlarms.count).toBeLessThanOrEqual(1);
    expect(result.confirmedFalseAlarms.count).toBe(0);
    expect(result.confirmedFalseAlarms.interval![1]).toBeLessThan(0.15);
    expect(result.endedBy).toBeNull();
  });

  it('asks for more launches or longer blocks the noisier the machine is, and for none where no number will do', async () => {
    const needed = async (sd: number) => {
      const { noise } = await runSelfTest(options({ arm: noisyArm(sd, 3), times: 5 }));
      return noise[0]!;
    };
    const [quiet, noisy, hopeless] = [await needed(0.01), await needed(0.1), await needed(0.5)];
    expect(quiet.launchesNeeded).toBeLessThanOrEqual(10);
    expect(quiet.blockSecondsNeeded).toBe(3);
    expect(noisy.launchesNeeded).toBeGreaterThan(quiet.launchesNeeded!);
    expect(noisy.blockSecondsNeeded).toBeGreaterThan(3);
    expect(hopeless).toMatchObject({ launchesNeeded: null, blockSecondsNeeded: null });
  });

  it('repeats what fails in a second batch, and says whether that failed too', async () => {
    const always = await runSelfTest(options({ times: 4, failures: () => ['p50'] }));
    expect(always.falseAlarms.count).toBe(4);
    expect(always.confirmedFalseAlarms.count).toBe(4);
    expect(always.failedBy).toEqual({ p50: 4 });
    let batch = 0;
    const onceOnly = await runSelfTest(
      options({ times: 4, failures: () => (batch++ % 2 === 0 ? ['p50'] : []) }),
    );
    expect(onceOnly.falseAlarms.count).toBe(4);
    expect(onceOnly.confirmedFalseAlarms.count).toBe(0);
  });

  it('is the same with the same seed', async () => {
    const [one, other] = [await runSelfTest(options({ times: 3 })), await runSelfTest(options({ times: 3 }))];
    expect(one).toEqual(other);
  });

  it('keeps the comparisons that are whole when it is interrupted', async () => {
    const controller = new AbortController();
    const result = await runSelfTest(
      options({
        signal: controller.signal,
        onComparison: (done) => done === 2 && controller.abort(new Error('stopped')),
      }),
    );
    expect(result).toMatchObject({ comparisons: 2, falseAlarms: { of: 2 }, endedBy: 'interrupted' });
  });

  it('tells of blocks that could not be trusted, and of noise that nothing was told of', async () => {
    const arm = noisyArm(0.05, 1, (block) => block % 10 === 0);
    const result = await runSelfTest(options({ arm, times: 2, indicators: ['p50', 'p99'] }));
    expect(result.invalidPairs).toBeGreaterThan(0);
    expect(result.invalidReasons).toEqual(['it fell behind']);
    expect(result.noise[1]).toMatchObject({ indicator: 'p99', sd: null, interval: null, pairs: 0 });
    const nothing = await runSelfTest(options({ times: 1, arm: noisyArm(0.05, 1, () => true) }));
    expect(nothing.noise[0]).toMatchObject({ sd: null, launchesNeeded: null });
  });
});
