import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type GoldenQuestion, type GoldenSet, goldenQuestion } from '../../src/datasets/golden.ts';
import { exploreTarget } from '../../src/experiments/explore-target.ts';
import { checkTarget, type TargetCheck } from '../../src/experiments/target-check.ts';
import { targetSchema } from '../../src/load/options.ts';
import { describeTarget } from '../../src/load/targets/http/description.ts';
import { systemClock } from '../../src/system/clock.ts';

const TEXTS = [
  'A travel voucher is valid for 18 months from the date of issue and can be used once.',
  'Vouchers can be passed on to another person, as long as the name on them is changed first.',
];
const ANSWER = 'A travel voucher is valid for 18 months.';

const question: GoldenQuestion = goldenQuestion({
  id: 'q1',
  question: 'How long is a travel voucher valid?',
  answers: ['18 months'],
  relevant: new Map([['travel-vouchers', 1]]),
});

const golden: GoldenSet = {
  name: 'made',
  format: 'csv',
  version: undefined,
  licence: undefined,
  split: undefined,
  questions: [question],
  corpus: undefined,
  warnings: [],
  questionsHash: '',
  corpusHash: undefined,
};

type Handler = (
  asked: { url: string; body: string; request: IncomingMessage },
  response: ServerResponse,
) => void;

