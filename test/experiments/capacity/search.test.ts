import { describe, expect, it } from 'vitest';
import { type CapacityOptions, findCapacity } from '../../../src/experiments/capacity/search.ts';
import type { Clause } from '../../../src/objectives/slo.ts';
import {
  ATTAINMENT,
  cliffAt,
  ERRORS,
  P95,
  RIGHT,
  type Script,
  scriptedPort,
  slopeTo,
} from './scripted-port.ts';

async function search(script: Script, options: Partial<CapacityOptions> = {}) {
  const port = scriptedPort(script);
  const result = await findCapacity(port, { clauses: [P95], ...options });
  const phase = (name: string) => result.probes.filter((probe) => probe.phase === name);
  return { result, phase, asked: port.asked, users: port.users };
}

const round = (rates: readonly { rate: number }[]) => rates.map(({ rate }) => Math.round(rate * 10) / 10);

describe('a search for capacity', () => {
  it('doubles the users until that gains nothing, then climbs from 0.3 of the maximum by half', async () => {
    const { result, phase, users } = await search({ saturation: 200, share: cliffAt(120) });
    expect(users).toEqual([1, 2, 4, 8]);
    expect(result.saturation).toBe(200);
    expect(round(phase('climb'))).toEqual([60, 90, 135]);
    expect(phase('climb').map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS', 'FAIL']);
  });

  it('bisects to within 5 %, and prints the rates between which the target breaks', async () => {
    const { result, phase } = await search({ saturation: 200, share: cliffAt(120) });
    expect(phase('bisect').length).toBeLessThanOrEqual(8);
    expect(result.lowestFailed! / result.highestHeld!).toBeLessThanOrEqual(1.05);
    const { low, high } = result.capacity!;
    expect(low).toBeLessThanOrEqual(120);
    expect(high).toBeGreaterThanOrEqual(120);
    expect(high / low).toBeLessThanOrEqual(1.06);
    expect(result.limitedBy).toEqual([{ kind: 'latency', clause: P95 }]);
    expect(result).toMatchObject({ atLeast: null, ceiling: null, notes: [], interrupted: false });
  });

  it('confirms the lower end three times, with fresh runs', async () => {
    const { result, phase, asked } = await search({ saturation: 200, share: slopeTo(120) });
    const confirmed = phase('confirm');
    expect(confirmed).toHaveLength(3);
    for (const { rate } of confirmed) expect(rate).toBeCloseTo(result.capacity!.low, 6);
    expect(new Set(asked.map(({ name }) => name)).size).toBe(asked.length);
    expect(result.capacity!.low).toBeLessThanOrEqual(120);
    expect(result.capacity!.high).toBeGreaterThanOrEqual(120);
    expect(result.capacity!.high / result.capacity!.low).toBeLessThanOrEqual(1.1);
  });

  it('prolongs a probe that is undecided, three times as long at most', async () => {
    const { phase, asked } = await search({ saturation: 200, share: slopeTo(120, 6), effectiveSize: 60 });
    const parts = phase('bisect').map(({ runs }) => runs.length);
    expect(Math.max(...parts)).toBe(3);
    expect(asked.map(({ name }) => name)).toContain('bisect 1, part 2');
    for (const { verdict, runs } of phase('climb')) {
      if (runs.length < 3) expect(verdict).not.toBe('INCONCLUSIVE');
    }
    const once = await search(
      { saturation: 200, share: slopeTo(120, 6), effectiveSize: 400 },
      { maxExtend: 1 },
    );
    expect(Math.max(...once.phase('bisect').map(({ runs }) => runs.length))).toBe(1);
  });

  it('spends further runs where the interval is too wide, and says so where they do not do', async () => {
    const gradual: Script = { saturation: 200, share: slopeTo(120, 5), effectiveSize: 50 };
    const { result, phase } = await search(gradual, { maxNarrowing: 2 });
    expect(phase('narrow')).toHaveLength(2);
    expect(result.notes.join()).toMatch(/% wide, more than the 10 % that was wanted, after 2 further runs/);
    const narrow = await search({ ...gradual, effectiveSize: 4000 });
    expect(narrow.result.notes).toEqual([]);
  });

  it('steps down by 2 % where a confirmation fails', async () => {
    const unlucky = ['confirm 1', 'confirm 3'];
    const { phase, result } = await search({
      saturation: 200,
      share: (rate, { name }) => (unlucky.includes(name) ? 0.5 : cliffAt(120)(rate)),
    });
    const rates = phase('confirm').map(({ rate }) => rate);
    expect(phase('confirm')[0]!.verdict).toBe('FAIL');
    expect(rates[1]! / rates[0]!).toBeLessThanOrEqual(0.98 + 1e-9);
    expect(rates[2]).toBe(rates[1]);
    expect(rates[3]! / rates[2]!).toBeLessThanOrEqual(0.98 + 1e-9);
    expect(result.capacity!.low).toBeLessThanOrEqual(rates[3]!);
  });

  it('gives up, and says so, where no rate can be confirmed', async () => {
    const fickle: Script = {
      saturation: 200,
      share: (rate, { name }) => (name.startsWith('confirm') ? 0.5 : cliffAt(120)(rate)),
    };
    const { result, phase } = await search(fickle, { maxNarrowing: 10 });
    expect(phase('confirm')).toHaveLength(6);
    expect(result.capacity).toBeNull();
    expect(result.notes.join()).toMatch(
      /No rate could be confirmed three times, though .*\/s was seen to hold/,
    );
  });

  it('claims no more than the weakest of its clauses allows, and names it', async () => {
    const clauses = [P95, ERRORS];
    const share = (rate: number, _: unknown, { subject }: Clause) =>
      subject.kind === 'error' ? cliffAt(90)(rate) : slopeTo(120)(rate);
    const { result } = await search({ saturation: 200, share }, { clauses });
    expect(result.capacity!.low).toBeLessThanOrEqual(90);
    expect(result.capacity!.high).toBeGreaterThanOrEqual(90);
    expect(result.limitedBy).toEqual([{ kind: 'errors', clause: ERRORS }]);
  });

  it('tells how long it took and how many requests it sent', async () => {
    const { result, asked, users } = await search({ saturation: 200, share: cliffAt(120) });
    const load = asked.reduce((sum, { seconds, warmupSeconds }) => sum + seconds + warmupSeconds, 0);
    expect(result.elapsedSeconds).toBeCloseTo(load + 3 * users.length, 6);
    expect(result.arrivals).toBe(
      asked.reduce((sum, { rate, seconds }) => sum + Math.round(rate * seconds), 0),
    );
  });

  it('tells of every probe when it is done', async () => {
    const seen: string[] = [];
    const { result } = await search(
      { saturation: 200, share: cliffAt(120) },
      { onProbe: ({ name }) => seen.push(name) },
    );
    expect(seen).toEqual(result.probes.map(({ name }) => name));
  });

  it('fits the scalability law to what it saw, as a remark', async () => {
    const { result } = await search({ saturation: 200, share: slopeTo(120) });
    expect(result.usl).toMatchObject({ from: 'open' });
    expect(result.usl!.law.rSquared).toBeGreaterThan(0.9);
  });

  it('refuses clauses that more load makes easier', async () => {
    const clause: Clause = {
      text: 'throughput >= 50/s',
      subject: { kind: 'throughput' },
      comparison: '>=',
      bound: 50,
    };
    await expect(
      search({ saturation: 200, share: cliffAt(120) }, { clauses: [clause] }),
    ).rejects.toMatchObject({
      code: 'slo.unsupported',
    });
  });
});

describe('the length of a run', () => {
  const secondsOf = async (
    clauses: readonly Clause[],
    saturation: number,
    options: Partial<CapacityOptions> = {},
  ) =>
    (await search({ saturation, share: cliffAt(saturation / 2) }, { clauses, ...options })).asked[0]!.seconds;

  it('is as many seconds as decide the clauses near their bounds', async () => {
    expect(await secondsOf([P95], 100)).toBe(25);
    const p99: Clause = { ...P95, subject: { kind: 'quantile', of: 'latency', quantile: 0.99 } };
    expect(await secondsOf([p99], 1000)).toBeCloseTo(12.5);
    expect(await secondsOf([ERRORS], 100)).toBe(25);
  });

  it('lies between five seconds and a minute, unless it was given', async () => {
    expect(await secondsOf([P95], 10_000)).toBe(5);
    expect(await secondsOf([P95], 20)).toBe(60);
    expect(await secondsOf([P95], 20, { probeSeconds: 90 })).toBe(90);
  });

  it('is longer where the rate is so low that nothing could be judged', async () => {
    const { asked } = await search({ saturation: 4, share: cliffAt(2) });
    for (const { rate, seconds } of asked) expect(rate * seconds).toBeGreaterThanOrEqual(200 - 1e-9);
  });

  it('has a warm-up of its own', async () => {
    const { asked } = await search({ saturation: 100, share: cliffAt(60) });
    for (const { seconds, warmupSeconds } of asked)
      expect(warmupSeconds).toBeCloseTo(Math.max(1, seconds / 10));
  });
});

describe('a search that can not go on', () => {
  it('ends with what it knows when it is interrupted', async () => {
    const { result } = await search({ saturation: 200, share: cliffAt(120), runs: 4 });
    expect(result).toMatchObject({ interrupted: true, capacity: null, atLeast: null });
    expect(result.probes).toHaveLength(4);
    expect(result.highestHeld).toBeGreaterThan(80);
    expect(result.notes).toHaveLength(1);
    expect(result.notes[0]).toMatch(
      /^The search was interrupted, and nothing is confirmed: .*\/s was seen to hold/,
    );
  });

  it('keeps the runs of a probe within which it was interrupted', async () => {
    const { result } = await search({ saturation: 200, share: slopeTo(61, 3), effectiveSize: 40, runs: 2 });
    expect(result.interrupted).toBe(true);
    expect(result.probes.at(-1)!.runs).toHaveLength(2);
  });

  it("is at the generator's limit, which is no capacity, where a run is invalid twice", async () => {
    const { result, asked, phase } = await search({ saturation: 400, share: cliffAt(300), invalidFrom: 200 });
    expect(result.capacity).toBeNull();
    expect(result.ceiling).toBe('generator');
    expect(result.atLeast!).toBeGreaterThan(150);
    expect(result.atLeast!).toBeLessThan(200);
    expect(phase('confirm').every(({ rate, verdict }) => rate < 200 && verdict === 'PASS')).toBe(true);
    expect(result.limitedBy).toEqual([]);
    expect(result.notes.join()).toMatch(
      /the generator, not the target, is the limit \(lag p99 is 80 ms\); the capacity is at least/,
    );
    const invalid = result.probes.filter(({ invalidReasons }) => invalidReasons.length > 0);
    for (const { runs } of invalid) expect(runs).toHaveLength(2);
    expect(asked.filter(({ rate }) => rate >= 200).length).toBe(2 * invalid.length);
  });

  it("finds the capacity all the same where the target breaks below the generator's limit", async () => {
    const { result } = await search({ saturation: 200, share: cliffAt(100), invalidFrom: 125 });
    expect(result.ceiling).toBeNull();
    expect(result.capacity!.low).toBeLessThanOrEqual(100);
    expect(result.capacity!.high).toBeGreaterThanOrEqual(100);
  });

  it('forgives a generator that stumbled once', async () => {
    let stumbled = false;
    const port = scriptedPort({ saturation: 200, share: cliffAt(120) });
    const result = await findCapacity(
      {
        ...port,
        async open(request) {
          const run = await port.open(request);
          if (stumbled || request.name !== 'climb 2') return run;
          stumbled = true;
          return { ...run!, invalidReasons: ['a stumble'] };
        },
      },
      { clauses: [P95] },
    );
    expect(result.capacity).not.toBeNull();
    expect(result.probes[1]).toMatchObject({ verdict: 'PASS', invalidReasons: [] });
    expect(result.probes[1]!.runs).toHaveLength(2);
  });

  it('goes no higher than it may, and says "at least"', async () => {
    const { result, asked, phase } = await search({ saturation: 400, share: cliffAt(300) }, { maxRate: 150 });
    expect(Math.max(...asked.map(({ rate }) => rate))).toBe(150);
    expect(phase('confirm').map(({ rate }) => rate)).toEqual([150, 150, 150]);
    expect(result).toMatchObject({ capacity: null, atLeast: 150, ceiling: 'max-rate' });
    expect(result.notes.join()).toMatch(
      /goes no higher than 150\/s, which holds; the capacity is at least 150\/s/,
    );
  });

  it('is not kept from a capacity below the ceiling', async () => {
    const { result } = await search({ saturation: 400, share: cliffAt(130) }, { maxRate: 150 });
    expect(result.ceiling).toBeNull();
    expect(result.capacity!.low).toBeLessThanOrEqual(130);
    expect(result.capacity!.high).toBeGreaterThanOrEqual(130);
  });

  it('tries no rate of a target that gives no answer', async () => {
    const { result, asked } = await search({ saturation: 0, share: cliffAt(1) });
    expect(asked).toEqual([]);
    expect(result.notes).toEqual(['A closed loop got no answer at all, so that no rate was tried.']);
  });
});

describe('an SLO that holds at no rate', () => {
  it('is tried down to a thirtieth of the maximum, and the clause at fault is named', async () => {
    const { result, phase } = await search({
      saturation: 200,
      share: (rate) => Math.min(0.9, 0.1 + rate / 100),
    });
    expect(round(phase('climb'))).toEqual([60, 20, 6]);
    expect(result).toMatchObject({ capacity: null, atLeast: null, highestHeld: null });
    expect(result.notes).toEqual(['No rate holds, down to 6/s: p95 < 200ms fails.']);
    expect(result.limitedBy).toEqual([{ kind: 'latency', clause: P95 }]);
  });

  it('is no matter of load where a clause fails at every rate alike', async () => {
    const { result } = await search({ saturation: 200, share: () => 0.2 }, { clauses: [RIGHT] });
    expect(result.notes).toContain(
      'right >= 95% fails as much at the lowest rate as at the highest that was tried: it is no matter of load.',
    );
    expect(result.limitedBy).toEqual([{ kind: 'quality', clause: RIGHT }]);
  });

  it('is found to hold below the first rate where it does', async () => {
    const { result, phase } = await search({ saturation: 200, share: cliffAt(30) });
    expect(round(phase('climb'))).toEqual([60, 20]);
    expect(result.capacity!.low).toBeLessThanOrEqual(30);
    expect(result.capacity!.high).toBeGreaterThanOrEqual(30);
  });

  it('is said to be undecided where nothing could be measured of it', async () => {
    const port = scriptedPort({ saturation: 200, share: () => 0 });
    const blind = {
      ...port,
      async open(request: Parameters<typeof port.open>[0]) {
        const run = await port.open(request);
        const nothing = { estimate: null, low: null, high: null };
        return {
          ...run!,
          evidence: () => ({
            observed: null,
            tested: nothing,
            size: 0,
            effectiveSize: null,
            reason: 'no first token',
          }),
        };
      },
    };
    const result = await findCapacity(blind, { clauses: [P95] });
    expect(result.notes).toContain('p95 < 200ms stayed undecided at every rate: no first token.');
    expect(port.asked).toHaveLength(3);
  });
});

describe('what breaks first', () => {
  it('is the backlog where requests pile up, whatever the clauses say', async () => {
    const { result } = await search({ saturation: 200, share: () => 0, backlogFrom: 130 });
    expect(result.limitedBy).toEqual([{ kind: 'backlog', clause: null }]);
    expect(result.capacity!.low).toBeLessThan(130);
    expect(result.capacity!.high).toBeGreaterThanOrEqual(130);
    expect(result.capacity!.high / result.capacity!.low).toBeLessThanOrEqual(1.05);
  });

  it('is the schedule where requests could not be sent in time', async () => {
    const { result } = await search({ saturation: 200, share: () => 0, lateSchedulesFrom: 130 });
    expect(result.limitedBy).toEqual([{ kind: 'schedule', clause: null }]);
  });

  it.each([
    ['latency', { late: 0.4, failed: 0.05, wrong: 0.04 }],
    ['errors', { late: 0.05, failed: 0.4, wrong: 0.04 }],
    ['quality', { late: 0.01, failed: 0.01, wrong: 0.4 }],
  ] as const)('is %s where that is what attainment is lost by', async (kind, above) => {
    const losses = (rate: number) => (rate > 120 ? above : { late: 0, failed: 0, wrong: 0.03 });
    const { result } = await search(
      { saturation: 200, share: cliffAt(120), losses },
      { clauses: [ATTAINMENT] },
    );
    expect(result.limitedBy).toEqual([{ kind, clause: ATTAINMENT }]);
  });
});
