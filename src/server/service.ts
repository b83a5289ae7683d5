import type { AddressInfo } from 'node:net';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { memoryLimit } from '../system/machine.ts';
import { watchEngineFigures } from '../telemetry/engine-figures.ts';
import { countEngineEvents } from '../telemetry/engine-metrics.ts';
import { logEngineEvents } from '../telemetry/logging/engine-log.ts';
import type { Log } from '../telemetry/logging/logger.ts';
import { modelsInUse } from '../telemetry/model-metrics.ts';
import { countDroppedSpans } from '../telemetry/tracing/count-dropped.ts';
import { sampledTraceId } from '../telemetry/tracing/trace-ids.ts';
import { createApp } from './app.ts';
import { refuseUnsafe } from './authorise.ts';
import type { HealthReport } from './health/component.ts';
import { showIndexTimes } from './index-times.ts';
import type { AppSetting } from './parts.ts';
import { tracedEngine } from './traced-engine.ts';

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

/** One that this process serves by itself. */
export interface OwnService extends RunningService {
  /** Of this process. */
  health(): Promise<HealthReport>;
}

/** Serves the engine in this process. Whoever opened the engine closes it, once the service has stopped. */
export async function startService(setting: AppSetting): Promise<OwnService> {
  const { metrics, options, tracing } = setting;
  const { host, port } = options.server;
  refuseUnsafe(options.server);
  const { engine, stop: untrace } = tracedEngine(setting.engine, tracing);
  const app = await createApp({ ...setting, engine });
  metrics.memoryLimit.set(memoryLimit());
  metrics.workers.set(1);
  const unwatch = [
    untrace,
    ...(tracing ? [countDroppedSpans(metrics, () => tracing.figures())] : []),
    watchEngine(setting),
    watchLog(setting, app.http.log),
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
    for (const stop of unwatch) stop();
    throw listenError(error, host, port);
  }
  const { port: taken } = app.http.server.address() as AddressInfo;
  const end = async (): Promise<void> => {
    if (!(await app.drain())) {
      app.http.log.warn(
        { event: 'service.drained_late' },
        'not all requests in flight ended in time (server.drainMs)',
      );
    }
    await app.http.close();
    for (const stop of unwatch) stop();
  };
  let stopping: Promise<void> | undefined;
  return {
    url: urlOf(host, taken),
    port: taken,
    health: app.health,
    stop() {
      stopping ??= end();
      return stopping;
    },
  };
}

/** Nobody listens for a log that is off. */
function watchLog({ engine, clock, log: { level } }: AppSetting, log: Log): () => void {
  if (level === 'silent' || level === 'fatal' || level === 'error') return () => undefined;
  return logEngineEvents({ events: engine.events, log, now: () => clock.now() });
}

/** Counts what the engine tells. What comes back stops that. */
function watchEngine({ engine, metrics, clock, options }: AppSetting): () => void {
  if (!metrics.enabled) return () => undefined;
  showIndexTimes(engine, metrics);
  return countEngineEvents({
    events: engine.events,
    metrics,
    clock,
    models: modelsInUse(engine.info()),
    ...(options.server.workers === 1 && { traceIdOf: sampledTraceId }),
  });
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

/** `flag` is what chose the port. */
export function listenError(error: unknown, host: string, port: number, flag = 'server.port'): unknown {
  const { code } = (error ?? {}) as { code?: unknown };
  const why = typeof code === 'string' ? WHY[code] : undefined;
  if (error instanceof GroundspeedError) return error;
  return new GroundspeedError(
    'server.port',
    `The service cannot listen on ${host}:${port}: ${why ?? messageOf(error)}`,
    {
      where: flag,
      hint: `Choose another with ${flag === 'server.port' ? '--port (0 takes any free one) or --host' : flag}, or end what listens there.`,
      cause: error,
    },
  );
}
