import type { Redis, RedisOptions } from 'ioredis';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { CLEAR, FORGET_ONE, GET, SET } from './redis-scripts.ts';

/** Milliseconds for one command, and for a connection to come up: what a question waits for Redis, at most. */
const COMMAND_MS = 250;
const CONNECT_MS = 500;
/** Between two attempts to connect again, at most. */
const LONGEST_PAUSE_MS = 1000;

const SCRIPTS = { get: GET, set: SET, forget: FORGET_ONE, clear: CLEAR } as const;
export type ScriptName = keyof typeof SCRIPTS;

type Scripted = Record<
  `groundspeed_${ScriptName}Buffer`,
  (prefix: string, ...parts: readonly (string | number | Buffer)[]) => Promise<unknown[]>
>;

export interface RedisConnection {
  /** Runs a script on the layer `prefix`. Rejects with `cache.failed`, at once where Redis is known to be away. */
  run(script: ScriptName, prefix: string, parts?: readonly (string | number | Buffer)[]): Promise<unknown[]>;
  close(): Promise<void>;
}

/**
 * One connection for every layer, made with the first command. ioredis connects again by itself; no command waits for that: there is
 * no queue, and what gets no reply in time fails. Throws `config.invalid` for what is no URL of Redis.
 */
export function connectRedis(url: string): RedisConnection {
  const place = placeOf(url);
  let client: Promise<Redis> | undefined;
  let closed = false;

  const failed = (thrown: unknown): GroundspeedError =>
    // No cause: ioredis hangs the command on its errors, and AUTH's bears the password.
    new GroundspeedError('cache.failed', `The shared cache fails: ${place.hide(messageOf(thrown))}`, {
      where: `redis at ${place.name}`,
      hint: 'See whether Redis runs there. Until it is back, each process caches in its own memory.',
    });

  async function open(): Promise<Redis> {
    const { Redis } = await import('ioredis');
    const redis = new Redis({ ...place.options, ...CONNECTION });
    redis.on('error', () => undefined); // each command tells of it
    for (const [name, lua] of Object.entries(SCRIPTS)) {
      redis.defineCommand(`groundspeed_${name}`, { lua, numberOfKeys: 1 });
    }
    await redis.connect().catch(() => undefined); // it goes on trying by itself
    return redis;
  }

  return {
    async run(script, prefix, parts = []) {
      if (closed) throw failed(new Error('the connection has been closed'));
      try {
        client ??= open();
        const redis = (await client) as Redis & Scripted;
        if (redis.status !== 'ready') throw new Error('there is no connection');
        return await redis[`groundspeed_${script}Buffer`](prefix, ...parts);
      } catch (error) {
        throw failed(error);
      }
    },
    async close() {
      closed = true;
      (await client)?.disconnect();
    },
  };
}

const CONNECTION: Settings = {
  protocol: 2,
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  commandTimeout: COMMAND_MS,
  connectTimeout: CONNECT_MS,
  retryStrategy: (times) => Math.min(LONGEST_PAUSE_MS, 25 * 2 ** Math.min(times, 10)),
  // A primary that has become a replica: the name now leads to another.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
};

/** `replyMapping` goes with the third protocol, which is not spoken here. */
type Settings = Omit<RedisOptions, 'replyMapping'>;

interface Place {
  readonly name: string;
  readonly options: Settings;
  /** The text without the password. */
  hide(text: string): string;
}

function placeOf(url: string): Place {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  switch (parsed?.protocol) {
    case 'unix:':
      return { name: parsed.pathname, options: { path: parsed.pathname }, hide: (text) => text };
    case 'redis:':
    case 'rediss:':
      return remote(parsed);
    default:
      throw invalid('must be redis://, rediss:// or unix:///path/to/socket');
  }
}

function remote(url: URL): Place {
  const { hostname, port, pathname, protocol } = url;
  const db = Number(pathname.slice(1));
  if (!Number.isSafeInteger(db) || db < 0) throw invalid('must end in the number of a database, or in none');
  const [username, password] = [url.username, url.password].map(decoded) as [string, string];
  const host = (hostname || '127.0.0.1').replace(/^\[(.*)\]$/, '$1');
  const where = { host, port: port === '' ? 6379 : Number(port) };
  return {
    name: `${where.host}:${where.port}`,
    options: {
      ...where,
      db,
      ...(username && { username }),
      ...(password && { password }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
    hide: (text) =>
      [password, url.password].filter(Boolean).reduce((shown, word) => shown.replaceAll(word, '***'), text),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function invalid(problem: string): GroundspeedError {
  return new GroundspeedError('config.invalid', `caching.redisUrl (REDIS_URL) ${problem}`, {
    where: 'caching.redisUrl',
    hint: 'Write redis://host:6379, or rediss:// for TLS.',
  });
}
