import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { Admission, type AdmissionLimits, type Place } from '../../src/server/admission.ts';
import { Refusal } from '../../src/server/problem.ts';

const LIMITS: AdmissionLimits = { concurrent: 2, queued: 2, maxWaitMs: 1000 };
const stays = new AbortController().signal;
setMaxListeners(0, stays);

function made(limits: Partial<AdmissionLimits> = {}) {
  const clock = new ManualClock();
  const told: string[] = [];
  const admission = new Admission({
    limits: { ...LIMITS, ...limits },
    clock,
    random: seededRandom(1),
    onAdmitted: (waitedMs) => told.push(`admitted after ${waitedMs}`),
    onRefused: (reason) => told.push(reason),
    onWithdrawn: () => told.push('withdrawn'),
  });
  return { clock, told, admission };
}

/** What became of a call, without waiting for it. */
function watch(entering: Promise<Place>) {
  const seen: { place?: Place; error?: unknown } = {};
  entering.then(
    (place) => {
      seen.place = place;
    },
    (error: unknown) => {
      seen.error = error;
    },
  );
  return seen;
}

/** What so many that are refused are told, in seconds. */
async function refusals(admission: Admission, times: number): Promise<number[]> {
  const told: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const error = await admission.enter(stays).catch((thrown: unknown) => thrown as Refusal);
    told.push((error as Refusal).retryAfterSeconds);
  }
  return told;
}

/** Work of so many milliseconds, one after another. */
async function worked(admission: Admission, clock: ManualClock, ms: number, times = 64): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const place = await admission.enter(stays);
    await clock.advance(ms);
    place.leave();
  }
}

const AGE = { targetMs: 100, intervalMs: 200 };

describe('a queue that gets too old', () => {
  const one = { concurrent: 1, queued: 50, maxWaitMs: undefined, age: AGE };

  it('takes up a burst, and refuses at once who comes when its head has been too old for an interval', async () => {
    const { admission, clock, told } = made(one);
    const place = await admission.enter(stays);
    const burst = Array.from({ length: 10 }, () => watch(admission.enter(stays)));
    await clock.advance(299);
    const late = watch(admission.enter(stays));
    expect([admission.overloaded, admission.headAgeMs]).toEqual([false, 299]);
    await clock.advance(1);
    expect(admission.overloaded).toBe(true);
    await expect(admission.enter(stays)).rejects.toMatchObject({
      code: 'engine.overloaded',
      message: expect.stringContaining('waited for too long'),
    });
    expect(told.at(-1)).toBe('queue_age');
    expect(admission.refused).toMatchObject({ queue_age: 1, queue_full: 0 });
    place.leave();
    for (const waiter of [...burst, late]) {
      await clock.advance(0);
      waiter.place?.leave();
    }
    expect(burst.every(({ place: given }) => given !== undefined)).toBe(true);
  });

  it('begins to count anew when the head is young again, and is over when nobody was refused for an interval', async () => {
    const { admission, clock } = made(one);
    const first = await admission.enter(stays);
    const second = watch(admission.enter(stays));
    await clock.advance(250);
    const third = watch(admission.enter(stays));
    first.leave();
    await clock.advance(100);
    // The second was too old for 150 ms, the third is none yet.
    expect(admission.overloaded).toBe(false);
    await clock.advance(199);
    expect(admission.overloaded).toBe(false);
    await clock.advance(1);
    expect(admission.overloaded).toBe(true);
    second.place?.leave();
    await clock.advance(0);
    third.place?.leave();
    await clock.advance(199);
    expect(admission.overloaded).toBe(true);
    await clock.advance(1);
    expect(admission.overloaded).toBe(false);
  });

  it('while overloaded takes in only as many as can be served within the target', async () => {
    const { admission, clock, told } = made(one);
    await worked(admission, clock, 40);
    const place = await admission.enter(stays);
    const old = watch(admission.enter(stays));
    await clock.advance(300);
    expect(admission.overloaded).toBe(true);
    place.leave();
    await clock.advance(0);
    expect(old.place).toBeDefined();
    // The mean of the latest 64 is now (63 × 40 + 300) / 64, about 44 ms: two can be served within 100.
    const young = Array.from({ length: 3 }, () => watch(admission.enter(stays)));
    await clock.advance(0);
    expect(young.map(({ error }) => error !== undefined)).toEqual([false, false, true]);
    expect([admission.waiting, told.at(-1)]).toEqual([2, 'queue_age']);
  });
});

