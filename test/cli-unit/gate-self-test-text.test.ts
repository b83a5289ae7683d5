import { describe, expect, it } from 'vitest';
import { selfTestText } from '../../src/cli/gate-self-test-text.ts';
import type { NoiseFloor, SelfTest } from '../../src/experiments/gate/self-test.ts';

const noise = (given: Partial<NoiseFloor>): NoiseFloor => ({
  indicator: 'p50',
  sd: 0.07,
  interval: [0.05, 0.09],
  pairs: 300,
  delta: Math.log(1.05),
  launchesNeeded: 14,
  blockSecondsNeeded: 4.5,
  ...given,
});

const test = (given: Partial<SelfTest> = {}): SelfTest => ({
  schema: 'groundspeed.self-test/1',
  comparisons: 10,
  judged: 10,
  launches: 10,
  pairsPerLaunch: 3,
  blockSeconds: 3,
  offeredRate: 400,
  falseAlarms: { count: 1, of: 10, interval: [0.018, 0.404] },
  confirmedFalseAlarms: { count: 0, of: 10, interval: [0, 0.278] },
  failedBy: { p95: 1 },
  noise: [noise({})],
  invalidPairs: 0,
  invalidReasons: [],
  endedBy: null,
  ...given,
});

describe('what a self-test says', () => {
  it('is the false alarms with their interval, the noise, and how many launches it needs', () => {
    const text = selfTestText(test());
    expect(text).toContain('1 of 10 (95 %: 1.8 % to 40.4 %) in a first batch, 0 of 10');
    expect(text).toContain('  p95 1 time\n');
    expect(text).toContain(
      'p50: ±7.25 % (95 %: 5.13 % to 9.42 %) over 300 pairs; 14 launches, or blocks of 4.5 s',
    );
    expect(text).toContain('Recommended here: 14 launches of 3 pairs.');
  });

  it('tells what can never be gated there, and what the blocks did not tell', () => {
    const hopeless = noise({ indicator: 'p95', launchesNeeded: null, blockSecondsNeeded: null });
    const untold = noise({ indicator: 'p99', sd: null, interval: null, pairs: 0, launchesNeeded: null });
    const text = selfTestText(test({ noise: [noise({ launchesNeeded: 2 }), hopeless, untold] }));
    expect(text).toContain('p50: ±7.25 % (95 %: 5.13 % to 9.42 %) over 300 pairs; 2 launches are enough');
    expect(text).toContain('p99: – (');
    // Eight pairs are the least that can fail anything.
    expect(text).toContain('Recommended here: 3 launches of 3 pairs. Leave p95 out of gate.indicators');
  });

  it('gives no advice on a handful of pairs, and warns where a false alarm was confirmed', () => {
    expect(selfTestText(test({ noise: [noise({ pairs: 6 })] }))).toContain(
      'Only 6 pairs were measured: too few',
    );
    expect(selfTestText(test({ noise: [] }))).toContain('Only 0 pairs were measured');
    const confirmed = { count: 1, of: 10, interval: [0.018, 0.404] } as const;
    expect(selfTestText(test({ confirmedFalseAlarms: confirmed }))).toContain(
      'do not gate latency on this machine',
    );
  });

  it('says that it ended early, and why pairs could not be trusted, briefly', () => {
    const invalidReasons = ['lag 6 ms', 'lag 7 ms', 'lag 8 ms', 'lag 9 ms'];
    const text = selfTestText(test({ endedBy: 'budget', invalidPairs: 4, invalidReasons }));
    expect(text).toContain('Ended early: the budget of time was used up.');
    expect(text).toContain('4 pairs could not be trusted: lag 6 ms; lag 7 ms; and 2 more');
  });

  it('counts no comparison that could not have failed, and says what would make it one', () => {
    const none = { count: 0, of: 0, interval: null };
    const open = { judged: 0, falseAlarms: none, confirmedFalseAlarms: none };
    expect(selfTestText(test({ ...open, launches: 1 }))).toMatch(
      /10 of 10 had fewer than 8 valid pairs, .* not counted: give a longer --budget/,
    );
    expect(selfTestText(test({ ...open, judged: 4 }))).toMatch(
      /6 of 10 .*too many pairs could not be trusted/,
    );
    expect(selfTestText(test({ ...open, launches: 1 }))).toContain('0 of 0 in a first batch');
  });
});
