import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { buildConnector, Client } from 'undici';
import type { Clock } from '../kernel/clock.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { milliseconds } from '../kernel/units.ts';
import { authoritiesIn } from '../load/targets/http/authorities.ts';
import { networkFailure } from '../load/targets/http/network-failures.ts';
import { withoutCredentials } from '../load/targets/http/secrets.ts';
import type { TargetDescription } from '../load/targets/http/target-description.ts';

/** One request as it goes over the wire. */
export interface ProbeRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface ProbeOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** More of a body is not read. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** By default certificates must be trusted. */
  readonly tls?: TargetDescription['tls'];
  /** Shown each piece of the body until it says that the first token has come. */
  readonly isFirstToken?: ((piece: Uint8Array) => boolean) | undefined;
}

/** The certificate that the target showed, and what was agreed on. */
export interface TlsFacts {
  readonly protocol: string | null;
  readonly subject: string | undefined;
  readonly issuer: string | undefined;
  /** As the certificate says it, "Jan  1 00:00:00 2027 GMT". */
  readonly validTo: string | undefined;
}

export interface ConnectionFacts {
  readonly address: string | undefined;
  readonly port: number | undefined;
  /** Name resolution, TCP and TLS together, in milliseconds. */
  readonly connectMs: number;
  /** Undefined over plain HTTP. */
  readonly tls: TlsFacts | undefined;
}

export interface Probed {
  readonly status: number;
  /** Names in small letters; several of one name are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The body was larger than `maxBytes`, and the rest was not read. */
  readonly cut: boolean;
  readonly connection: ConnectionFacts;
  /** Milliseconds from sending to the response's head. */
  readonly headMs: number;
  /** Milliseconds from sending to the first byte of the body; undefined where there was none. */
  readonly firstByteMs: number | undefined;
  /** Milliseconds from sending to the first token; undefined where none came, or nobody looked for it. */
  readonly firstTokenMs: number | undefined;
  readonly totalMs: number;
  /** How many pieces the body came in: one, as a rule, unless it is streamed. */
  readonly pieces: number;
}

/**
 * Sends one request on a connection of its own and keeps all that can be told of it. Redirects are not followed. Every
 * status is an answer.
 *
 * @throws GroundspeedError target.dns, target.connect, target.tls, target.timeout, target.reset or target.failed; target.description
 *   where the file of certificates cannot be read
 */
export async function probe(request: ProbeRequest, options: ProbeOptions): Promise<Probed> {
  const { clock, timeoutMs, signal } = options;
  const url = new URL(request.url);
  const patience = new AbortController();
  const connection = watchConnection(clock, options.tls);
  const client = new Client(url.origin, { connect: connection.connect, headersTimeout: 0, bodyTimeout: 0 });
  const stop = (): void => patience.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const done = new AbortController();
  const tooLate = new GroundspeedError(
    'target.timeout',
    `${url.origin} did not answer within ${timeoutMs} ms`,
  );
  clock.sleep(milliseconds(timeoutMs), done.signal).then(
    () => patience.abort(tooLate),
    () => undefined,
  );
  try {
    signal?.throwIfAborted();
    return await exchange(client, request, { ...options, signal: patience.signal, connection });
  } catch (thrown) {
    if (patience.signal.aborted) throw patience.signal.reason;
    throw networkFailure(thrown, { name: withoutCredentials(request.url) });
  } finally {
    done.abort();
    signal?.removeEventListener('abort', stop);
    await client.destroy().catch(() => undefined);
  }
}

interface Exchanging extends ProbeOptions {
  readonly signal: AbortSignal;
  readonly connection: ReturnType<typeof watchConnection>;
}

async function exchange(
  client: Client,
  { url, method, headers, body }: ProbeRequest,
  { clock, maxBytes, signal, connection, isFirstToken }: Exchanging,
): Promise<Probed> {
  const { pathname, search } = new URL(url);
  const began = clock.now();
  const response = await client.request({
    path: `${pathname}${search}`,
    method: method as 'POST',
    headers,
    body: body ?? null,
    signal,
  });
  const { connectMs } = connection.facts();
  // A connection of its own is made first: what that took is told apart from what the target took.
  const since = (): number => Math.max(0, clock.now() - began - connectMs);
  const headMs = since();
  let firstByteMs: number | undefined;
  let firstTokenMs: number | undefined;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body as AsyncIterable<Uint8Array>) {
    firstByteMs ??= since();
    if (firstTokenMs === undefined && isFirstToken?.(piece)) firstTokenMs = since();
    pieces.push(piece);
    size += piece.length;
    if (size > maxBytes) break;
  }
  return {
    status: response.statusCode,
    headers: plainHeaders(response.headers),
    body: Buffer.concat(pieces).subarray(0, maxBytes),
    cut: size > maxBytes,
    connection: connection.facts(),
    headMs,
    firstByteMs,
    firstTokenMs,
    totalMs: since(),
    pieces: pieces.length,
  };
}

/** A connector that remembers what it connected to, and how long that took. */
function watchConnection(
  clock: Clock,
  tls: ProbeOptions['tls'] = { verify: true },
): { connect: buildConnector.connector; facts: () => ConnectionFacts } {
  const ca = authoritiesIn(tls.caFile);
  const connector = buildConnector({ timeout: 0, rejectUnauthorized: tls.verify, ...(ca && { ca }) });
  let facts: ConnectionFacts = { address: undefined, port: undefined, connectMs: 0, tls: undefined };
  return {
    connect(options, callback) {
      const began = clock.now();
      connector(options, (...[error, socket]) => {
        if (error !== null || socket === null) {
          callback(error ?? new Error('no connection was made'), null);
          return;
        }
        facts = { ...addressOf(socket), connectMs: clock.now() - began, tls: tlsOf(socket) };
        callback(null, socket);
      });
    },
    facts: () => facts,
  };
}

const addressOf = ({ remoteAddress, remotePort }: Socket) => ({ address: remoteAddress, port: remotePort });

function tlsOf(socket: Socket): TlsFacts | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const { subject, issuer, valid_to } = socket.getPeerCertificate() ?? {};
  const nameOf = (who: Record<string, unknown> | undefined): string | undefined => {
    const name = who?.CN ?? who?.O;
    return name === undefined ? undefined : String(name);
  };
  return {
    protocol: socket.getProtocol(),
    subject: nameOf(subject as unknown as Record<string, unknown>),
    issuer: nameOf(issuer as unknown as Record<string, unknown>),
    validTo: valid_to,
  };
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
