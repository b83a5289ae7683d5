import type { Socket } from 'node:net';
import { buildConnector, Client, type Dispatcher } from 'undici';
import { authoritiesIn } from './authorities.ts';
import { networkFailure } from './network-failures.ts';
import type { TargetDescription } from './target-description.ts';

type Connector = buildConnector.connector;

/**
 * Makes connections as the description wants them: certificates verified, IPv4 and IPv6 tried side by side where a name
 * has both. Patience is with a single connection.
 *
 * @throws GroundspeedError target.description where target.tls.caFile cannot be read
 */
function connectorFor({ tls }: TargetDescription, timeoutMs: number): Connector {
  const ca = authoritiesIn(tls.caFile);
  return buildConnector({ timeout: Math.ceil(timeoutMs), rejectUnauthorized: tls.verify, ...(ca && { ca }) });
}

/** One connection, made when it is first used, and again when it was lost. */
export class Connection {
  readonly #client: Client;
  #connecting: Socket | undefined;

  constructor(origin: string, connector: Connector) {
    this.#client = new Client(origin, {
      pipelining: 1,
      // The dispatcher of the load has the patience with a request.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => {
        const connected: buildConnector.Callback = (...result) => {
          this.#connecting = undefined;
          callback(...result);
        };
        // undici's connector returns the socket that it waits for; its types do not say so.
        this.#connecting = connector(options, connected) as unknown as Socket | undefined;
      },
    });
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(options, handler);
  }

  /** Gives up whatever is under way: requests on it fail. */
  destroy(): Promise<void> {
    this.#connecting?.destroy();
    this.#connecting = undefined;
    return this.#client.destroy();
  }
}

/**
 * The connections to one target, each with one request at a time. A request takes the one that was free last, else a
 * new one: how many there are at most is what is in flight at most, and nothing ever queues out of sight. (A pool of
 * fixed size does that: one connection that cannot be made keeps its place, and requests wait behind it unseen; and it
 * looks through all of its connections for a free one, thousands when the target stands still.)
 */
export class Connections {
  readonly #origin: string;
  readonly #connector: Connector;
  readonly #kept: number;
  readonly #all = new Set<Connection>();
  readonly #free: Connection[] = [];
  #closed = false;

  /** `kept`: connections that stay open, at most, once their requests are over. */
  constructor(description: TargetDescription, { kept, timeoutMs }: { kept: number; timeoutMs: number }) {
    this.#origin = new URL(description.url).origin;
    this.#connector = connectorFor(description, timeoutMs);
    this.#kept = kept;
  }

  get size(): number {
    return this.#all.size;
  }

  take(): Connection {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const made = new Connection(this.#origin, this.#connector);
    // Whoever asks of a target that is closed shall be told so, on a connection that never will be.
    if (this.#closed) void made.destroy();
    else this.#all.add(made);
    return made;
  }

  giveBack(connection: Connection): void {
    if (this.#all.size > this.#kept) this.drop(connection);
    else if (this.#all.has(connection)) this.#free.push(connection);
  }

  /** Of a connection on which something went wrong nobody knows in what state it is. */
  drop(connection: Connection): void {
    if (this.#all.delete(connection)) void connection.destroy();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#all];
    this.#all.clear();
    this.#free.length = 0;
    await Promise.all(all.map((connection) => connection.destroy()));
  }
}

/**
 * Makes one connection, TLS included, and closes it again: whether there is anybody at all is known before any load.
 *
 * @throws GroundspeedError target.dns, target.connect or target.tls; the signal's reason where it was aborted
 */
export function checkReachable(
  description: TargetDescription,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<void> {
  const { hostname, host, protocol, port } = new URL(description.url);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const connector = connectorFor(description, timeoutMs);
    const stop = (): void => {
      socket?.destroy();
      reject(signal!.reason);
    };
    const options = { hostname: hostname.replace(/^\[(.*)\]$/, '$1'), host, protocol, port };
    const socket = connector(options, (error, connected) => {
      signal?.removeEventListener('abort', stop);
      connected?.on('error', () => undefined).destroy();
      if (error === null) resolve();
      else reject(networkFailure(error, description));
    }) as unknown as Socket | undefined;
    signal?.addEventListener('abort', stop, { once: true });
  });
}