describe('work that has to be done in time', () => {
  const one = { concurrent: 1, queued: 50, maxWaitMs: undefined };

  it('is refused at once where its turn would come too late', async () => {
    const { admission, clock, told } = made(one);
    await worked(admission, clock, 50);
    const place = await admission.enter(stays);
    // It would wait for 50 ms, and be done after as long again.
    await expect(admission.enter(stays, 99)).rejects.toMatchObject({
      code: 'engine.overloaded',
      message: expect.stringContaining('after the time that the request allows'),
    });
    expect(told.at(-1)).toBe('deadline');
    const inTime = watch(admission.enter(stays, 100));
    await clock.advance(49);
    place.leave();
    await clock.advance(0);
    expect(inTime.place?.waitedMs).toBe(49);
  });

  it('is refused in the queue as soon as too little is left for the quickest, and never started', async () => {
    const { admission, clock, told } = made(one);
    await worked(admission, clock, 50);
    const place = await admission.enter(stays);
    const waiter = watch(admission.enter(stays, 150));
    await clock.advance(99);
    expect(waiter).toEqual({});
    await clock.advance(1);
    expect(waiter.error).toBeInstanceOf(Refusal);
    expect(told.at(-1)).toBe('deadline');
    place.leave();
    expect([admission.running, clock.sleeping]).toEqual([0, 0]);
  });

  it('is started, however little time there is, where a place is free', async () => {
    const { admission, clock } = made(one);
    await worked(admission, clock, 50);
    expect((await admission.enter(stays, 0.001)).waitedMs).toBe(0);
  });
});

