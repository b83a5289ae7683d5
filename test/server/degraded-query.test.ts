import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AskOptions } from '../../src/engine/answer.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createApp } from '../../src/server/app.ts';
import { appSetting, faresEngine, KAYAK } from './made-app.ts';

let made: Awaited<ReturnType<typeof faresEngine>>;
beforeAll(async () => {
  made = await faresEngine();
});
afterAll(() => made.remove());

/** The service over an engine whose answers are degraded, and what the engine was asked with. */
async function asked(payload: object) {
  const seen: AskOptions[] = [];
  const engine: Engine = Object.assign(Object.create(made.engine), {
    ask: async (question: string, options: AskOptions = {}) => {
      seen.push(options);
      const steps = [{ level: 'keyword', reason: 'embedder: open' }];
      const answer = await made.engine.ask(question, options);
      return { ...answer, degraded: { ...steps[0], steps }, cache: { ...answer.cache, response: 'stale' } };
    },
  });
  const app = await createApp(appSetting({ engine }));
  try {
    const response = await app.http.inject({ method: 'POST', url: '/api/query', payload });
    return { response, options: seen[0] };
  } finally {
    await app.http.close();
  }
}

describe('POST /api/query', () => {
  it('tells of a degraded answer: its level, why, and that a cached one is stale', async () => {
    const { response } = await asked({ query: KAYAK });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      success: true,
      degraded: { level: 'keyword', reason: 'embedder: open' },
      cache: { response: 'stale' },
    });
    expect(Object.keys(response.json().degraded)).toEqual(['level', 'reason']);
  });

  it('hands the deadline on, less the time that the request has waited', async () => {
    const { options } = await asked({ query: KAYAK, deadline_ms: 5000 });
    expect(options!.deadlineMs).toBeGreaterThan(0);
    expect(options!.deadlineMs).toBeLessThanOrEqual(5000);
    expect((await asked({ query: KAYAK })).options!.deadlineMs).toBeUndefined();
    expect((await asked({ query: KAYAK, deadline_ms: 0.001 })).options!.deadlineMs).toBe(1);
  });

  it.each([0, -1, '10', null])('refuses a deadline of %j, naming the field', async (deadline) => {
    const { response } = await asked({ query: KAYAK, deadline_ms: deadline });
    expect(response.statusCode).toBe(400);
    expect(response.json().error).toMatchObject({
      field: 'deadline_ms',
      message: 'deadline_ms must be a number of milliseconds above 0',
    });
  });
});
