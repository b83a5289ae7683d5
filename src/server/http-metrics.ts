import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../kernel/clock.ts';
import { HTTP_METHODS } from '../telemetry/catalogue.ts';
import type { Metrics } from '../telemetry/registry.ts';
import { whenOver } from './gone.ts';

/** As nginx counts a caller that went away before it was answered. */
const LEFT = 499;

/** Counts every request once its response is out, or its caller gone. Each is counted by its route, never by its path. */
export function countRequests(app: FastifyInstance, metrics: Metrics, clock: Clock): void {
  if (!metrics.enabled) return;
  let inFlight = 0;
  app.addHook('onRequest', async (request, reply) => {
    const start = clock.now();
    inFlight += 1;
    whenOver(reply.raw, (how) => {
      inFlight -= 1;
      const status = how === 'sent' ? reply.statusCode : LEFT;
      count(metrics, request, { status, seconds: (clock.now() - start) / 1000 });
    });
  });
  const stop = metrics.beforeReading(() => metrics.requestsInFlight.set(inFlight));
  app.addHook('onClose', async () => stop());
}

function count(
  metrics: Metrics,
  request: FastifyRequest,
  { status, seconds }: { status: number; seconds: number },
): void {
  const { method: word } = request;
  const method = HTTP_METHODS.find((known) => known === word) ?? 'other';
  const endpoint = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
  metrics.requests.inc({ method, endpoint, status: String(status) });
  metrics.requestDuration.observe({ method, endpoint }, seconds);
}
