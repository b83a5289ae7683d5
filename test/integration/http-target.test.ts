import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ANSWER,
  ask,
  closeAll,
  drive,
  failureOf,
  QUESTIONS,
  serve,
  targetOf,
  wholeAnswer,
} from '../load/targets/http/driving.ts';
import { groundspeedApi } from '../servers/rag-apis.ts';
import type { RagReply, RagRequest } from '../servers/rag-http.ts';

afterEach(closeAll);

describe('a deployment that works', () => {
  it('is asked as described, and understood', async () => {
    const server = await serve(wholeAnswer);
    const target = targetOf({ url: server.url, topK: 1, headers: { 'X-Key': 'abcd' } });
    expect(await ask(target, 1)).toMatchObject({
      outcome: 'completed',
      response: {
        answer: 'Bicycles cost 6.50 €.',
        passages: [{ documentId: 'fares', title: 'FARES', score: 1 }],
        contextSize: 1,
        citations: [0],
        cache: 'retrieval',
        stages: [0.5, 1, 0, 0.1, 10, 0],
        inputTokens: 200,
        costUsd: 0.001,
      },
    });
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: '/api/query',
      body: { query: QUESTIONS[1]!.text, top_k: 1 },
      headers: {
        'content-type': 'application/json',
        'accept-encoding': 'identity',
        'x-key': 'abcd',
        connection: 'keep-alive',
      },
    });
  });

  it('keeps its connections, and makes no more than are in flight', async () => {
    const server = await serve((request) => ({ ...wholeAnswer(request), after: 20 }));
    const target = targetOf({ url: server.url });
    const first = await drive(target, { rate: 200, duration: 500 });
    const second = await drive(target, { rate: 200, duration: 500 });
    expect(server.requests.length).toBe(200);
    const peak = Math.max(first.recorder.maxInFlight, second.recorder.maxInFlight);
    expect(server.connections()).toBeLessThanOrEqual(peak);
  });

  it('drops what finds no room, and delays nothing out of sight', async () => {
    const server = await serve((request) => ({ ...wholeAnswer(request), after: 300 }));
    const driven = await drive(targetOf({ url: server.url }), { rate: 100, duration: 600, maxInFlight: 10 });
    expect(driven.dropped).toBeGreaterThan(20);
    expect(driven.completed + driven.dropped).toBe(driven.offered);
    expect(driven.recorder.maxInFlight).toBe(10);
  });

  it('makes every request a new one where the template holds a nonce', async () => {
    const server = await serve(wholeAnswer);
    const body = { query: '{{question}}', request: 'r-{{nonce}}' };
    const target = targetOf({ url: `${server.url}/api/query?bust={{nonce}}`, preset: 'groundspeed', body });
    await drive(target, { rate: 100, duration: 200 });
    const asked = server.requests.map(({ path, body: sent }) => `${path} ${String(sent?.request)}`);
    expect(new Set(asked).size).toBe(20);
    expect(asked[0]).toMatch(/^\/api\/query\?bust=(\w+) r-\1$/);
    expect(server.requests[0]?.body?.query).toBe(QUESTIONS[0]!.text);
  });

  it('is asked by GET, and by forms', async () => {
    const server = await serve(() => ({ body: { hits: ['fares'] } }));
    const response = { passages: 'hits', passageId: '@' };
    const byGet = targetOf({
      url: `${server.url}/søk?q={{question}}&id={{question_id}}`,
      method: 'GET',
      response,
    });
    expect(await ask(byGet, 1)).toMatchObject({ response: { passages: [{ documentId: 'fares' }] } });
    const sent = new URL(server.requests[0]!.path, server.url);
    expect(decodeURIComponent(sent.pathname)).toBe('/søk');
    expect(sent.searchParams.get('q')).toBe(QUESTIONS[1]!.text);
    expect(sent.searchParams.get('id')).toBe('q1');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const byForm = targetOf({ url: server.url, headers, body: 'q={{question}}&k=3', response });
    await ask(byForm, 1);
    expect(new URLSearchParams(server.requests[1]!.text).get('q')).toBe(QUESTIONS[1]!.text);
  });

  it('is read when it answers packed, though nobody asked for that', async () => {
    const packed = gzipSync(JSON.stringify({ answer: 'x', sources: [] }));
    const server = await serve(() => ({ body: packed, headers: { 'content-encoding': 'gzip' } }));
    expect(await ask(targetOf({ url: server.url }))).toMatchObject({ response: { answer: 'x' } });
  });

  it('may answer slowly: the first byte has its time', async () => {
    const server = await serve((request) => ({ ...wholeAnswer(request), after: 150 }));
    const { recorder, completed, offered } = await drive(targetOf({ url: server.url }), {
      rate: 50,
      duration: 400,
    });
    expect(completed).toBe(offered);
    const shortest = Math.min(
      ...recorder.end.subarray(0, offered).map((end, row) => end - recorder.sent[row]!),
    );
    expect(shortest).toBeGreaterThanOrEqual(149);
  });
});

describe('streams', () => {
  it('have a first token before their end, and signs that are cut anywhere', async () => {
    const bytes = Buffer.from(
      String(
        groundspeedApi(
          { body: { query: 'x', stream: true }, method: 'POST', path: '/api/query' } as never,
          ANSWER,
        ).pieces!.join(''),
      ),
    );
    const pieces = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    const server = await serve(() => ({ type: 'text/event-stream', pieces }));
    const asked = await ask(targetOf({ url: server.url, stream: 'sse' }));
    expect(asked).toMatchObject({ response: { answer: 'Bicycles cost 6.50 €.', passages: [{}, {}] } });
  });

  it('tell their first token when it comes', async () => {
    const server = await serve((request) => ({ ...wholeAnswer(request), after: 60, between: 60 }));
    const target = targetOf({ url: server.url, stream: 'sse' });
    const { recorder, completed } = await drive(target, { rate: 20, duration: 300 });
    expect(completed).toBe(6);
    for (let row = 0; row < 6; row += 1) {
      const [sent, first, end] = [recorder.sent[row]!, recorder.first.at(row), recorder.end[row]!];
      expect(first - sent).toBeGreaterThanOrEqual(59);
      expect(end - first).toBeGreaterThanOrEqual(100);
    }
  });

  it('are cut where they end early, tell of an error, or never began', async () => {
    const failing = { ...ANSWER, failure: 'the model is on strike' };
    const replies: ((request: RagRequest) => RagReply)[] = [
      (request) => groundspeedApi(request, failing),
      (request) => ({ ...wholeAnswer(request), pieces: wholeAnswer(request).pieces!.slice(0, 2) }),
      (request) => ({ ...wholeAnswer(request), pieces: [] }),
    ];
    for (const reply of replies) {
      const server = await serve(reply);
      expect((await failureOf(targetOf({ url: server.url, stream: 'sse' }))).code).toBe('target.cut');
    }
  });

  it('that never end are ended by the timeout, and their connections with them', async () => {
    const server = await serve((request) => ({
      ...wholeAnswer(request),
      pieces: wholeAnswer(request).pieces!.slice(0, 1),
      fault: 'endless',
    }));
    const target = targetOf({ url: server.url, stream: 'sse' });
    const driven = await drive(target, { rate: 20, duration: 500, timeout: 200 });
    expect(driven.timeouts).toBe(driven.offered);
    await vi.waitFor(() => expect(server.abandoned()).toBe(driven.offered));
  });
});
