import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { summarise } from '../analytics/summary.ts';
import type { AppParts } from '../parts.ts';
import { readBody } from '../validate.ts';
import { daysField, lastDays } from './day-range.ts';

/** `GET /api/metrics?days=7`: the figures of all processes of the service, as JSON. Without analytics there is no such route. */
export function addMetricsSummaryRoute(
  app: FastifyInstance,
  { analytics, clock, startedAt }: AppParts,
): void {
  if (analytics === undefined) return;
  const schema = z.strictObject({ days: daysField(analytics.retentionDays) });
  app.get('/api/metrics', async (request, reply) => {
    const now = clock.epoch();
    const range = lastDays(readBody(schema, request.query).days, now);
    reply.header('cache-control', 'no-store');
    await analytics.flush();
    return { ...summarise({ reads: analytics.reads, range, now, startedAt }), request_id: request.id };
  });
}
