import type { FastifyInstance } from 'fastify';
import {
  type ExpositionFormat,
  formatFor,
  OPENMETRICS_TYPE,
  TEXT_TYPE,
} from '../../telemetry/openmetrics.ts';
import type { AppParts } from '../parts.ts';

/**
 * `GET /metrics`: all processes of the service as one, in Prometheus's text format, or in OpenMetrics, with exemplars, for those
 * that accept it. Where metrics are off there is no such route.
 */
export function addMetricsRoute(app: FastifyInstance, { exposition, metrics }: AppParts): void {
  if (!metrics.enabled) return;
  const read = shared(exposition);
  app.get('/metrics', async (request, reply) => {
    const format = formatFor(request.headers.accept);
    reply
      .header('content-type', format === 'openmetrics' ? OPENMETRICS_TYPE : TEXT_TYPE)
      .header('cache-control', 'no-store')
      .header('vary', 'accept');
    return read(format);
  });
}

type Exposition = (format: ExpositionFormat) => Promise<string>;

/** Scrapes that come while one is being read get the same text: a thousand of them must not cost a thousand readings. */
function shared(exposition: Exposition): Exposition {
  const reading = new Map<ExpositionFormat, Promise<string>>();
  return (format) => {
    const known = reading.get(format);
    if (known !== undefined) return known;
    const text = exposition(format).finally(() => reading.delete(format));
    reading.set(format, text);
    return text;
  };
}
