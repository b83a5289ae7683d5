import { afterEach, describe, expect, it } from 'vitest';
import { createOpenAIEmbedder } from '../../../src/engine/embedding/openai-embedder.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import type { Embedder } from '../../../src/engine/ports.ts';
import type { GroundspeedError } from '../../../src/kernel/errors.ts';
import { embedderContract } from '../../contracts/embedder.ts';
import {
  type EmbeddingsReply,
  type EmbeddingsServer,
  startEmbeddingsServer,
} from '../../servers/openai-embeddings.ts';

const KEY = 'a-secret-of-ours';
const servers: EmbeddingsServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(reply: EmbeddingsReply | (() => EmbeddingsReply) = {}): Promise<EmbeddingsServer> {
  const server = await startEmbeddingsServer(typeof reply === 'function' ? reply : () => reply);
  servers.push(server);
  return server;
}

const embedderOf = (
  { baseUrl }: { baseUrl: string },
  embedding: object = {},
  openai: object = {},
): Embedder =>
  createOpenAIEmbedder(
    engineSchema.parse({
      embedding: { provider: 'openai', dimensions: 8, ...embedding },
      openai: { baseUrl, apiKey: KEY, ...openai },
    }),
  );

const embed = async (embedder: Embedder, texts: readonly string[], signal?: AbortSignal) =>
  embedder.embed(texts, { purpose: 'document', ...(signal && { signal }) });

const failureOf = async (embedder: Embedder, texts = ['some text']): Promise<GroundspeedError> =>
  embed(embedder, texts).then(
    () => expect.fail('it should have failed'),
    (error) => error,
  );

