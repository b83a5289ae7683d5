import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { milliseconds, ratePerSecond } from '../../src/kernel/units.ts';
import { type ArrivalSchedule, constantArrivals, poissonArrivals } from '../../src/load/arrivals.ts';
import { runClosedLoop } from '../../src/load/closed-loop.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { runOpenLoop } from '../../src/load/open-loop.ts';
import type { PhaseSetting, PhaseVerdicts } from '../../src/load/phase-setting.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { summarisePhase } from '../../src/load/summary.ts';
import type { Target, TargetResponse } from '../../src/load/target.ts';
import { NO_RESPONSE, OUTCOMES, RIGHT_CODES } from '../../src/records/columns.ts';
import { mean, quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { asking, fakeTarget, RESPONSE } from './fake-target.ts';

const QUESTIONS = ['q0', 'q1', 'q2'];

function recorderFor(capacity = 0): {
  recorder: PhaseRecorder;
  responses: ResponseTable;
  errors: ErrorClasses;
} {
  const responses = new ResponseTable();
  const errors = new ErrorClasses();
  return { recorder: new PhaseRecorder(capacity, { responses, errors, stages: 2 }), responses, errors };
}

/** Turns the clock until the run is over. */
async function finish(run: Promise<void>, clock: ManualClock): Promise<void> {
  let over = false;
  void run.finally(() => {
    over = true;
  });
  for (let step = 0; !over && step < 200_000; step += 1) {
    const next = clock.nextDue;
    await clock.advance(next === undefined ? 1 : Math.max(0, next - clock.now()));
  }
  await run;
}

interface OpenLoopCase {
  readonly clock: ManualClock;
  readonly target: Target;
  readonly schedule: ArrivalSchedule;
  readonly timeout?: number;
  readonly maxInFlight?: number;
  readonly signal?: AbortSignal;
}

async function openLoop({ clock, target, schedule, timeout = 1e6, maxInFlight = 1e6, signal }: OpenLoopCase) {
  const shared = recorderFor(schedule.due.length);
  const run = runOpenLoop({
    target,
    clock,
    schedule,
    maxInFlight,
    questions: QUESTIONS,
    asked: Uint32Array.from(schedule.due, (_, index) => index % QUESTIONS.length),
    recorder: shared.recorder,
    timeout: milliseconds(timeout),
    cache: false,
    ...(signal && { signal }),
  });
  await finish(run, clock);
  return shared;
}

const outcomesOf = (recorder: PhaseRecorder): string[] =>
  [...recorder.outcome.subarray(0, recorder.rows)].map((code) => OUTCOMES[code]!);

const DEADLINE = 50;

const ALL_RIGHT = (rows: number): PhaseVerdicts => ({
  right: new Uint8Array(rows).fill(RIGHT_CODES.indexOf('right')),
  funnel: new Uint8Array(rows),
  classes: ['right'],
});

const settingOf = (duration: number, elapsed: number): PhaseSetting => ({
  name: 'queue',
  loop: 'open',
  arrivalProcess: 'constant',
  shape: null,
  order: null,
  thinkTimeMs: null,
  targetKind: 'in-process',
  threads: 1,
  firstTokenDeadline: null,
  cacheMode: 'uncached',
  concurrency: null,
  offeredRate: null,
  duration,
  elapsed,
  endedBy: null,
  deadline: DEADLINE,
  startedAtEpochMs: 0,
  stageNames: [],
  warmup: false,
  usage: { cpuShare: 0, eventLoopUtilisation: 0, eventLoopDelayP99Ms: null, residentBytes: 0 },
});

/** Four users for a second. */
const closedLoop = {
  questions: QUESTIONS,
  concurrency: 4,
  duration: 1000,
  nextQuestion: () => 0,
  nextTurn: () => Promise.resolve(),
  timeout: milliseconds(1e6),
  cache: false,
};

describe('open loop', () => {
  it('sends at the due times whatever the target does, and counts latency from there', async () => {
    const clock = new ManualClock();
    const schedule = constantArrivals({ rate: ratePerSecond(10), duration: 1000 });
    const { recorder } = await openLoop({
      clock,
      target: fakeTarget(clock, () => ({ takes: 5000 })),
      schedule,
    });
    expect([...recorder.sent.subarray(0, 10)]).toEqual([...schedule.due]);
    expect([...recorder.end.subarray(0, 10)].map((end, row) => end - recorder.due[row]!)).toEqual(
      Array(10).fill(5000),
    );
  });

  it('charges a stall to everyone who was due meanwhile', async () => {
    // One server, one at a time: the first request takes 500 ms, the others 10 ms each, and they wait for it.
    const clock = new ManualClock();
    let free = 0;
    const target = fakeTarget(clock, (nth) => {
      const start = Math.max(clock.now(), free);
      free = start + (nth === 0 ? 500 : 10);
      return { takes: free - clock.now() };
    });
    const { recorder } = await openLoop({
      clock,
      target,
      schedule: constantArrivals({ rate: ratePerSecond(20), duration: 300 }),
    });
    const latencies = [...recorder.end.subarray(0, 6)].map((end, row) =>
      Math.round(end - recorder.due[row]!),
    );
    expect(latencies).toEqual([500, 460, 420, 380, 340, 300]);
  });

  it('drops what finds no room in flight, and never delays it', async () => {
    const clock = new ManualClock();
    const { recorder } = await openLoop({
      clock,
      target: fakeTarget(clock, () => ({ takes: 250 })),
      schedule: constantArrivals({ rate: ratePerSecond(10), duration: 600 }),
      maxInFlight: 2,
    });
    expect(outcomesOf(recorder)).toEqual([
      'completed',
      'completed',
      'dropped',
      'completed',
      'completed',
      'dropped',
    ]);
    expect(recorder.sent[2]).toBeNaN();
    expect(recorder.maxInFlight).toBe(2);
  });

  it('ends a request at its timeout, aborts it, and ignores what comes later', async () => {
    const clock = new ManualClock();
    const target = fakeTarget(clock, (nth) => ({ takes: nth === 1 ? 10_000 : 20 }));
    const { recorder } = await openLoop({
      clock,
      target,
      schedule: constantArrivals({ rate: ratePerSecond(10), duration: 300 }),
      timeout: 150,
    });
    expect(outcomesOf(recorder)).toEqual(['completed', 'timeout', 'completed']);
    expect(recorder.end[1]! - recorder.sent[1]!).toBeCloseTo(150, 9);
    expect(target.asked[1]!.signal.aborted).toBe(true);
    expect(clock.now()).toBeLessThan(1000);
  });

  it('keeps failures by class, with an example', async () => {
    const clock = new ManualClock();
    const { recorder, errors } = await openLoop({
      clock,
      target: fakeTarget(clock, (nth) => ({ takes: 1, fails: nth % 2 === 0 })),
      schedule: constantArrivals({ rate: ratePerSecond(10), duration: 400 }),
    });
    expect(outcomesOf(recorder)).toEqual(['error', 'completed', 'error', 'completed']);
    expect(errors.list()).toEqual([
      { name: 'generation.failed', count: 2, example: 'the model is on strike' },
    ]);
  });

  it('ends a request of a target that throws at once, or gives nothing, as its error', async () => {
    const clock = new ManualClock();
    const throwing = asking(({ question }) => {
      if (question === 0) throw Object.assign(new Error('no route'), { code: 'ENETUNREACH' });
      if (question === 1) return Promise.resolve(undefined as unknown as TargetResponse);
      return Promise.resolve(RESPONSE);
    });
    const schedule = constantArrivals({ rate: ratePerSecond(10), duration: 600 });
    const { recorder, errors } = await openLoop({ clock, target: throwing, schedule });
    expect(outcomesOf(recorder)).toEqual(['error', 'error', 'completed', 'error', 'error', 'completed']);
    expect(recorder.inFlight).toBe(0);
    expect(errors.list().map(({ name, count }) => [name, count])).toEqual([
      ['ENETUNREACH', 2],
      ['unknown', 2],
    ]);
  });

  it('takes the first end of a request, whatever a target does after it', async () => {
    const clock = new ManualClock();
    let late: (() => void) | undefined;
    const target = asking(
      (_, onFirstToken) =>
        new Promise((resolve) => {
          late = () => {
            onFirstToken();
            resolve(RESPONSE);
          };
        }),
    );
    const schedule = constantArrivals({ rate: ratePerSecond(10), duration: 100 });
    const { recorder } = await openLoop({ clock, target, schedule, timeout: 50 });
    late!();
    await clock.advance(10);
    expect(outcomesOf(recorder)).toEqual(['timeout']);
    expect(recorder.first.at(0)).toBeNaN();
    expect(recorder.response[0]).toBe(NO_RESPONSE);
  });

  it('stops sending when interrupted, and lets what is in flight finish', async () => {
    const clock = new ManualClock();
    const interruption = new AbortController();
    const target = fakeTarget(clock, (nth) => {
      if (nth === 3) interruption.abort();
      return { takes: nth === 0 ? 60_000 : 500 };
    });
    const { recorder, errors } = await openLoop({
      clock,
      target,
      schedule: constantArrivals({ rate: ratePerSecond(10), duration: 5000 }),
      signal: interruption.signal,
    });
    expect(outcomesOf(recorder)).toEqual(['error', 'completed', 'completed', 'completed']);
    expect(errors.list()[0]!.name).toBe('run.interrupted');
    expect(clock.now()).toBeLessThan(3000);
  });

  it('never loses or doubles a request: arrivals = completed + errors + timeouts + dropped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer(),
          rate: fc.integer({ min: 5, max: 200 }),
          timeout: fc.integer({ min: 5, max: 300 }),
          maxInFlight: fc.integer({ min: 1, max: 12 }),
        }),
        async ({ seed, rate, timeout, maxInFlight }) => {
          const clock = new ManualClock();
          const chance = seededRandom(seed);
          const target = fakeTarget(clock, () => ({
            takes: Math.floor(chance.next() * 400),
            fails: chance.next() < 0.2,
          }));
          const schedule = poissonArrivals({ rate: ratePerSecond(rate), duration: 600 }, chance);
          const { recorder, responses } = await openLoop({ clock, target, schedule, timeout, maxInFlight });
          expect(recorder.rows).toBe(schedule.due.length);
          expect(recorder.inFlight).toBe(0);
          const outcomes = outcomesOf(recorder);
          outcomes.forEach((outcome, row) => {
            const took = recorder.end[row]! - recorder.sent[row]!;
            if (outcome === 'dropped') expect(took).toBeNaN();
            else if (outcome === 'timeout') expect(took).toBeCloseTo(timeout, 6);
            else expect(took).toBeLessThanOrEqual(timeout + 1e-6);
            if (outcome === 'completed') {
              expect(responses.response(recorder.response[row]!).answer).toBe(
                `answer ${recorder.question[row]}`,
              );
            }
          });
          expect(target.asked.length).toBe(outcomes.filter((outcome) => outcome !== 'dropped').length);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('an open loop over one server', () => {
  // Whole milliseconds, which doubles add without rounding: what comes out must be Lindley's recursion, exactly.
  const arrivals = fc.array(
    fc.record({ gap: fc.integer({ min: 0, max: 40 }), service: fc.integer({ min: 1, max: 40 }) }),
    {
      minLength: 40,
      maxLength: 120,
    },
  );

  it('measures the latencies of Lindley’s recursion, from the driver to the summary', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async (customers) => {
        const due = new Float64Array(customers.length);
        const expected = new Float64Array(customers.length);
        let waiting = 0;
        customers.forEach(({ gap, service }, nth) => {
          const before = customers[nth - 1];
          if (before !== undefined) waiting = Math.max(0, waiting + before.service - gap);
          due[nth] = (due[nth - 1] ?? 0) + gap;
          expected[nth] = waiting + service;
        });
        const clock = new ManualClock();
        let free = 0;
        const target = fakeTarget(clock, (nth) => {
          free = Math.max(clock.now(), free) + customers[nth]!.service;
          return { takes: free - clock.now() };
        });
        const duration = due.at(-1)! + 1;
        const { recorder } = await openLoop({ clock, target, schedule: { due, duration } });
        const latencies = recorder.end.subarray(0, recorder.rows).map((end, row) => end - recorder.due[row]!);
        expect(latencies).toEqual(expected);

        const summary = summarisePhase(recorder, ALL_RIGHT(recorder.rows), settingOf(duration, clock.now()));
        const sorted = sortSamples(expected);
        expect(summary.latencyMs.p50).toBe(quantile(sorted, 0.5));
        expect(summary.latencyMs.max).toBe(sorted.at(-1));
        expect(summary.latencyMs.mean).toBeCloseTo(mean(expected), 9);
        expect(summary.lagMs.max).toBe(0);
        const inTime = expected.filter((latency) => latency <= DEADLINE).length;
        expect(summary.attainment).toBeCloseTo(inTime / customers.length, 12);
        expect(summary.goodputPerSecond).toBeCloseTo(inTime / (duration / 1000), 9);
        expect(summary.achievedRate).toBeCloseTo(customers.length / (duration / 1000), 9);
        expect(summary.throughputPerSecond).toBeCloseTo(customers.length / (clock.now() / 1000), 9);
      }),
      { numRuns: 40 },
    );
  });
});

