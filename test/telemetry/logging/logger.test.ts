import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../src/engine/events.ts';
import { sha256 } from '../../../src/kernel/digest.ts';
import { createEmitter } from '../../../src/kernel/emitter.ts';
import { logEngineEvents } from '../../../src/telemetry/logging/engine-log.ts';
import { allowedFields } from '../../../src/telemetry/logging/fields.ts';
import { logAsTraced, loggerOptions } from '../../../src/telemetry/logging/logger.ts';
import { questionFields } from '../../../src/telemetry/logging/question-fields.ts';
import { QUIET_MS, Repeated } from '../../../src/telemetry/logging/repeated.ts';

const CANARY = 'canary-4711';

function logTo(lines: string[], level = 'trace') {
  return fastify({ logger: loggerOptions({ level, stream: { write: (line) => lines.push(line) } }) ?? false })
    .log;
}

const thrown = (): Error => {
  const cause = Object.assign(new Error(`${CANARY} of the cause`), { code: CANARY.repeat(20) });
  return Object.assign(new Error(`${CANARY} was asked`, { cause }), { code: 'ECONNREFUSED', query: CANARY });
};

describe('the log', () => {
  it('lets no text past the allow-list, however it is called', () => {
    const lines: string[] = [];
    const log = logTo(lines);
    log.error(thrown());
    log.error({ err: thrown() });
    log.error({ err: thrown() }, thrown().message);
    log.error(thrown(), thrown().message);
    log.info({ headers: { authorization: CANARY }, body: CANARY, query_text: CANARY }, 'a message');
    log.warn({ err: Object.assign(new Error(''), { name: `${CANARY} name` }) });
    log.info('a message of %s', CANARY);
    log.child({}).warn({ [CANARY]: 1 }, 'a child');
    expect(lines).toHaveLength(8);
    expect(lines.join('')).not.toContain(CANARY);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 50,
      err: { type: 'Error', message: '', code: 'ECONNREFUSED', cause: { type: 'Error', message: '' } },
      msg: 'an error',
    });
  });

  it('ends with errors that are their own cause', () => {
    const lines: string[] = [];
    const error = new Error(CANARY);
    error.cause = error;
    logTo(lines).error(error);
    expect(JSON.parse(lines[0]!).err.cause.cause.type).toBe('Error');
  });

  it("bears the ids of its request's trace", () => {
    const lines: string[] = [];
    const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };
    const log = logTo(lines);
    const request = log.child({});
    logAsTraced(request, ids);
    request.info({ status: 200 }, 'inside');
    log.info({}, 'outside');
    expect(JSON.parse(lines[0]!)).toMatchObject({ trace_id: ids.traceId, span_id: ids.spanId, status: 200 });
    expect(JSON.parse(lines[1]!)).not.toHaveProperty('trace_id');
  });

  it('keeps known fields as they are', () => {
    expect(allowedFields({ status: 200, secret: 1, query: 'x' })).toEqual({ status: 200, query: 'x' });
  });

  it('is off when silent', () => {
    expect(loggerOptions({ level: 'silent', stream: { write: () => undefined } })).toBe(false);
  });
});

describe('a question in the log', () => {
  const question = 'How much is it? '.repeat(20);

  it('is a hash and a length', () => {
    expect(questionFields(question, false)).toEqual({ query_sha256: sha256(question), query_chars: 320 });
  });

  it('is its first 100 characters where text may be told', () => {
    expect(questionFields(question, true)).toMatchObject({ query: question.slice(0, 100) });
  });
});

describe('what is said now and then', () => {
  it('is said at once, then with how often it happened, and at the end what is left', () => {
    let now = 0;
    const said: [string, number][] = [];
    const repeated = new Repeated(
      () => now,
      (key, count) => said.push([key, count]),
    );
    for (let time = 0; time < 1000; time += 1) repeated.happened('full');
    repeated.happened('late');
    expect(said).toEqual([
      ['full', 1],
      ['late', 1],
    ]);
    now = QUIET_MS;
    repeated.happened('full');
    expect(said.at(-1)).toEqual(['full', 1000]);
    repeated.happened('full');
    repeated.end();
    expect(said.slice(3)).toEqual([['full', 1]]);
  });

  it('are breakers, each, and degraded answers, added up', () => {
    const events = createEmitter<EngineEvent>();
    const said: object[] = [];
    const log = { info: () => undefined, warn: (fields: object) => said.push(fields) };
    const stop = logEngineEvents({ events, log, now: () => 0 });
    const degrade = (): void =>
      events.emit({ type: 'query.degraded', query: 1, level: 'keyword', reason: 'embedder: open' });
    events.emit({ type: 'breaker.changed', dependency: 'embedder', from: 'closed', to: 'open' });
    degrade();
    degrade();
    degrade();
    stop();
    degrade();
    expect(said).toEqual([
      { event: 'breaker.changed', dependency: 'embedder', from: 'closed', to: 'open' },
      { event: 'query.degraded', level_of_answer: 'keyword', reason: 'embedder: open', count: 1 },
      { event: 'query.degraded', level_of_answer: 'keyword', reason: 'embedder: open', count: 2 },
    ]);
    expect(events.active).toBe(false);
  });
});
