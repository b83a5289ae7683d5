import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createOpenAIEmbedder } from '../../src/engine/embedding/openai-embedder.ts';
import { createOpenAIGenerator } from '../../src/engine/generation/openai.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { failureCauseOf, judge, retryAfterMsOf } from '../../src/engine/resilience/failure.ts';
import { systemClock } from '../../src/system/clock.ts';
import { contractPassages } from '../contracts/generator.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const replying =
  (
    status: number,
    headers: Record<string, string> = {},
    body = '{"error":{"message":"no"}}',
  ): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);

/** What the embedder and the generator fail with. */
async function failuresAt(baseUrl: string, timeoutMs = 5000): Promise<unknown[]> {
  const options = engineSchema.parse({
    embedding: { provider: 'openai', dimensions: 8 },
    generation: { provider: 'openai' },
    openai: { baseUrl, apiKey: 'k', timeoutMs },
  });
  const embed = async (): Promise<unknown> =>
    createOpenAIEmbedder(options).embed(['a'], { purpose: 'query' });
  const generate = async (): Promise<void> => {
    const generator = createOpenAIGenerator(options, systemClock);
    for await (const _ of generator.generate({ question: 'a', passages: contractPassages }));
  };
  return Promise.all(
    [embed, generate].map((work) =>
      work().then(
        () => expect.fail('it should have failed'),
        (error: unknown) => error,
      ),
    ),
  );
}

const TRANSIENT = { retryable: true, counts: true };

describe('what a failure of a service says to whoever might ask again', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '3' }, 3000],
    [
      'a date',
      { 'retry-after': 'Thu, 01 Jan 2026 12:00:30 GMT', date: 'Thu, 01 Jan 2026 12:00:00 GMT' },
      30_000,
    ],
    ['nothing', {}, undefined],
  ])('429, with Retry-After as %s', async (_, headers, expected) => {
    for (const error of await failuresAt(await serve(replying(429, headers)))) {
      expect(judge(error)).toEqual(TRANSIENT);
      expect(retryAfterMsOf(error)).toBe(expected);
      expect(failureCauseOf(error)).toBe('error');
    }
  });

  it('503: it may work the next time', async () => {
    for (const error of await failuresAt(await serve(replying(503)))) expect(judge(error)).toEqual(TRANSIENT);
  });

  it.each([400, 401, 404])('%i: it is not the service that is at fault', async (status) => {
    for (const error of await failuresAt(await serve(replying(status)))) {
      expect(judge(error)).toEqual({ retryable: false, counts: false });
    }
  });

  it('no service there, and a connection that is torn down: they may be there the next time', async () => {
    const gone = await serve(() => undefined);
    servers.pop()?.close();
    const torn = await serve((request) => void request.socket.destroy());
    for (const error of [...(await failuresAt(gone)), ...(await failuresAt(torn))]) {
      expect(judge(error)).toEqual(TRANSIENT);
      expect(failureCauseOf(error)).toBe('error');
    }
  });

  it('no answer in time: a timeout', async () => {
    for (const error of await failuresAt(await serve(() => undefined), 100)) {
      expect(judge(error)).toEqual(TRANSIENT);
      expect(failureCauseOf(error)).toBe('timeout');
    }
  });

  it('embeddings that are none: asking again will not help', async () => {
    for (const body of ['{"page":"sign in"}', '{"data":[]}', 'no json']) {
      const [error] = await failuresAt(await serve(replying(200, {}, body)));
      expect(judge(error)).toEqual({ retryable: false, counts: true });
    }
  });
});
