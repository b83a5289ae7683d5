import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { usage } from '../analytics/usage.ts';
import type { AppParts } from '../parts.ts';
import { readBody } from '../validate.ts';
import { daysField, lastDays, limitField } from './day-range.ts';

/** `GET /api/analytics?days=7&limit=50`: who asks, what, and which documents are found. Without analytics there is no such route. */
export function addAnalyticsRoute(app: FastifyInstance, { analytics, engine, clock }: AppParts): void {
  if (analytics === undefined) return;
  const schema = z.strictObject({ days: daysField(analytics.retentionDays), limit: limitField() });
  app.get('/api/analytics', async (request, reply) => {
    const { days, limit } = readBody(schema, request.query);
    const range = lastDays(days, clock.epoch());
    reply.header('cache-control', 'no-store');
    await analytics.flush();
    const documentIds = (): readonly string[] => engine.store.documentIds();
    return { ...usage({ reads: analytics.reads, range, limit, documentIds }), request_id: request.id };
  });
}
