import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { Admission, type AdmissionLimits, type Place } from '../../src/server/admission.ts';
import { Refusal } from '../../src/server/problem.ts';

const LIMITS: AdmissionLimits = { concurrent: 2, queued: 2, maxWaitMs: 1000 };
const stays = new AbortController().signal;

function made(limits: Partial<AdmissionLimits> = {}) {
  const clock = new ManualClock();
  const told: string[] = [];
  const admission = new Admission({
    limits: { ...LIMITS, ...limits },
    clock,
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

describe('admission', () => {
  it('gives so many places, lets so many wait in their order, and refuses the rest at once', async () => {
    const { admission, clock, told } = made();
    const [first, second] = [await admission.enter(stays), await admission.enter(stays)];
    const [third, fourth] = [watch(admission.enter(stays)), watch(admission.enter(stays))];
    await expect(admission.enter(stays)).rejects.toMatchObject({
      code: 'engine.overloaded',
      retryAfterSeconds: 1,
    });
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
    await expect(admission.enter(stays)).rejects.toMatchObject({ retryAfterSeconds: 8 });
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
