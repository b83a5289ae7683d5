import { describe, expect, it } from 'vitest';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { LATENCY_BOUNDS } from '../../src/load/events.ts';
import { LiveCounter, LiveView } from '../../src/load/live.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ReplyStore } from '../../src/load/reply-store.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { RESPONSE } from './fake-target.ts';

const read = (): never => {
  throw new Error('nothing raw here');
};

function recorderOf(replies?: ReplyStore): PhaseRecorder {
  return new PhaseRecorder(16, {
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    stages: 0,
    replies,
  });
}

/** A request that was due at `due`, sent a millisecond late, and took `service` from there. */
function request(recorder: PhaseRecorder, due: number, service: number): number {
  const row = recorder.arrive(row0(recorder), due);
  recorder.send(row, due + 1);
  recorder.complete(row, due + 1 + service, { ...RESPONSE, costUsd: 0.5 });
  return row;
}

const row0 = (recorder: PhaseRecorder): number => recorder.rows % 3;

const view = (overrides: Partial<ConstructorParameters<typeof LiveView>[0]> = {}): LiveView =>
  new LiveView({
    name: 'open 100/s',
    loop: 'open',
    warmup: false,
    duration: 10_000,
    due: Float64Array.from({ length: 1000 }, (_, index) => index * 10),
    isRight: (question) => (question === 2 ? undefined : question === 0),
    ...overrides,
  });

describe('what is seen of a load while it runs', () => {
  it('shows rates, quantiles and lag of the last seconds, and counts since the beginning', () => {
    const recorder = recorderOf();
    const counter = new LiveCounter(recorder, {
      target: { read },
      deadlineMs: 50,
      samples: true,
      watchesCost: false,
    });
    const live = view();
    let tick = live.tick(0.001, []);
    for (let step = 1; step <= 20; step += 1) {
      // Fast at first, slow after two seconds.
      for (let nth = 0; nth < 25; nth += 1)
        request(recorder, (step - 1) * 250 + nth * 10, step <= 8 ? 20 : 200);
      tick = live.tick(step * 250, [counter.delta()]);
    }
    expect(tick).toMatchObject({
      arrivals: 500,
      completed: 500,
      errors: 0,
      dropped: 0,
      inFlight: 0,
      errorShare: 0,
    });
    expect(tick.achievedRate).toBeCloseTo(100, 6);
    expect(tick.offeredRate).toBeCloseTo(100, 6);
    // A window of three seconds holds slow ones alone.
    expect(tick.latencyMs!.p50).toBeCloseTo(201, 0);
    // What the generator was late by is a part of the latency, and none of the service.
    expect(tick.serviceMs!.p50).toBeCloseTo(200, 0);
    expect(tick.lagP99Ms).toBeCloseTo(1, 2);
    expect(tick.goodput).toBe(0);
  });

  it('estimates goodput from the answers that it looked at, of which the unscored say nothing', () => {
    const recorder = recorderOf();
    const counter = new LiveCounter(recorder, {
      target: { read },
      deadlineMs: 50,
      samples: true,
      watchesCost: false,
    });
    for (let nth = 0; nth < 99; nth += 1) request(recorder, nth * 10, 20);
    const tick = view().tick(1000, [counter.delta()]);
    expect(tick.goodput! / 99).toBeGreaterThan(0.2);
    expect(tick.goodput! / 99).toBeLessThan(0.8);
    expect(view({ isRight: undefined }).tick(1000, [counter.delta()]).goodput).toBeNull();
  });

  it('counts each end once, whatever it was, over any number of looks', () => {
    const recorder = recorderOf();
    const counter = new LiveCounter(recorder, {
      target: { read },
      deadlineMs: 50,
      samples: true,
      watchesCost: true,
    });
    request(recorder, 0, 5);
    const failed = recorder.arrive(0, 1);
    recorder.send(failed, 1);
    const first = counter.delta();
    recorder.fail(failed, 3, new Error('no'));
    recorder.drop(recorder.arrive(1, 4));
    const late = recorder.arrive(1, 5);
    recorder.send(late, 5);
    recorder.timeOut(late, 105);
    const second = counter.delta();
    expect(first).toMatchObject({ arrivals: 2, sent: 2, completed: 1, inFlight: 1, costUsd: 0.5 });
    expect(second).toMatchObject({ arrivals: 2, sent: 1, errors: 1, timeouts: 1, dropped: 1, costUsd: 0 });
    expect(counter.delta()).toMatchObject({ arrivals: 0, sent: 0, completed: 0, errors: 0 });
    const live = view();
    live.tick(250, [first]);
    const { latencies } = live.tick(500, [second]);
    // That of 6 ms, and the timeout at its value; neither the failure nor the drop.
    const at = (bound: (typeof LATENCY_BOUNDS)[number]): number =>
      latencies!.counts[LATENCY_BOUNDS.indexOf(bound)]!;
    expect([at(10), at(100), latencies!.counts.reduce((sum, count) => sum + count, 0)]).toEqual([1, 1, 2]);
    expect(latencies!.sumMs).toBe(106);
  });

  it('reads raw replies only for what it samples, unless costs are watched', () => {
    for (const watchesCost of [false, true]) {
      const replies = new ReplyStore();
      const recorder = recorderOf(replies);
      let reads = 0;
      const target = {
        read: () => {
          reads += 1;
          return { ...RESPONSE, costUsd: 0.01 };
        },
      };
      const counter = new LiveCounter(recorder, { target, deadlineMs: 50, samples: true, watchesCost });
      for (let nth = 0; nth < 200; nth += 1) {
        const row = recorder.arrive(0, nth);
        recorder.send(row, nth);
        recorder.complete(row, nth + 1, new TextEncoder().encode(`reply ${nth}`));
      }
      const { costUsd } = counter.delta();
      replies.close();
      if (watchesCost) expect(costUsd).toBeCloseTo(2, 9);
      else expect(reads).toBeLessThan(20);
    }
  });

  it('says nothing of a window without requests', () => {
    expect(view().tick(250, [])).toMatchObject({
      latencyMs: null,
      lagP99Ms: null,
      errorShare: null,
      goodput: null,
    });
    expect(view({ loop: 'closed', due: undefined }).tick(250, []).offeredRate).toBeNull();
  });
});
