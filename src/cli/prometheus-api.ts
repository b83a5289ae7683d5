import { GroundspeedError, messageOf } from '../kernel/errors.ts';

const TIMEOUT_MS = 30_000;
/** The environment variable with the token that Prometheus, or what stands before it, asks for. */
export const TOKEN_VARIABLE = 'GROUNDSPEED_PROMETHEUS_TOKEN';

export interface PrometheusAddress {
  /** May bear a login: http://user:password@host. */
  readonly url: string;
  /** Sent as a bearer token; a login in the URL goes before it. */
  readonly token?: string | undefined;
}

export interface PrometheusApi {
  /** Its URL, without a login. */
  readonly url: string;
  /** What an instant query gives, as Prometheus answers it. */
  query(expression: string): Promise<unknown>;
  /** What a path below /api/v1 gives. */
  get(path: string): Promise<unknown>;
  /** What Prometheus counts of itself; undefined where that is not shown. */
  ownMetrics(): Promise<string | undefined>;
}

/** The HTTP API of a Prometheus. Each call throws `target.unavailable` where nobody answers, `target.http4xx` where it lets nobody in. */
export function prometheusAt({ url: text, token }: PrometheusAddress): PrometheusApi {
  const url = addressOf(text);
  const authorization = loginOf(url) ?? (token ? `Bearer ${token.trim()}` : undefined);
  url.username = '';
  url.password = '';
  const base = url.href.endsWith('/') ? url.href : `${url.href}/`;
  const headers = authorization === undefined ? {} : { authorization };
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const request = { redirect: 'error', signal, ...init, headers: { ...headers, ...init.headers } } as const;
    const response = await fetch(new URL(path, base), request).catch((cause: unknown) => {
      throw unavailable(url.href, cause);
    });
    if (response.status === 401 || response.status === 403) throw refused(url.href, response.status);
    return response;
  };
  const json = async (response: Response): Promise<unknown> => {
    const status = `${response.status} ${response.statusText}`;
    const body = await response.text().catch((cause: unknown) => {
      throw unavailable(url.href, cause);
    });
    return readAnswer(body, status);
  };
  return {
    url: url.href,
    query: async (query) =>
      json(await send('api/v1/query', { method: 'POST', body: new URLSearchParams({ query }) })),
    get: async (path) => json(await send(`api/v1/${path}`)),
    async ownMetrics() {
      const response = await send('metrics').catch(() => undefined);
      return response?.ok ? response.text() : undefined;
    },
  };
}

function addressOf(text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new GroundspeedError('usage.argument', 'That is no URL of a Prometheus', {
    where: '--prometheus',
    hint: 'Such as http://127.0.0.1:9090.',
  });
}

function loginOf({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

function readAnswer(body: string, status: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return { status: 'error', error: `no JSON, but ${status}` };
  }
}

function unavailable(url: string, cause: unknown): GroundspeedError {
  return new GroundspeedError(
    'target.unavailable',
    `Prometheus at ${url} does not answer: ${reasonOf(cause)}`,
    {
      where: '--prometheus',
      hint: 'Name the URL at which its own page opens, such as http://127.0.0.1:9090.',
      cause,
    },
  );
}

function refused(url: string, status: number): GroundspeedError {
  return new GroundspeedError('target.http4xx', `Prometheus at ${url} lets nobody in: ${status}`, {
    where: '--prometheus',
    hint: `Set ${TOKEN_VARIABLE} to a token that it takes, or write the login into the URL: https://user:password@host.`,
  });
}

/** fetch says only that it failed; why is in its cause. */
function reasonOf(thrown: unknown): string {
  const { cause } = thrown as { cause?: unknown };
  return messageOf(cause ?? thrown);
}
