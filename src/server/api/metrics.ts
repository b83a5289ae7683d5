import type { FastifyInstance } from 'fastify';
import { EXPOSITION_TYPE } from '../../telemetry/merge.ts';
import type { AppParts } from '../parts.ts';

/** `GET /metrics`: all processes of the service as one, in Prometheus's text format. */
export function addMetricsRoute(app: FastifyInstance, { exposition }: AppParts): void {
  app.get('/metrics', async (_request, reply) => {
    reply.header('content-type', EXPOSITION_TYPE).header('cache-control', 'no-store');
    return exposition();
  });
}
