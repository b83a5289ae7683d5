import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import { Admission, type AdmissionLimits } from '../../src/server/admission.ts';

/*
 * A service of four places, whose work takes 100 ms on the average (exponential), so that it can do 40 a second. It is offered 30 a
 * second (Poisson), five times that for twenty seconds, and 30 again. Callers have no use for what comes after 1 s.
 */
const CONCURRENT = 4;
const HOLD_MS = 100;
const CAPACITY = (CONCURRENT / HOLD_MS) * 1000;
const STEADY = 30;
const SPIKE = { from: 10_000, to: 30_000, times: 5 };
const END = 45_000;
const USEFUL_MS = 1000;
const NONE = { queued: 1_000_000, maxWaitMs: undefined };
const LENGTH = { queued: 100, maxWaitMs: 2000 };
const AGE = { ...LENGTH, age: { targetMs: 200, intervalMs: 500 } };
const stays = new AbortController().signal;
setMaxListeners(0, stays);

interface Done {
  readonly at: number;
  readonly waitedMs: number;
  readonly totalMs: number;
}

const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random.next());

async function simulated(limits: Omit<AdmissionLimits, 'concurrent'>, seed: number): Promise<Done[]> {
  const clock = new ManualClock();
  const random = seededRandom(seed);
  const [gaps, holds] = [random.fork('gaps'), random.fork('holds')];
  const admission = new Admission({
    limits: { concurrent: CONCURRENT, ...limits },
    clock,
    random: random.fork('retries'),
  });
  const done: Done[] = [];
  const one = async (holdMs: number): Promise<void> => {
    const start = clock.now();
    const place = await admission.enter(stays);
    await clock.sleep(milliseconds(holdMs));
    place.leave();
    done.push({ at: clock.now(), waitedMs: place.waitedMs, totalMs: clock.now() - start });
  };
  while (clock.now() < END) {
    const spiking = clock.now() >= SPIKE.from && clock.now() < SPIKE.to;
    await clock.advance(exponential(gaps, 1000 / (STEADY * (spiking ? SPIKE.times : 1))));
    one(exponential(holds, HOLD_MS)).catch(() => undefined);
  }
  return done;
}

const within = (done: readonly Done[], from: number, to: number): Done[] =>
  done.filter(({ at }) => at >= from && at < to);
const p95 = (done: readonly Done[]): number =>
  done.map(({ waitedMs }) => waitedMs).sort((a, b) => a - b)[Math.ceil(0.95 * done.length) - 1]!;
/** Answers a second that came in time, as a share of what the service can do. */
const goodput = (done: readonly Done[], from: number, to: number): number =>
  within(done, from, to).filter(({ totalMs }) => totalMs <= USEFUL_MS).length /
  ((to - from) / 1000) /
  CAPACITY;

describe.each([1, 2, 3])('a spike of five times the load (simulated, seed %i)', (seed) => {
  it('without bounds makes nearly every answer too late, also long after it', async () => {
    const done = await simulated(NONE, seed);
    expect(goodput(done, SPIKE.from + 2000, SPIKE.to)).toBeLessThan(0.05);
    expect(goodput(done, SPIKE.to, END)).toBeLessThan(0.05);
  });

  it('bounded by length and patience keeps the service busy with answers that come too late', async () => {
    const done = await simulated(LENGTH, seed);
    expect(goodput(done, SPIKE.from + 5000, SPIKE.to)).toBeLessThan(0.2);
  });

  it('bounded by age keeps p95 of the waits near the target, and goodput near what can be done', async () => {
    const done = await simulated(AGE, seed);
    const settled = within(done, SPIKE.from + 5000, SPIKE.to);
    expect(p95(settled)).toBeLessThan(2 * AGE.age.targetMs);
    expect(goodput(done, SPIKE.from + 5000, SPIKE.to)).toBeGreaterThan(0.9);
    expect(goodput(done, SPIKE.from, SPIKE.to)).toBeGreaterThan(0.7);
    // At the steady load before and after, next to nobody is refused.
    const served = (from: number, to: number): number => within(done, from, to).length / ((to - from) / 1000);
    expect(served(0, SPIKE.from)).toBeGreaterThan(0.85 * STEADY);
    expect(served(SPIKE.to + 2000, END)).toBeGreaterThan(0.85 * STEADY);
  });
});
