import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { milliseconds, ratePerSecond } from '../../src/kernel/units.ts';
import { poissonArrivals } from '../../src/load/arrivals.ts';
import { type DriveTask, drive } from '../../src/load/drive.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { LiveCounter } from '../../src/load/live.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ReplyStore } from '../../src/load/reply-store.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import {
  type Exchange,
  RETURNS_EVERYTHING,
  type Target,
  type TargetResponse,
} from '../../src/load/target.ts';
import { NO_RESPONSE, OUTCOMES } from '../../src/records/columns.ts';
import { RESPONSE } from './fake-target.ts';

const QUESTIONS = ['q0', 'q1', 'q2'];
const COMPLETED = OUTCOMES.indexOf('completed');

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * A target that keeps to nothing: it answers at once or late or never, twice, after a failure, after the asker has left,
 * with bytes that cannot be read, and tells of first tokens whenever it likes.
 */
function unrulyTarget(clock: ManualClock, chance: Random): Target {
  const later = (exchange: Exchange, act: (exchange: Exchange) => void, within: number): void => {
    const wait = chance.integer(within);
    if (wait === 0) act(exchange);
    else void clock.sleep(milliseconds(wait)).then(() => act(exchange));
  };
  const acts: readonly ((exchange: Exchange) => void)[] = [
    (exchange) => exchange.complete(encode(JSON.stringify({ answer: `a${chance.integer(3)}` }))),
    (exchange) => exchange.complete(encode('<html>')),
    (exchange) => exchange.complete({ ...RESPONSE }),
    (exchange) => exchange.complete(undefined as unknown as TargetResponse),
    (exchange) => exchange.fail(new GroundspeedError('target.reset', 'reset')),
    (exchange) => exchange.fail('a string'),
    (exchange) => exchange.firstToken(),
    () => undefined,
  ];
  return {
    name: 'unruly',
    kind: 'http',
    stages: [],
    returns: RETURNS_EVERYTHING,
    start(_, exchange) {
      const count = chance.integer(4);
      for (let act = 0; act < count; act += 1) later(exchange, acts[chance.integer(acts.length)]!, 300);
      return { withdraw: () => later(exchange, acts[chance.integer(acts.length)]!, 50) };
    },
    read(reply) {
      const { answer } = JSON.parse(new TextDecoder().decode(reply)) as { answer: string };
      return { ...RESPONSE, answer };
    },
    close: async () => undefined,
  };
}

const task = fc.oneof(
  fc.record({
    loop: fc.constant('open' as const),
    rate: fc.integer({ min: 5, max: 300 }),
    maxInFlight: fc.integer({ min: 1, max: 20 }),
    timeoutMs: fc.integer({ min: 5, max: 200 }),
  }),
  fc.record({
    loop: fc.constant('closed' as const),
    concurrency: fc.integer({ min: 1, max: 8 }),
    thinkTimeMs: fc.constantFrom(0, 20),
    maxRate: fc.constantFrom(undefined, 40),
    maxRequests: fc.constantFrom(undefined, 7),
    timeoutMs: fc.integer({ min: 5, max: 200 }),
  }),
);

const asked = Uint32Array.from({ length: 1000 }, (_, index) => index % QUESTIONS.length);

describe('whatever a target does', () => {
  it('no request is counted twice or lost: arrivals = completed + errors + timeouts + dropped', async () => {
    await fc.assert(
      fc.asyncProperty(
        task,
        fc.integer(),
        fc.constantFrom('end', 'interrupt', 'enough'),
        async (shape, seed, ends) => {
          const clock = new ManualClock();
          const chance = seededRandom(seed);
          const responses = new ResponseTable();
          const errors = new ErrorClasses();
          const replies = new ReplyStore();
          const recorder = new PhaseRecorder(4, { responses, errors, stages: 0, replies });
          const target = unrulyTarget(clock, chance);
          const counter = new LiveCounter(recorder, {
            target,
            deadlineMs: 50,
            samples: true,
            watchesCost: true,
          });
          const seen = { arrivals: 0, completed: 0, errors: 0, timeouts: 0, dropped: 0 };
          const look = (): void => {
            const delta = counter.delta();
            for (const name of Object.keys(seen) as (keyof typeof seen)[]) seen[name] += delta[name];
          };
          const common = { cache: true, duration: 400, asked };
          const rate = ratePerSecond(shape.loop === 'open' ? shape.rate : 1);
          const { due } = poissonArrivals({ rate, duration: 400 }, chance);
          const plan: DriveTask =
            shape.loop === 'open' ? { ...shape, ...common, due } : { ...shape, ...common };
          const [signal, enough] = [new AbortController(), new AbortController()];
          setMaxListeners(0, signal.signal, enough.signal);
          const driven = drive(plan, {
            target,
            questions: QUESTIONS,
            recorder,
            clock,
            origin: 0,
            random: chance,
            nextTurn: () => Promise.resolve(),
            signal: signal.signal,
            enough: enough.signal,
          });
          let over = false;
          void driven.finally(() => {
            over = true;
          });
          for (let step = 0; !over && step < 50_000; step += 1) {
            await clock.advance(Math.max(0, (clock.nextDue ?? clock.now() + 1) - clock.now()));
            if (clock.now() > 150 && ends === 'interrupt') signal.abort();
            if (clock.now() > 150 && ends === 'enough') enough.abort();
            if (step % 40 === 0) look();
          }
          await driven;
          expect(recorder.inFlight).toBe(0);
          look();
          const live = { ...seen };
          await clock.advance(1000); // what the target still does changes nothing
          await recorder.readReplies(
            (reply, question) => target.read(reply, question),
            async () => undefined,
          );
          replies.close();

          const counts = Object.fromEntries(OUTCOMES.map((name) => [name, 0]));
          for (let row = 0; row < recorder.rows; row += 1) {
            counts[OUTCOMES[recorder.outcome[row]!]!]! += 1;
            const completed = recorder.outcome[row] === COMPLETED;
            expect(recorder.response[row] === NO_RESPONSE).toBe(!completed);
            expect(recorder.end[row]! - recorder.sent[row]! > shape.timeoutMs + 1e-6).toBe(false);
          }
          expect(counts.completed! + counts.error! + counts.timeout! + counts.dropped!).toBe(recorder.rows);
          expect(errors.list().reduce((sum, { count }) => sum + count, 0)).toBe(counts.error);
          expect(live.arrivals).toBe(recorder.rows);
          expect(live.completed + live.errors + live.timeouts + live.dropped).toBe(recorder.rows);
          expect({ timeouts: live.timeouts, dropped: live.dropped }).toEqual({
            timeouts: counts.timeout,
            dropped: counts.dropped,
          });
          if (shape.loop === 'open' && ends === 'end') expect(recorder.rows).toBe(due.length);
          if (shape.loop === 'closed' && shape.maxRequests !== undefined) {
            expect(recorder.rows).toBeLessThanOrEqual(shape.maxRequests);
          }
          if (shape.loop === 'closed' && shape.maxRate !== undefined) {
            const sent = [...recorder.sent.subarray(0, recorder.rows)];
            for (let row = 1; row < sent.length; row += 1) {
              expect(sent[row]! - sent[row - 1]!).toBeGreaterThan(1000 / shape.maxRate - 1e-6);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
