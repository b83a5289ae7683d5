import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { ratePerSecond } from '../../src/kernel/units.ts';
import { poissonArrivals } from '../../src/load/arrivals.ts';
import { type DriveTask, drive, type OpenTask, splitTask } from '../../src/load/drive.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { mergeRows, type ThreadRows } from '../../src/load/merge.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { NO_RESPONSE } from '../../src/records/columns.ts';
import { fakeTarget } from './fake-target.ts';

const QUESTIONS = ['q0', 'q1', 'q2', 'q3'];

/** What a request does depends on its due time alone, so that it does the same in whichever thread it is sent. */
async function run(task: DriveTask): Promise<{ recorder: PhaseRecorder; rows: ThreadRows }> {
  const clock = new ManualClock();
  const responses = new ResponseTable();
  const errors = new ErrorClasses();
  const recorder = new PhaseRecorder(16, { responses, errors, stages: 2 });
  const target = fakeTarget(clock, (_, { question }) => ({
    takes: 5 + 40 * question,
    fails: question === 2,
  }));
  const driven = drive(task, {
    target,
    questions: QUESTIONS,
    recorder,
    clock,
    origin: 0,
    random: seededRandom(1),
    nextTurn: () => Promise.resolve(),
  });
  let over = false;
  void driven.finally(() => {
    over = true;
  });
  for (let step = 0; !over && step < 100_000; step += 1) {
    await clock.advance(Math.max(0, (clock.nextDue ?? clock.now() + 1) - clock.now()));
  }
  const list = Array.from({ length: responses.size }, (_, id) => ({
    question: responses.question(id),
    response: responses.response(id),
  }));
  return { recorder, rows: { columns: recorder.columns(), responses: list, errors: errors.list() } };
}

function merged(parts: readonly ThreadRows[]) {
  const responses = new ResponseTable();
  const errors = new ErrorClasses();
  const recorder = new PhaseRecorder(0, { responses, errors, stages: 2 });
  mergeRows(parts, recorder, { responses, errors });
  const answerOf = (row: number): string | null => {
    const id = recorder.response[row]!;
    return id === NO_RESPONSE ? null : (responses.response(id).answer ?? null);
  };
  return { recorder, errors, answers: Array.from({ length: recorder.rows }, (_, row) => answerOf(row)) };
}

/** To a microsecond: the turns of a clock add up differently over fewer sleeps. */
const rounded = (times: ArrayLike<number>): number[] =>
  Array.from(times, (time) => Math.round(time * 1000) / 1000);

function openTask(seed: string, rate: number): OpenTask {
  const { due, duration } = poissonArrivals(
    { rate: ratePerSecond(rate), duration: 2000 },
    seededRandom(seed),
  );
  const random = seededRandom(seed).fork('questions');
  return {
    loop: 'open',
    due,
    asked: Uint32Array.from(due, () => random.integer(QUESTIONS.length)),
    duration,
    maxInFlight: 1e6,
    timeoutMs: 100,
    cache: true,
  };
}

describe('a task that is split over threads', () => {
  it('sends, together, the very requests of the whole, and merges to the same rows', async () => {
    for (const parts of [1, 2, 3, 5]) {
      const task = openTask(`split/${parts}`, 200);
      const whole = await run(task);
      const split = await Promise.all(splitTask(task, parts).map(run));
      const { recorder, errors, answers } = merged(split.map(({ rows }) => rows));
      const expected = whole.recorder.columns();
      const actual = recorder.columns();
      expect(actual.first && rounded(actual.first)).toEqual(expected.first && rounded(expected.first));
      for (const name of ['due', 'sent', 'end', 'question', 'outcome', 'cache'] as const) {
        expect(rounded(actual[name]), `${name} over ${parts}`).toEqual(rounded(expected[name]));
      }
      expect(actual.stages).toEqual(expected.stages);
      expect(recorder.maxInFlight).toBe(whole.recorder.maxInFlight);
      expect(errors.list()).toEqual(whole.rows.errors);
      expect(answers).toEqual(merged([whole.rows]).answers);
    }
  });

  it('shares out users, ceilings and requests without losing or adding any', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 9 }),
        (concurrency, maxRequests, parts) => {
          const tasks = splitTask(
            {
              loop: 'closed',
              concurrency,
              asked: Uint32Array.from({ length: 64 }, (_, index) => index),
              duration: 1000,
              timeoutMs: 1,
              cache: true,
              thinkTimeMs: 0,
              maxRate: 50,
              maxRequests,
            },
            parts,
          );
          const sum = (pick: (task: Extract<DriveTask, { loop: 'closed' }>) => number): number =>
            tasks.reduce((total, task) => total + pick(task as Extract<DriveTask, { loop: 'closed' }>), 0);
          expect(sum((task) => task.concurrency)).toBe(concurrency);
          expect(sum((task) => task.maxRequests!)).toBe(maxRequests);
          expect(sum((task) => task.maxRate!)).toBeCloseTo(50, 9);
          expect(sum((task) => task.asked.length)).toBe(64);
        },
      ),
    );
  });
});
