import type { AddressInfo } from 'node:net';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { memoryLimit } from '../system/machine.ts';
import { countEngineEvents, watchEngineFigures } from '../telemetry/engine-metrics.ts';
import { createApp } from './app.ts';
import { refuseUnsafe } from './authorise.ts';
import type { AppSetting } from './parts.ts';

/** A service that listens. */
export interface RunningService {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /**
   * Takes no new work, waits for what is in flight, up to `server.drainMs`, and ends. It answers health checks with 503
   * meanwhile. Calling it again waits for the same.
   */
  stop(): Promise<void>;
}

/** Serves the engine in this process. Whoever opened the engine closes it, once the service has stopped. */
export async function startService(setting: AppSetting): Promise<RunningService> {
  const { engine, metrics, clock, options } = setting;
  const { host, port } = options.server;
  refuseUnsafe(options.server);
  const app = await createApp(setting);
  metrics.memoryLimit.set(memoryLimit());
  metrics.workers.set(1);
  const unwatch = [
    countEngineEvents({ events: engine.events, metrics, clock }),
    watchEngineFigures(metrics, () => ({
      documents: engine.store.documentCount,
      chunks: engine.store.chunkCount,
      version: engine.store.version,
      caches: engine.cacheStatistics(),
    })),
  ];
  try {
    await app.http.listen({ host, port });
  } catch (error) {
    await app.http.close();
    throw listenError(error, host, port);
  }
  const { port: taken } = app.http.server.address() as AddressInfo;
  const end = async (): Promise<void> => {
    if (!(await app.drain())) app.http.log.warn('not all requests in flight ended in time (server.drainMs)');
    await app.http.close();
    for (const stop of unwatch) stop();
  };
  let stopping: Promise<void> | undefined;
  return {
    url: urlOf(host, taken),
    port: taken,
    stop() {
      stopping ??= end();
      return stopping;
    },
  };
}

/** A URL that reaches what listens on the host from this machine. */
export function urlOf(host: string, port: number): string {
  const any = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${any.includes(':') ? `[${any}]` : any}:${port}`;
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: "this user may not listen there (ports below 1024 are the system's)",
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name is not known',
};

export function listenError(error: unknown, host: string, port: number): unknown {
  const { code } = (error ?? {}) as { code?: unknown };
  const why = typeof code === 'string' ? WHY[code] : undefined;
  if (error instanceof GroundspeedError) return error;
  return new GroundspeedError(
    'server.port',
    `The service cannot listen on ${host}:${port}: ${why ?? messageOf(error)}`,
    {
      where: 'server.port',
      hint: 'Choose another with --port (0 takes any free one) or --host, or end what listens there.',
      cause: error,
    },
  );
}
