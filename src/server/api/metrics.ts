import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import {
  type ExpositionFormat,
  formatFor,
  OPENMETRICS_TYPE,
  TEXT_TYPE,
} from '../../telemetry/openmetrics.ts';
import type { AppParts } from '../parts.ts';

const compressed = promisify(gzip);

/**
 * `GET /metrics`: all processes of the service as one, in Prometheus's text format, or in OpenMetrics, with exemplars, for those
 * that accept it. Where metrics are off there is no such route.
 */
export function addMetricsRoute(app: FastifyInstance, { exposition, metrics }: AppParts): void {
  if (!metrics.enabled) return;
  const pack = packedOnce();
  app.get('/metrics', { compress: false }, async (request, reply) => {
    const format = formatFor(request.headers.accept);
    const text = await exposition(format);
    reply
      .header('content-type', format === 'openmetrics' ? OPENMETRICS_TYPE : TEXT_TYPE)
      .header('cache-control', 'no-store')
      .header('vary', 'accept, accept-encoding');
    if (!acceptsGzip(request.headers['accept-encoding'])) return text;
    reply.header('content-encoding', 'gzip');
    return pack(format, text);
  });
}

/** Compresses a text that stands for a while once: that costs more than to read the metrics. */
function packedOnce(): (format: ExpositionFormat, text: string) => Promise<Buffer> {
  const last = new Map<ExpositionFormat, { readonly text: string; readonly packed: Promise<Buffer> }>();
  return (format, text) => {
    const known = last.get(format);
    if (known?.text === text) return known.packed;
    const packed = compressed(text);
    last.set(format, { text, packed });
    return packed;
  };
}

/** By an Accept-Encoding header (RFC 9110) that names it, with a weight above 0. */
function acceptsGzip(header: string | string[] | undefined): boolean {
  const [, q] = /(?:^|,)\s*gzip\s*(?:;\s*q=([\d.]+)\s*)?(?:,|$)/i.exec(String(header ?? '')) ?? [
    undefined,
    '0',
  ];
  return q === undefined || Number(q) > 0;
}