async function serve(handler: Handler, tls?: { key: string; cert: string }): Promise<string> {
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += chunk;
    handler({ url: request.url ?? '', body, request }, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http${tls === undefined ? '' : 's'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function json(
  response: ServerResponse,
  status: number,
  content: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(content));
}

const replying =
  (content: unknown): Handler =>
  (_, response) =>
    json(response, 200, content);

function check(url: string, section: Record<string, unknown> = {}, timeoutMs = 10_000): Promise<TargetCheck> {
  const description = describeTarget(targetSchema.parse({ url, ...section }), { env: {} });
  return checkTarget({
    description,
    question: { text: question.question, golden: question },
    golden,
    clock: systemClock,
    timeoutMs,
  });
}

const understoodAs = ({ understood }: TargetCheck, field: string) =>
  understood.find((row) => row.field === field)?.value;
const changesOf = ({ changes }: TargetCheck) =>
  Object.fromEntries(changes.flatMap(({ setting, value }) => (setting === null ? [] : [[setting, value]])));
const advice = ({ changes }: TargetCheck) =>
  changes.flatMap(({ setting, reason }) => (setting === null ? [reason] : [])).join('\n');

describe('a checked target', () => {
  it('tells how it was reached, what it answered, and how that was understood', async () => {
    const url = await serve(
      replying({
        answer: ANSWER,
        sources: [
          { id: 'travel-vouchers', score: 0.9, text: TEXTS[0] },
          { id: 'pets', score: 0.4, text: TEXTS[1] },
        ],
        cache: 'miss',
        usage: { input_tokens: 10, output_tokens: 0 },
      }),
    );
    const checked = await check(url);
    expect(checked.failure).toBeNull();
    expect(checked.target).toEqual({ url: `${url}/api/query`, method: 'POST', preset: 'groundspeed' });
    expect(checked.connection).toMatchObject({ address: '127.0.0.1', tls: undefined });
    const { response } = checked;
    expect(response).toMatchObject({
      status: 200,
      contentType: 'application/json',
      firstTokenMs: null,
      clipped: false,
    });
    expect(response!.totalMs).toBeGreaterThanOrEqual(response!.firstByteMs!);
    expect(response!.firstByteMs).toBeGreaterThanOrEqual(response!.headMs);
    expect(JSON.parse(response!.text)).toMatchObject({ answer: ANSWER });
    expect(understoodAs(checked, 'answer')).toBe(ANSWER);
    expect(understoodAs(checked, 'passages')).toBe(2);
    expect(understoodAs(checked, 'its id')).toBe('travel-vouchers');
    expect(understoodAs(checked, 'abstained')).toBe(false);
    expect(understoodAs(checked, 'tokens out')).toBe(0);
    expect(understoodAs(checked, 'cost in US dollars')).toBeNull();
    expect(checked.understood.find(({ field }) => field === 'cost in US dollars')).toMatchObject({
      expression: 'cost_usd',
      note: 'nothing stands there',
    });
    expect(checked.passages.map(({ id, known }) => [id, known])).toEqual([
      ['travel-vouchers', true],
      ['pets', false],
    ]);
    expect(checked.ids?.exact).toEqual({ matched: 1, of: 2 });
    expect(checked.changes).toEqual([]);
  });

  it('is plain data, without what it was sent as a secret, wherever that comes back', async () => {
    const url = await serve(({ request }, response) =>
      json(response, 200, {
        answer: `You are ${request.headers.authorization}`,
        sources: [{ id: 'pets', text: `key ${request.headers['x-api-key']}` }],
      }),
    );
    const headers = { authorization: 'Bearer canary-token-1', 'x-api-key': 'canary-key-2' };
    const checked = await check(url, { headers });
    expect(understoodAs(checked, 'answer')).toBe('You are ***');
    const text = JSON.stringify(checked);
    expect(JSON.parse(text)).toBeTruthy();
    expect(text).not.toContain('canary');
  });

  it('is understood where it streams: first token, pieces, sources in an event of their own', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const events = [
        { event: 'sources', sources: [{ id: 'travel-vouchers', text: TEXTS[0] }] },
        ...ANSWER.split(' ').map((word) => ({ delta: `${word} ` })),
        { finish: 'stop' },
      ];
      for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
      response.end('data: [DONE]\n\n');
    });
    const own = {
      body: { q: '{{question}}' },
      stream: 'sse',
      response: { passages: 'sources', passageId: 'id' },
    };
    const checked = await check(url, {
      ...own,
      events: { token: 'delta', final: 'sources && @', done: '[DONE]' },
    });
    expect(checked.failure).toBeNull();
    expect(understoodAs(checked, 'answer')).toBe(`${ANSWER} `);
    expect(checked.passages).toHaveLength(1);
    expect(checked.response!.firstTokenMs).not.toBeNull();
    const asWhole = await check(url, { body: { q: '{{question}}' }, response: { answer: 'text' } });
    expect(asWhole.failure?.code).toBe('target.contentType');
    expect(changesOf(asWhole)).toMatchObject({
      'target.stream': 'sse',
      'target.events.token': 'delta',
      'target.events.final': 'sources && @',
      'target.events.done': '[DONE]',
      'target.response.passages': 'sources',
    });
  });

  it('is told what to change where its reply is another', async () => {
    const url = await serve(
      replying({
        result: { text: ANSWER },
        hits: [{ file: 'docs/travel-vouchers.md', body: TEXTS[0], rank: 1 }],
      }),
    );
    const checked = await check(url);
    expect(checked.failure?.code).toBe('target.malformed');
    expect(changesOf(checked)).toMatchObject({
      'target.response.answer': 'result.text',
      'target.response.passages': 'hits',
      'target.response.passageId': 'file',
      'target.response.passageText': 'body',
      'target.ids.pattern': '([^/]+)\\.\\w+$',
    });
    expect(checked.ids).toMatchObject({ exact: { matched: 0, of: 1 }, pattern: { matched: 1 } });
  });

  it('shows the passages as ids are mapped', async () => {
    const url = await serve(replying({ answer: ANSWER, sources: [{ id: 'kb/travel-vouchers.md' }] }));
    const checked = await check(url, { ids: { pattern: '([^/]+)\\.md$' } });
    expect(checked.passages).toEqual([{ id: 'travel-vouchers', score: null, text: null, known: true }]);
    expect(checked.changes).toEqual([]);
  });

  it.each<[string, Handler, string, RegExp]>([
    [
      'a page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
      'target.contentType',
      /page for browsers/,
    ],
    ['nothing', (_, response) => response.writeHead(200).end(), 'target.malformed', /no body/],
    [
      'plain text',
      (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(ANSWER),
      'target.malformed',
      /plain text/,
    ],
    [
      'broken JSON',
      (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"answer": "x'),
      'target.malformed',
      /plain text|JSON/,
    ],
    ['404', (_, response) => json(response, 404, { error: 'no' }), 'target.http4xx', /Status 404/],
    ['405', (_, response) => json(response, 405, {}), 'target.http4xx', /target\.method/],
    [
      '429',
      (_, response) => json(response, 429, {}, { 'retry-after': '3' }),
      'target.rateLimited',
      /turns requests away/,
    ],
    ['500', (_, response) => json(response, 500, { error: 'KeyError' }), 'target.http5xx', /Status 500/],
    ['503', (_, response) => json(response, 503, {}), 'target.http5xx', /not up/],
  ])('that answers with %s is told so', async (_, handler, code, words) => {
    const checked = await check(await serve(handler));
    expect(checked.failure?.code).toBe(code);
    expect(advice(checked)).toMatch(words);
  });

  it('that redirects, wants credentials or another body, is told so', async () => {
    const url = await serve(({ url: path }, response) => {
      if (path === '/moved')
        return json(response, 308, {}, { location: 'https://user:pw@new.test/api?key=k1234' });
      if (path === '/locked') return json(response, 401, {});
      json(response, 422, {
        detail: [
          { loc: ['body', 'question'], msg: 'Field required' },
          { loc: ['body', 'user'], msg: 'Field required' },
        ],
      });
    });
    expect(changesOf(await check(`${url}/moved`))).toEqual({ 'target.url': 'https://new.test/api?key=***' });
    expect(changesOf(await check(`${url}/locked`))).toEqual({
      'target.headers.authorization': `Bearer \${API_TOKEN}`,
    });
    const refused = await check(`${url}/ask`);
    expect(changesOf(refused)).toEqual({ 'target.body': { question: '{{question}}' } });
    expect(advice(refused)).toContain('It also asks for user');
  });

  it('is understood though it packs its replies unasked', async () => {
    const url = await serve((_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync(JSON.stringify({ answer: ANSWER, sources: [] }))),
    );
    const checked = await check(url);
    expect(understoodAs(checked, 'answer')).toBe(ANSWER);
    expect(checked.response!.text).toContain(ANSWER);
  });

  it('that is not there, or does not answer, is a failure with nothing else', async () => {
    const gone = await check('http://127.0.0.1:1/');
    expect(gone).toMatchObject({ connection: null, response: null, understood: [], changes: [] });
    expect(gone.failure).toMatchObject({ code: 'target.connect', hint: expect.stringContaining('running') });
    const silent = await serve(() => undefined);
    expect((await check(silent, {}, 100)).failure?.code).toBe('target.timeout');
    const cut = await serve((_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
        .write('{"answer"');
      setTimeout(() => response.destroy(), 20);
    });
    expect((await check(cut)).failure?.code).toBe('target.reset');
    const nowhere = await check('http://no-such-host.invalid/');
    expect(nowhere.failure?.code).toBe('target.dns');
  });

  it('shows its certificate, which has to be trusted', async () => {
    const pair = await generate([{ name: 'commonName', value: 'rag.test' }], { keySize: 2048 });
    const url = await serve(replying({ answer: ANSWER, sources: [] }), {
      key: pair.private,
      cert: pair.cert,
    });
    expect((await check(url)).failure?.code).toBe('target.tls');
    const trusted = await check(url, { tls: { verify: false } });
    expect(trusted.failure).toBeNull();
    expect(trusted.connection?.tls).toMatchObject({
      subject: 'rag.test',
      protocol: expect.stringMatching(/^TLS/),
    });
  });

  it('whose certificates cannot be read is wrongly described', async () => {
    const checked = await check('https://127.0.0.1:1/', { tls: { caFile: '/nowhere/ca.pem' } });
    expect(checked.failure).toMatchObject({ code: 'target.description' });
  });

  it('ends at once when it is interrupted', async () => {
    const url = await serve(() => undefined);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 30);
    const description = describeTarget(targetSchema.parse({ url }), { env: {} });
    const checking = { description, question: { text: 'Why?' }, clock: systemClock, timeoutMs: 60_000 };
    await expect(checkTarget({ ...checking, signal: controller.signal })).rejects.toThrow('enough');
  });
});