describe('admission', () => {
  it('gives so many places, lets so many wait in their order, and refuses the rest at once', async () => {
    const { admission, clock, told } = made();
    const [first, second] = [await admission.enter(stays), await admission.enter(stays)];
    const [third, fourth] = [watch(admission.enter(stays)), watch(admission.enter(stays))];
    await expect(admission.enter(stays)).rejects.toMatchObject({ code: 'engine.overloaded' });
    expect([admission.running, admission.waiting]).toEqual([2, 2]);
    await clock.advance(10);
    second.leave();
    await clock.advance(0);
    expect([third.place?.waitedMs, fourth.place]).toEqual([10, undefined]);
    await clock.advance(5);
    first.leave();
    first.leave();
    await clock.advance(0);
    expect(fourth.place?.waitedMs).toBe(15);
    expect([admission.running, admission.waiting]).toEqual([2, 0]);
    expect(told).toEqual([
      'admitted after 0',
      'admitted after 0',
      'queue_full',
      'admitted after 10',
      'admitted after 15',
    ]);
  });

  it('refuses who has waited for too long, and no sooner', async () => {
    const { admission, clock, told } = made({ concurrent: 1 });
    const place = await admission.enter(stays);
    const waiter = watch(admission.enter(stays));
    await clock.advance(999);
    expect(waiter).toEqual({});
    await clock.advance(1);
    expect(waiter.error).toBeInstanceOf(Refusal);
    expect(String(waiter.error)).toContain('no turn came within 1000 ms');
    expect(told).toEqual(['admitted after 0', 'queue_wait']);
    place.leave();
    expect([admission.running, admission.waiting, clock.sleeping]).toEqual([0, 0, 0]);
  });

  it('lets go of who withdraws, whose place in the queue goes to others', async () => {
    const { admission, clock, told } = made({ concurrent: 1, queued: 1 });
    const place = await admission.enter(stays);
    const leaving = new AbortController();
    const gone = watch(admission.enter(leaving.signal));
    leaving.abort(new Error('gone'));
    const next = watch(admission.enter(stays));
    await clock.advance(0);
    expect(gone.error).toMatchObject({ code: 'query.aborted' });
    place.leave();
    await clock.advance(0);
    expect(next.place).toBeDefined();
    await expect(admission.enter(leaving.signal)).rejects.toMatchObject({ code: 'query.aborted' });
    expect(told).toEqual(['admitted after 0', 'withdrawn', 'admitted after 0', 'withdrawn']);
  });

  it('tells how long to stay away by how long places are held', async () => {
    const { admission, clock } = made({ concurrent: 1, queued: 3, maxWaitMs: undefined });
    for (let round = 0; round < 40; round += 1) {
      const place = await admission.enter(stays);
      await clock.advance(2000);
      place.leave();
    }
    await admission.enter(stays);
    for (let waiting = 0; waiting < 3; waiting += 1) watch(admission.enter(stays));
    const told = await refusals(admission, 200);
    expect(Math.min(...told)).toBe(8);
    expect(Math.max(...told)).toBe(17);
  });

  it('spreads the moments at which refused callers come again', async () => {
    const { admission } = made({ concurrent: 1, queued: 0 });
    await admission.enter(stays);
    const told = await refusals(admission, 300);
    const share = (seconds: number): number => told.filter((one) => one === seconds).length / told.length;
    expect(new Set(told)).toEqual(new Set([1, 2, 3]));
    for (const seconds of [1, 2, 3]) expect(share(seconds)).toBeLessThan(0.5);
  });

  it('once closed turns away those who wait and those who come; who has a place keeps it', async () => {
    const { admission, clock, told } = made({ concurrent: 1 });
    await admission.enter(stays);
    const waiter = watch(admission.enter(stays));
    admission.close();
    await clock.advance(0);
    expect(waiter.error).toMatchObject({ code: 'engine.closed' });
    await expect(admission.enter(stays)).rejects.toMatchObject({ code: 'engine.closed' });
    expect(admission.running).toBe(1);
    expect(told).toEqual(['admitted after 0', 'draining', 'draining']);
  });

  it('never gives more places than there are, loses none, and accounts for everybody (property)', async () => {
    const actions = fc.array(
      fc.oneof(
        fc.constant('enter' as const),
        fc.constant('leave' as const),
        fc.constant('withdraw' as const),
        fc.integer({ min: 1, max: 700 }),
      ),
      { maxLength: 120 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        actions,
        async (concurrent, queued, steps) => {
          const { admission, clock, told } = made({ concurrent, queued });
          const entered: { seen: ReturnType<typeof watch>; leaving: AbortController; left: boolean }[] = [];
          const leave = (one: (typeof entered)[number] | undefined): void => {
            if (one === undefined) return;
            one.left = true;
            one.seen.place?.leave();
          };
          for (const step of steps) {
            if (typeof step === 'number') await clock.advance(step);
            else if (step === 'enter') {
              const leaving = new AbortController();
              entered.push({ seen: watch(admission.enter(leaving.signal)), leaving, left: false });
            } else if (step === 'leave') leave(entered.find(({ seen, left }) => seen.place && !left));
            else entered.at(-1)?.leaving.abort();
            await clock.advance(0);
            expect(admission.running).toBeLessThanOrEqual(concurrent);
            expect(admission.waiting).toBeLessThanOrEqual(queued);
            if (admission.waiting > 0) expect(admission.running).toBe(concurrent);
          }
          for (let round = 0; round <= entered.length; round += 1) {
            for (const one of entered) if (one.seen.place) leave(one);
            await clock.advance(0);
          }
          expect([admission.running, admission.waiting, clock.sleeping]).toEqual([0, 0, 0]);
          expect(told).toHaveLength(entered.length);
          expect(entered.every(({ seen }) => seen.place !== undefined || seen.error !== undefined)).toBe(
            true,
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});
