import { afterEach, describe, expect, it } from 'vitest';
import {
  ANSWER,
  ask,
  closeAll,
  closing,
  failureOf,
  QUESTIONS,
  serve,
  targetOf,
} from '../load/targets/http/driving.ts';
import { startChatServer } from '../servers/openai-chat.ts';
import { langserveApi, responsesApi } from '../servers/rag-apis.ts';

afterEach(closeAll);

describe('presets against their services', () => {
  it('openai-chat, whole and streamed', async () => {
    const server = await startChatServer(() => ({
      pieces: ANSWER.pieces,
      usage: { prompt_tokens: 12, completion_tokens: 7 },
    }));
    closing(server);
    for (const stream of ['none', 'sse']) {
      const prices = { inputPerMillionUsd: 1, outputPerMillionUsd: 2 };
      const target = targetOf({ preset: 'openai-chat', url: server.baseUrl, model: 'm-1', stream, prices });
      const asked = await ask(target);
      expect(asked).toMatchObject({
        response: { answer: 'Bicycles cost 6.50 €.', passages: undefined, inputTokens: 12, outputTokens: 7 },
      });
      expect((asked as { response: { costUsd: number } }).response.costUsd).toBeCloseTo(26e-6, 12);
    }
    expect(server.requests[1]!.body).toMatchObject({
      model: 'm-1',
      messages: [{ role: 'user', content: QUESTIONS[0]!.text }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('openai-chat, refusing and cutting its stream', async () => {
    const refusing = await startChatServer(() => ({
      status: 401,
      message: 'Incorrect API key: sk-abcdefgh12345',
    }));
    const cutting = await startChatServer(() => ({ pieces: ['Half an'], ending: 'unfinished' }));
    const breaking = await startChatServer(() => ({ pieces: ['Half an'], ending: 'cut' }));
    for (const one of [refusing, cutting, breaking]) closing(one);
    const preset = { preset: 'openai-chat', model: 'm', stream: 'sse' };
    const refusal = await failureOf(targetOf({ ...preset, url: refusing.baseUrl }));
    expect(refusal.code).toBe('target.http4xx');
    expect(refusal.message).toContain('Incorrect API key: ***');
    expect(refusal.hint).toContain('target.headers');
    expect((await failureOf(targetOf({ ...preset, url: cutting.baseUrl }))).code).toBe('target.cut');
    expect((await failureOf(targetOf({ ...preset, url: breaking.baseUrl }))).code).toBe('target.reset');
  });

  it.each(['none', 'sse'])('openai-responses, %s', async (stream) => {
    const server = await serve((request) => responsesApi(request, ANSWER));
    const failing = await serve((request) => responsesApi(request, { ...ANSWER, failure: 'overloaded' }));
    const preset = { preset: 'openai-responses', model: 'm', stream };
    expect(await ask(targetOf({ ...preset, url: server.url }))).toMatchObject({
      response: { answer: 'Bicycles cost 6.50 €.', inputTokens: 30, outputTokens: 7 },
    });
    const failure = await failureOf(targetOf({ ...preset, url: failing.url }));
    expect(failure.code).toBe(stream === 'sse' ? 'target.cut' : 'target.malformed');
    expect(failure.message).toContain('overloaded');
  });

  it.each([
    ['none', 'text'],
    ['none', 'retrieval'],
    ['sse', 'text'],
    ['sse', 'retrieval'],
  ] as const)('langserve, %s, a chain of %s', async (stream, chain) => {
    const server = await serve((request) => langserveApi(request, ANSWER, chain));
    const failing = await serve((request) => langserveApi(request, { ...ANSWER, failure: 'broken' }, chain));
    const preset = { preset: 'langserve', stream };
    const asked = await ask(targetOf({ ...preset, url: `${server.url}/rag` }));
    expect(asked).toMatchObject({ outcome: 'completed', response: { answer: 'Bicycles cost 6.50 €.' } });
    const passages = [
      { documentId: 'fares', text: 'A bicycle costs 6.50 €.', score: 0.5 },
      { documentId: 'dogs', text: 'Dogs travel on a lead.', score: 0.5 },
    ];
    expect(asked).toMatchObject({ response: { passages: chain === 'text' ? undefined : passages } });
    const failure = await failureOf(targetOf({ ...preset, url: `${failing.url}/rag` }));
    expect(failure.code).toBe(stream === 'sse' ? 'target.cut' : 'target.http5xx');
    expect(failure.message).toContain('Internal Server Error');
  });

  it('langserve, a retrieval chain that finds nothing', async () => {
    const server = await serve((request) => langserveApi(request, { ...ANSWER, sources: [] }, 'retrieval'));
    for (const stream of ['none', 'sse']) {
      const asked = await ask(targetOf({ preset: 'langserve', stream, url: server.url }));
      expect(asked).toMatchObject({ response: { passages: [] } });
    }
  });
});
