import { GroundspeedError } from '../../kernel/errors.ts';
import { memoryLimit } from '../../system/machine.ts';
import { watchProcess } from '../../telemetry/process-metrics.ts';
import { createMetrics, metricsSettingOf } from '../../telemetry/registry.ts';
import { keptEvaluations } from '../analytics/evaluations.ts';
import { refuseUnsafe } from '../authorise.ts';
import { type RunningService, urlOf } from '../service.ts';
import { type ClusterSetting, ServiceCluster } from './primary.ts';
import { createSpawner } from './processes.ts';
import type { ServiceOrder } from './protocol.ts';
import { reservePort } from './reserve-port.ts';

export interface StartSetting extends Pick<ClusterSetting, 'order' | 'clock' | 'log'> {
  /** The built file that each process runs; it calls `runMember`. */
  readonly program: string;
  readonly nodeVersion: string;
}

/** Serves an index with `server.workers` processes, and one more that takes documents in. Nobody else may have the index open. */
export async function startCluster(setting: StartSetting): Promise<RunningService> {
  const { order, clock, log, program, nodeVersion } = setting;
  const { host } = order.server;
  refuseUnsafe(order.server);
  refuseIdleWorkers(order);
  const port = await reservePort(host, order.server.port);
  const counting = metricsSettingOf(order.metrics);
  const metrics = createMetrics({ version: order.version, nodeVersion, ...counting });
  metrics.memoryLimit.set(memoryLimit());
  const service = new ServiceCluster({
    order: { ...order, server: { ...order.server, port } },
    spawn: createSpawner(program),
    clock,
    metrics,
    processSnapshot: metrics.enabled ? watchProcess({ folder: order.engine.folder }) : async () => [],
    log,
    evaluations: await keptEvaluations(order.observing, order.engine.folder),
  });
  await service.start();
  return { url: urlOf(host, port), port, stop: () => service.stop() };
}

/** Each worker needs a part of the limit that holds for all of them. */
function refuseIdleWorkers({ engine, server: { workers } }: ServiceOrder): void {
  const { maxConcurrentQueries } = engine.options.limits;
  if (workers <= maxConcurrentQueries) return;
  throw new GroundspeedError(
    'config.invalid',
    `server.workers is ${workers}, but only ${maxConcurrentQueries} questions may be answered at once`,
    {
      where: 'server.workers',
      hint: 'Raise limits.maxConcurrentQueries (MAX_CONCURRENT_QUERIES), or take fewer workers.',
    },
  );
}
