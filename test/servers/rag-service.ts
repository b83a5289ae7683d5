import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RagService {
  readonly url: string;
  /** Bodies of the questions that came, in order. */
  readonly asked: readonly unknown[];
  /** Headers of the last of them. */
  readonly lastHeaders: () => NodeJS.Dict<string | string[]>;
  close(): Promise<void>;
}

export const VOUCHERS =
  'A travel voucher is valid for 18 months from the date of issue and can be used once.';
export const ANSWER = 'A travel voucher is valid for 18 months.';

const PATHS: ReadonlySet<string> = new Set(['/api/query', '/ask', '/locked', '/page', '/lax']);

/**
 * A RAG service on this machine: `/api/query` speaks groundspeed's API, `/ask` one of its own, `/locked` the first to
 * those who are authorised, `/page` is for browsers, and `/lax` answers whatever it is sent.
 */
export async function startRagService(): Promise<RagService> {
  const asked: unknown[] = [];
  let headers: NodeJS.Dict<string | string[]> = {};
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const json = (status: number, content: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    };
    if (request.url === '/health') return json(200, { status: 'ok' });
    if (!PATHS.has(request.url ?? '')) return json(404, { error: 'nothing here' });
    if (request.url === '/page') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><html></html>');
      return;
    }
    let content: { query?: unknown; question?: unknown };
    try {
      content = JSON.parse(body) as typeof content;
    } catch {
      return request.url === '/lax'
        ? json(200, { answer: ANSWER, sources: [] })
        : json(400, { error: 'no JSON' });
    }
    asked.push(content);
    headers = request.headers;
    switch (request.url) {
      case '/locked':
        if (request.headers.authorization !== 'Bearer magpie-token')
          return json(401, { error: 'who are you?' });
        return json(200, { answer: ANSWER, sources: [{ id: 'travel-vouchers', text: VOUCHERS }] });
      case '/lax':
        return json(200, { answer: ANSWER, sources: [] });
      case '/ask':
        if (!content.question)
          return json(422, { detail: [{ loc: ['body', 'question'], msg: 'Field required' }] });
        return json(200, {
          result: { reply: ANSWER, hits: [{ file: 'docs/travel-vouchers.md', snippet: VOUCHERS }] },
        });
      case '/api/query':
        if (!content.query) return json(400, { error: { field: 'query', message: 'must be text' } });
        return json(200, {
          answer: ANSWER,
          sources: [{ id: 'travel-vouchers', score: 0.9, text: VOUCHERS }],
        });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    lastHeaders: () => headers,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}