describe('an unknown target', () => {
  const explore = async (handler: Handler, { path = '/ask', ...section }: Record<string, unknown> = {}) => {
    const asked: string[] = [];
    const url = await serve((one, response) => {
      asked.push(one.body);
      handler(one, response);
    });
    const explored = await exploreTarget({
      section: targetSchema.parse({ url: `${url}${path}`, ...section }),
      env: {},
      question: { text: question.question, golden: question },
      golden,
      clock: systemClock,
      timeoutMs: 10_000,
    });
    return {
      ...explored,
      bodies: asked.map((body) => (body === '' ? undefined : (JSON.parse(body) as unknown))),
    };
  };
  const strict =
    (field: string, reply: unknown): Handler =>
    ({ body }, response) => {
      const content = JSON.parse(body) as Record<string, unknown>;
      if (typeof content[field] === 'string') json(response, 200, reply);
      else json(response, 400, { error: 'bad request' });
    };

  it("that speaks groundspeed's API is asked once", async () => {
    const {
      section,
      check: checked,
      bodies,
    } = await explore(replying({ answer: ANSWER, sources: [{ id: 'travel-vouchers' }] }));
    expect(section.preset).toBe('groundspeed');
    expect(checked.failure).toBeNull();
    expect(bodies).toEqual([{ query: question.question }]);
  });

  it('that says what it wants is asked so, and its reply is mapped', async () => {
    const reply = {
      result: {
        reply: ANSWER,
        hits: TEXTS.map((text, id) => ({ text, file: ['travel-vouchers', 'x'][id] })),
      },
    };
    const explored = await explore(({ body }, response) => {
      const { question: text } = (JSON.parse(body) as { in?: { question?: string } }).in ?? {};
      if (text === undefined)
        return json(response, 422, { detail: [{ loc: ['body', 'in', 'question'], msg: 'Field required' }] });
      json(response, 200, reply);
    });
    expect(explored.asked.map(({ status }) => status)).toEqual([422, 200]);
    expect(explored.section).toMatchObject({
      preset: undefined,
      body: { in: { question: '{{question}}' } },
      response: { answer: 'result.reply', passages: 'result.hits', passageId: 'file', passageText: 'text' },
    });
    expect(explored.check.failure).toBeNull();
    expect(explored.check.passages[0]).toMatchObject({ id: 'travel-vouchers', known: true });
    expect(explored.guessed.map(({ setting }) => setting)).toContain('target.response.answer');
  });

  it('that does not say is asked by the usual names, each once', async () => {
    const explored = await explore(strict('prompt', { answer: ANSWER }));
    expect(explored.section).toMatchObject({
      body: { prompt: '{{question}}' },
      response: { answer: 'answer' },
    });
    expect(new Set(explored.bodies.map((body) => JSON.stringify(body))).size).toBe(explored.bodies.length);
  });

  it('whose passages stand elsewhere is an API of its own, written down whole', async () => {
    const { section } = await explore(
      replying({ answer: ANSWER, docs: [{ id: 'travel-vouchers', text: TEXTS[0] }], confidence: 0.5 }),
    );
    expect(section).toMatchObject({
      preset: undefined,
      body: { query: '{{question}}' },
      response: {
        answer: 'answer',
        passages: 'docs',
        passageId: 'id',
        passageText: 'text',
        confidence: 'confidence',
      },
    });
  });

  it('that streams is understood as a stream', async () => {
    const { section, check: checked } = await explore((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const word of ANSWER.split(' '))
        response.write(`data: ${JSON.stringify({ token: `${word} ` })}\n\n`);
      response.write(`data: ${JSON.stringify({ sources: [{ id: 'travel-vouchers', text: TEXTS[0] }] })}\n\n`);
      response.end(`data: ${JSON.stringify({ took: 3 })}\n\n`);
    });
    expect(checked.failure).toBeNull();
    expect(section).toMatchObject({ stream: 'sse', events: { token: 'token', final: 'sources && @' } });
    expect(checked.passages).toHaveLength(1);
  });

  it('is taken for what the end of its URL says', async () => {
    const chat = {
      choices: [{ message: { content: ANSWER } }],
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    };
    const { section, bodies } = await explore(replying(chat), { path: '/v1/chat/completions', model: 'm-1' });
    expect(section.preset).toBe('openai-chat');
    expect(bodies).toEqual([{ model: 'm-1', messages: [{ role: 'user', content: question.question }] }]);
    const chain = await explore(replying({ output: ANSWER }), { path: '/chain/invoke' });
    expect(chain.section.preset).toBe('langserve');
  });

  it('that takes the question in its URL is asked there', async () => {
    const urls: string[] = [];
    const { section, bodies } = await explore(
      ({ url }, response) => {
        urls.push(url);
        json(response, 200, { text: ANSWER, sources: ['travel-vouchers'] });
      },
      { path: '/ask?q={{question}}' },
    );
    expect(urls).toEqual([`/ask?q=${encodeURIComponent(question.question)}`]);
    expect(bodies).toEqual([undefined]);
    expect(section).toMatchObject({
      method: 'GET',
      response: { answer: 'text', passages: 'sources', passageId: '@' },
    });
  });

  it('that is locked, gone or a page is not asked again', async () => {
    for (const status of [401, 403, 404, 429, 502]) {
      const { bodies, check: checked } = await explore((_, response) => json(response, status, {}));
      expect(bodies).toHaveLength(1);
      expect(checked.failure).not.toBeNull();
    }
    const page = await explore((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    );
    expect(page.bodies).toHaveLength(1);
  });

  it('is asked a handful of times at most, and only as it was described where it was', async () => {
    const refusing: Handler = (_, response) => json(response, 400, { error: 'no' });
    expect((await explore(refusing)).bodies.length).toBeLessThanOrEqual(8);
    const described = { body: { mine: '{{question}}' }, response: { answer: 'a' } };
    expect((await explore(refusing, described)).bodies).toEqual([{ mine: question.question }]);
  });
});
