import { describe, expect, it } from 'vitest';
import type { PhaseSetting } from '../../src/load/phase-setting.ts';
import { reasonsAgainst, reasonsBesidesTarget, tailOf, type ValidityFacts } from '../../src/load/validity.ts';

const SETTING: PhaseSetting = {
  name: 'open 100/s',
  loop: 'open',
  arrivalProcess: 'poisson',
  shape: null,
  order: 'shuffled',
  thinkTimeMs: null,
  cacheMode: 'as-configured',
  concurrency: null,
  offeredRate: 100,
  endedBy: null,
  startedAtEpochMs: 0,
  warmup: false,
  targetKind: 'http',
  threads: 1,
  duration: 10_000,
  elapsed: 10_100,
  deadline: 2000,
  firstTokenDeadline: null,
  stageNames: [],
  usage: { cpuShare: 0.2, eventLoopUtilisation: 0.2, eventLoopDelayP99Ms: 1, residentBytes: 1e8 },
};

const FACTS: ValidityFacts = {
  arrivals: 1000,
  completed: 1000,
  dropped: 0,
  achievedRate: 100,
  lagTail: { name: 'p99', value: 1 },
  latencyP50: 20,
};

const reasons = (facts: Partial<ValidityFacts>, setting: Partial<PhaseSetting> = {}): string =>
  reasonsAgainst({ ...FACTS, ...facts }, { ...SETTING, ...setting }).join('; ');

const usage = (use: Partial<PhaseSetting['usage']>): Partial<PhaseSetting> => ({
  usage: { ...SETTING.usage, ...use },
});

describe('a phase over HTTP', () => {
  it('is valid where the generator was on time and at ease', () => {
    expect(reasons({})).toBe('');
  });

  it('is invalid where the generator sent late: above 5 ms, or a tenth of the median latency where that is more', () => {
    expect(reasons({ lagTail: { name: 'p99', value: 5.1 } })).toContain('lag p99 5.1 ms');
    expect(reasons({ lagTail: { name: 'p99', value: 5.1 }, latencyP50: 100 })).toBe('');
    expect(reasons({ lagTail: { name: 'p99', value: 10.1 }, latencyP50: 100 })).toContain('lag');
    expect(reasons({ lagTail: { name: 'p99', value: 6 }, latencyP50: Number.NaN, completed: 0 })).toContain(
      'lag',
    );
  });

  it('is invalid where less than 98 % was sent within the schedule', () => {
    expect(reasons({ achievedRate: 98 })).toBe('');
    expect(reasons({ achievedRate: 97.9 })).toContain('97.9 % of the schedule');
  });

  it('holds drops against the target, not against the run', () => {
    expect(reasons({ achievedRate: 60, dropped: 400, completed: 600 })).toBe('');
  });

  it('is invalid where the generator was the bottleneck', () => {
    expect(reasons({}, usage({ eventLoopUtilisation: 0.81 }))).toContain('busy 81.0 %');
    expect(reasons({}, usage({ cpuShare: 0.91 }))).toContain('0.91 of a core');
    expect(reasons({}, { ...usage({ cpuShare: 1.7 }), threads: 2 })).toBe('');
    expect(reasons({}, usage({ eventLoopDelayP99Ms: 10.5 }))).toContain('delay p99 10.5 ms');
  });

  it('is judged by the generator in a closed loop too, but has no schedule to miss', () => {
    const closed = { loop: 'closed' as const, offeredRate: null };
    expect(reasons({ lagTail: { name: 'p99', value: 50 }, achievedRate: 1 }, closed)).toBe('');
    expect(reasons({}, { ...closed, ...usage({ eventLoopUtilisation: 0.9 }) })).toContain('busy');
  });

  it('is invalid where it was interrupted, or nothing came back', () => {
    expect(reasons({}, { endedBy: 'interrupted', duration: 1500 })).toContain('interrupted after 1.5 s');
    expect(reasons({ completed: 0 })).toContain('no request was answered');
    expect(reasons({ arrivals: 0, completed: 0 })).toBe('no request was made');
    expect(reasons({}, { endedBy: 'max-requests' })).toBe('');
  });
});

describe('the tail of the lag', () => {
  const carried = (most: number) => ({ carried: (p: number) => (p <= most ? p * 100 : null) });

  it('is the highest quantile that the requests can carry', () => {
    expect(tailOf(carried(0.99))).toEqual({ name: 'p99', value: 99 });
    expect(tailOf(carried(0.95))).toEqual({ name: 'p95', value: 95 });
    expect(tailOf(carried(0.5))).toEqual({ name: 'p50', value: 50 });
    expect(tailOf(carried(0))).toBeUndefined();
  });
});

describe('a phase in process', () => {
  it('reports the lag and the load of the engine without holding them against the run', () => {
    const inProcess = {
      targetKind: 'in-process' as const,
      ...usage({ eventLoopUtilisation: 1, cpuShare: 1.2 }),
    };
    expect(reasons({ lagTail: { name: 'p99', value: 80 } }, inProcess)).toBe('');
    expect(reasons({ dropped: 3 }, inProcess)).toContain('3 requests found no room');
    expect(reasons({ achievedRate: 90 }, inProcess)).toContain('schedule');
  });
});

describe('what takes a block away that is held against another', () => {
  const besides = (facts: Partial<ValidityFacts>, setting: Partial<PhaseSetting> = {}): string =>
    reasonsBesidesTarget({ ...FACTS, ...facts }, { ...SETTING, ...setting }).join('; ');

  it('is nothing that the target did to itself', () => {
    expect(besides({ completed: 0 })).toBe('');
    expect(besides({ completed: 300, dropped: 700, achievedRate: 30 })).toBe('');
    expect(besides({ achievedRate: 50, dropped: 20 }, { targetKind: 'in-process' })).toBe('');
  });

  it('is all that the generator did or could not do', () => {
    for (const [facts, setting] of [
      [{ achievedRate: 90 }, {}],
      [{ lagTail: { name: 'p99', value: 9 } }, {}],
      [{}, usage({ eventLoopUtilisation: 0.95 })],
      [{}, usage({ cpuShare: 0.99 })],
      [{ arrivals: 0, completed: 0 }, {}],
      [{}, { endedBy: 'interrupted' }],
    ] as const) {
      expect(besides(facts, setting)).not.toBe('');
      expect(besides(facts, setting)).toBe(reasons(facts, setting));
    }
  });
});
