import { expect } from 'vitest';
import { GroundspeedError } from '../../../../src/kernel/errors.ts';
import { milliseconds, ratePerSecond } from '../../../../src/kernel/units.ts';
import { constantArrivals } from '../../../../src/load/arrivals.ts';
import { type Asked, askOnce } from '../../../../src/load/ask-once.ts';
import { type ErrorClass, ErrorClasses } from '../../../../src/load/error-classes.ts';
import { runOpenLoop } from '../../../../src/load/open-loop.ts';
import { PhaseRecorder } from '../../../../src/load/recorder.ts';
import { ReplyStore } from '../../../../src/load/reply-store.ts';
import { ResponseTable } from '../../../../src/load/responses.ts';
import type { Target } from '../../../../src/load/target.ts';
import { httpTarget } from '../../../../src/load/targets/http/http-target.ts';
import { OUTCOMES } from '../../../../src/records/columns.ts';
import { systemClock } from '../../../../src/system/clock.ts';
import { groundspeedApi, type RagAnswer } from '../../../servers/rag-apis.ts';
import { type RagReply, type RagRequest, type RagServer, startRagServer } from '../../../servers/rag-http.ts';
import { described } from './described.ts';

export const QUESTIONS = [
  { id: 'q0', text: 'What does a bicycle cost?' },
  { id: 'q1', text: 'And a "dog"?\n(très gros 🐕)' },
];
export const ANSWER: RagAnswer = {
  pieces: ['Bicycles cost ', '6.50 €', '.'],
  sources: [
    { id: 'fares', text: 'A bicycle costs 6.50 €.' },
    { id: 'dogs', text: 'Dogs travel on a lead.' },
  ],
};

const open: { close(): Promise<void> }[] = [];
/** Closes what a test has opened, the latest first. */
export async function closeAll(): Promise<void> {
  for (const one of open.splice(0).reverse()) await one.close();
}

/** Has something closed with all that the test opens. */
export function closing<T extends { close(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}

export async function serve(reply: (request: RagRequest) => RagReply, port?: number): Promise<RagServer> {
  const server = await startRagServer(reply, port === undefined ? {} : { port });
  open.push(server);
  return server;
}

export const wholeAnswer = (request: RagRequest): RagReply => groundspeedApi(request, ANSWER);

export function targetOf(written: Readonly<Record<string, unknown>>, timeoutMs = 5_000): Target {
  const target = httpTarget({
    description: described(written),
    questions: QUESTIONS,
    connections: 1000,
    timeoutMs,
  });
  open.push(target);
  return target;
}

export function ask(target: Target, question = 0): Promise<Asked> {
  const { text } = QUESTIONS[question]!;
  return askOnce(
    target,
    { question, text, cache: true },
    { clock: systemClock, timeout: milliseconds(5_000) },
  );
}

/** The failure with which one question ends. */
export async function failureOf(target: Target): Promise<GroundspeedError> {
  const asked = await ask(target);
  if (asked.outcome === 'completed') throw new Error(`completed: ${JSON.stringify(asked.response)}`);
  expect(asked.error).toBeInstanceOf(GroundspeedError);
  return asked.error as GroundspeedError;
}

export interface Driven {
  readonly offered: number;
  readonly completed: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly dropped: number;
  readonly classes: readonly ErrorClass[];
  readonly recorder: PhaseRecorder;
}

export interface Load {
  readonly rate: number;
  readonly duration: number;
  readonly timeout?: number;
  readonly maxInFlight?: number;
}

/** Sends load, reads what came back, and makes sure that no request was lost or counted twice. */
export async function drive(
  target: Target,
  { rate, duration, timeout = 2_000, maxInFlight = 500 }: Load,
): Promise<Driven> {
  const schedule = constantArrivals({ rate: ratePerSecond(rate), duration });
  const errors = new ErrorClasses();
  const replies = new ReplyStore();
  const offered = schedule.due.length;
  const shared = { responses: new ResponseTable(), errors, stages: target.stages.length, replies };
  const recorder = new PhaseRecorder(offered, shared);
  await runOpenLoop({
    target,
    questions: QUESTIONS.map(({ text }) => text),
    clock: systemClock,
    recorder,
    timeout: milliseconds(timeout),
    cache: true,
    schedule,
    asked: new Uint32Array(offered),
    maxInFlight,
  });
  await recorder.readReplies(
    (reply, question) => target.read(reply, question),
    async () => undefined,
  );
  replies.close();
  const count = (name: (typeof OUTCOMES)[number]): number =>
    recorder.outcome.subarray(0, recorder.rows).filter((code) => code === OUTCOMES.indexOf(name)).length;
  const counts = {
    completed: count('completed'),
    errors: count('error'),
    timeouts: count('timeout'),
    dropped: count('dropped'),
  };
  expect(recorder.rows).toBe(offered);
  expect(counts.completed + counts.errors + counts.timeouts + counts.dropped).toBe(offered);
  expect(errors.list().reduce((sum, { count: of }) => sum + of, 0)).toBe(counts.errors);
  expect(recorder.inFlight).toBe(0);
  return { offered, ...counts, classes: errors.list(), recorder };
}

export const namesOf = (classes: readonly ErrorClass[]): string[] => classes.map(({ name }) => name);