describe('the OpenAI embedder', () => {
  embedderContract(
    async () => embedderOf(await serve()),
    ['a small ferry', 'the last departure', 'no refund'],
  );

  it('is named after model and dimensions', async () => {
    expect(embedderOf(await serve(), { model: 'text-embedding-3-large', dimensions: 12 }).id).toBe(
      'openai/text-embedding-3-large/12',
    );
  });

  it('sends so many texts in one request as it was told, and adds up the tokens', async () => {
    const server = await serve();
    const { inputTokens, vectors } = await embed(embedderOf(server, { batchSize: 2 }), [
      'one',
      'two words',
      'c',
      'd',
      'e',
    ]);
    expect(server.requests.map(({ body }) => body.input)).toEqual([['one', 'two words'], ['c', 'd'], ['e']]);
    expect(inputTokens).toBe(6);
    expect(vectors).toHaveLength(5);
  });

  it('asks for plain numbers, and for dimensions only where the model can shorten', async () => {
    const server = await serve();
    await embed(embedderOf(server), ['text']);
    await embed(embedderOf(server, { model: 'nomic-embed-text' }), ['text']);
    expect(server.requests.map(({ body }) => body)).toEqual([
      { model: 'text-embedding-3-small', input: ['text'], dimensions: 8, encoding_format: 'float' },
      { model: 'nomic-embed-text', input: ['text'], encoding_format: 'float' },
    ]);
    expect(server.requests[0]!.authorization).toBe(`Bearer ${KEY}`);
  });

  it('does not send blank texts, which services refuse', async () => {
    const server = await serve();
    const { vectors } = await embed(embedderOf(server), [' ', 'text', '']);
    expect(server.requests.map(({ body }) => body.input)).toEqual([['text']]);
    expect(vectors.map((vector) => Math.round(Math.hypot(...vector)))).toEqual([0, 1, 0]);
  });

  it('puts vectors in the order of the texts, whatever that of the reply', async () => {
    const texts = ['first', 'second', 'third'];
    const { vectors } = await embed(embedderOf(await serve({ fault: 'reversed' })), texts);
    expect(vectors).toEqual((await embed(embedderOf(await serve()), texts)).vectors);
  });

  it('refuses vectors of another length, naming model and text', async () => {
    const embed = (text: string) => new Array<number>(text === 'odd' ? 5 : 8).fill(1);
    const error = await failureOf(embedderOf(await serve({ embed }), { batchSize: 2 }), [
      'a',
      'b',
      'c',
      'odd',
    ]);
    expect(error.code).toBe('embedding.dimension');
    expect(error.message).toMatch(/text-embedding-3-small gave 5 numbers for text 4; 8 /);
    expect(error.hint).toMatch(/embedding\.dimensions=5/);
  });

  it('refuses numbers that are none, naming model and text', async () => {
    const embed = (text: string) => (text === 'odd' ? [1, null, 1, 1, 1, 1, 1, 1] : [1, 1, 1, 1, 1, 1, 1, 1]);
    const error = await failureOf(embedderOf(await serve({ embed })), ['a', 'odd']);
    expect(error.code).toBe('embedding.notFinite');
    expect(error.message).toMatch(/text-embedding-3-small.* position 1 .*text 2/);
  });

  it('refuses a reply with too few vectors', async () => {
    const error = await failureOf(embedderOf(await serve({ fault: 'missing' })), ['a', 'b']);
    expect(error).toMatchObject({
      code: 'embedding.failed',
      message: expect.stringMatching(/2 texts .* 1 vectors/),
    });
  });

  it.each([
    [401, /OPENAI_API_KEY/],
    [404, /embedding\.model/],
    [429, /rate/],
    [400, /batchSize/],
    [503, /again later/],
  ])('says what to do about status %i, once, and without the key', async (status, hint) => {
    const server = await serve({ status, message: `Incorrect API key provided: ${KEY}, sk-abc123` });
    const error = await failureOf(embedderOf(server));
    expect(error.code).toBe('embedding.failed');
    expect(error.message).toContain(`status ${status}`);
    expect(error.hint).toMatch(hint);
    expect(`${error.stack} ${error.hint} ${JSON.stringify(error)} ${String(error.cause)}`).not.toMatch(
      new RegExp(`${KEY}|abc123`),
    );
    expect(server.requests).toHaveLength(1);
  });

  it('says which setting to check when nothing answers', async () => {
    const server = await startEmbeddingsServer();
    await server.close();
    const error = await failureOf(embedderOf(server));
    expect(error).toMatchObject({ code: 'embedding.failed', where: server.baseUrl });
    expect(error.hint).toMatch(/OPENAI_BASE_URL/);
  });

  it('tells the root of a failure to connect', async () => {
    const server = await startEmbeddingsServer();
    await server.close();
    expect((await failureOf(embedderOf(server))).message).toMatch(/fetch failed: connect ECONNREFUSED 127/);
  });

  it.each([
    ['a page', '<html>Sign in</html>', 'text/html'],
    ['another document', '{"ok":true}', 'application/json'],
    ['embeddings that are none', '{"data":[{"index":0,"embedding":"AAAA"}]}', 'application/json'],
    ['a number that JSON does not know', '{"data":[{"index":0,"embedding":[NaN]}]}', 'application/json'],
  ])('refuses %s in place of embeddings, and says what to check', async (_what, body, type) => {
    const error = await failureOf(embedderOf(await serve({ body, type })));
    expect(error).toMatchObject({ code: 'embedding.failed', where: expect.stringContaining('127.0.0.1') });
    expect(error.hint).toMatch(/OPENAI_BASE_URL does not keep to the protocol/);
  });

  it('refuses numbers too large for their vector to have a length', async () => {
    const error = await failureOf(embedderOf(await serve({ embed: () => [1e300, 0, 0, 0, 0, 0, 0, 0] })));
    expect(error).toMatchObject({ code: 'embedding.notFinite', message: expect.stringMatching(/too large/) });
  });

  it('takes a user and a password in the URL, which go before the key', async () => {
    const server = await serve();
    const baseUrl = server.baseUrl.replace('://', '://me:pass%20word@');
    await embed(embedderOf({ baseUrl }), ['text']);
    expect(server.requests[0]!.authorization).toBe(`Basic ${btoa('me:pass word')}`);
  });

  it('gives up on a reply that never ends', async () => {
    const error = await failureOf(embedderOf(await serve({ fault: 'silent' }), {}, { timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'embedding.failed', message: expect.stringContaining('50 ms') });
  });

  it('stops waiting when the question is withdrawn', async () => {
    const withdrawal = new AbortController();
    const server = await serve(() => {
      withdrawal.abort(new Error('withdrawn'));
      return { fault: 'silent' };
    });
    await expect(embed(embedderOf(server), ['text'], withdrawal.signal)).rejects.toThrow('withdrawn');
  });

  it('is not made without a key for OpenAI itself; another service may need none', async () => {
    const settings = engineSchema.parse({ embedding: { provider: 'openai' } });
    expect(() => createOpenAIEmbedder(settings)).toThrow(
      expect.objectContaining({ code: 'config.invalid', where: 'openai.apiKey' }),
    );
    const server = await serve();
    await expect(embed(embedderOf(server, {}, { apiKey: undefined }), ['text'])).resolves.toBeDefined();
  });
});
