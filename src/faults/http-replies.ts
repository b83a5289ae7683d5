import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { STATUSES } from './failures.ts';
import { forwardedHeaders } from './http-headers.ts';
import { changeOf, type Failure, type FaultInjector, type Plan } from './injector.ts';
import { hang, pause } from './waits.ts';

interface Replying {
  readonly response: ServerResponse;
  readonly injector: FaultInjector;
  /** Aborts once the caller has left. */
  readonly signal: AbortSignal;
}

/** Waits, and answers in the upstream's place where a fault says so. Whether that was all. */
export async function failAsked(
  plan: Plan,
  { request, response, injector, signal }: Replying & { readonly request: IncomingMessage },
): Promise<boolean> {
  await pause(injector, plan.delayMs, signal);
  const isEmpty = changeOf(plan, 'empty') !== undefined;
  if (plan.failure === undefined && !isEmpty) return false;
  // A body that nobody reads would hold the connection up.
  request.resume();
  if (plan.failure === undefined) response.writeHead(200, { 'content-type': 'application/json' }).end();
  else await fail(plan.failure, { response, injector, signal });
  return true;
}

async function fail(failure: Failure, { response, injector, signal }: Replying): Promise<void> {
  if (failure.kind === 'timeout') await hang(injector, signal);
  else if (failure.kind === '429') sendError(response, 429, retryAfter(failure.retryAfterMs));
  else if (failure.kind === 'error' && failure.error === 'reset') response.socket?.resetAndDestroy();
  else sendError(response, statusOf(failure), {});
}

function statusOf(failure: Failure): number {
  if (failure.kind !== 'error') return 500;
  if (failure.status !== null) return failure.status;
  return failure.error === 'http4xx' || failure.error === 'http5xx' ? STATUSES[failure.error] : 500;
}

/** The header has whole seconds only (RFC 9110, section 10.2.3): never less than was asked for. */
function retryAfter(ms: number | null): OutgoingHttpHeaders {
  return ms === null ? {} : { 'retry-after': String(Math.ceil(ms / 1000)) };
}

/** In the form in which OpenAI's services tell of errors, which every other client takes for a body like any. */
function sendError(response: ServerResponse, status: number, headers: OutgoingHttpHeaders): void {
  const type =
    status === 429 ? 'rate_limit_exceeded' : status < 500 ? 'invalid_request_error' : 'server_error';
  const message = `failed with status ${status} (an injected fault)`;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message, type, code: null } }));
}

/** Passes an answer on, changed as the faults say. */
export async function sendAnswer(
  answer: IncomingMessage,
  plan: Plan | undefined,
  replying: Replying,
): Promise<void> {
  const { response } = replying;
  const headers: OutgoingHttpHeaders = forwardedHeaders(answer);
  const isStream = /^text\/event-stream\b/i.test(answer.headers['content-type'] ?? '');
  const malformed = plan && changeOf(plan, 'malformed');
  const truncated = plan && changeOf(plan, 'truncate');
  // The length that the upstream promised no longer holds; where a reset breaks it off, it shows that.
  if (malformed || truncated) delete headers['content-length'];
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers);
  if (isStream) response.flushHeaders();
  let pieces: AsyncIterable<Buffer> = answer;
  if (malformed) pieces = after(isStream ? NO_EVENT : NO_JSON, pieces);
  if (truncated) pieces = cutShort(pieces, truncated.keep);
  const drip = plan && changeOf(plan, 'drip');
  if (drip) pieces = dripping(pieces, drip.perSecond, replying);
  try {
    if (plan && changeOf(plan, 'reset')) await breakOff(pieces, replying);
    else await send(pieces, replying);
  } finally {
    // Where the caller left, the upstream is not kept talking.
    answer.destroy();
  }
}

/** An event whose data are no JSON; and what no JSON begins with. */
const NO_EVENT = Buffer.from('data: {{malformed\n\n');
const NO_JSON = Buffer.from('{{malformed');

async function* after(first: Buffer, pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield first;
  yield* pieces;
}

/** The first so much of the whole, which must be known for that: nothing is sent before. */
async function* cutShort(pieces: AsyncIterable<Buffer>, keep: number): AsyncIterable<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  const whole = Buffer.concat(all);
  yield whole.subarray(0, Math.floor(whole.length * keep));
}

/** Pieces of a tenth of a second each, or of one byte. */
const PIECES_PER_SECOND = 10;

/** Due times count from the first byte, so that the coarseness of timers does not add up. */
async function* dripping(
  pieces: AsyncIterable<Buffer>,
  perSecond: number,
  { injector, signal }: Replying,
): AsyncIterable<Buffer> {
  const { clock } = injector;
  const size = Math.max(1, Math.round(perSecond / PIECES_PER_SECOND));
  const start = clock.now();
  let sent = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += size) {
      const part = piece.subarray(at, at + size);
      sent += part.length;
      await pause(injector, start + (sent * 1000) / perSecond - clock.now(), signal);
      yield part;
    }
  }
}

async function send(pieces: AsyncIterable<Buffer>, { response, signal }: Replying): Promise<void> {
  for await (const piece of pieces) {
    if (!response.write(piece)) await once(response, 'drain', { signal });
  }
  response.end();
}

/** A reset makes the caller's system forget what it has not handed on yet: so long it gets for that, in milliseconds. */
const ARRIVES_WITHIN = 20;

/** Half of what comes first, and then the connection is torn down (RST), which no caller can take for an end. */
async function breakOff(
  pieces: AsyncIterable<Buffer>,
  { response, injector, signal }: Replying,
): Promise<void> {
  for await (const piece of pieces) {
    await new Promise<void>((resolve) =>
      response.write(piece.subarray(0, Math.ceil(piece.length / 2)), () => resolve()),
    );
    break;
  }
  await pause(injector, ARRIVES_WITHIN, signal);
  response.socket?.resetAndDestroy();
}