describe('closed loop', () => {
  it('ends though its target never answers: each user waits until patience is over', async () => {
    const clock = new ManualClock();
    const target = fakeTarget(clock, () => ({ takes: 1e6 }));
    const { recorder } = recorderFor();
    const run = runClosedLoop({ ...closedLoop, target, clock, recorder, timeout: milliseconds(300) });
    await finish(run, clock);
    expect(outcomesOf(recorder)).toEqual(Array(16).fill('timeout'));
    expect(clock.now()).toBeCloseTo(1200, 0);
  });

  it('gives requests in flight a last moment when it is interrupted, and no more', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const target = fakeTarget(clock, (nth) => {
      if (nth === 5) controller.abort(new Error('enough'));
      return { takes: nth === 5 ? 1e6 : 100 };
    });
    const { recorder, errors } = recorderFor();
    const run = runClosedLoop({ ...closedLoop, target, clock, recorder, signal: controller.signal });
    await finish(run, clock);
    const outcomes = outcomesOf(recorder);
    expect(outcomes.filter((outcome) => outcome !== 'completed')).toEqual(['error']);
    expect(errors.list()).toMatchObject([{ name: 'run.interrupted', count: 1 }]);
    expect(target.asked[5]!.signal.aborted).toBe(true);
    expect(clock.now()).toBeLessThan(3000);
  });

  it('keeps each user to one request at a time, and goes on until the time is over', async () => {
    const clock = new ManualClock();
    const target = fakeTarget(clock, () => ({ takes: 100 }));
    const { recorder } = recorderFor();
    let asked = 0;
    const nextQuestion = (): number => asked++ % QUESTIONS.length;
    const run = runClosedLoop({ ...closedLoop, target, clock, recorder, nextQuestion });
    await finish(run, clock);
    expect(recorder.rows).toBe(40);
    expect(recorder.maxInFlight).toBe(4);
    expect(outcomesOf(recorder).every((outcome) => outcome === 'completed')).toBe(true);
  });
});
