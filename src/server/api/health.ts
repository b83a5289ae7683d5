import type { FastifyInstance, FastifyReply } from 'fastify';
import { CATALOGUE, GroundspeedError } from '../../kernel/errors.ts';
import type { HealthReport } from '../health/component.ts';
import type { StandingCheck } from '../health/standing-check.ts';
import { inTime } from '../in-time.ts';
import type { AppParts } from '../parts.ts';

/** Milliseconds that the others may take to tell how they are. */
const ALL_MS = 3000;

/**
 * `GET /health` (also `/api/health`): the state of the service and of each of its components, 503 where it should not be asked.
 * `/health/ready`: the same in short, for whoever sends it questions. `/health/live`: 200 as long as the process answers, for whoever
 * would start it anew. `/health/db`, `/health/vector`, `/health/ai`: each tries the part it is named after, 503 with the reason where it
 * fails. Open to everybody: no token, and nothing told that is worth one.
 */
export function addHealthRoutes(app: FastifyInstance, parts: AppParts): void {
  const { engine, clock, version, startedAt } = parts;
  const open = { config: { open: true } };
  const current = (): Promise<HealthReport> => serviceHealth(parts);
  const answerTo = (reply: FastifyReply, { ready }: HealthReport): void => {
    reply.code(ready ? 200 : 503).header('cache-control', 'no-store');
  };

  const health = async (_request: unknown, reply: FastifyReply) => {
    const report = await current();
    answerTo(reply, report);
    const { status, ready, reasons, ...rest } = report;
    const { documentCount: documents, chunkCount: chunks, version: indexVersion } = engine.store;
    return {
      status,
      ready,
      reasons,
      version,
      uptime: Math.max(0, (clock.epoch() - startedAt) / 1000),
      ...drillOf(parts),
      index: { documents, chunks, version: indexVersion },
      ...rest,
    };
  };
  app.get('/health', open, health);
  app.get('/api/health', open, health);
  app.get('/health/live', open, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'alive' };
  });
  app.get('/health/ready', open, async (_request, reply) => {
    const report = await current();
    answerTo(reply, report);
    const { status, ready, reasons } = report;
    return { status, ready, reasons };
  });

  const addCheck = (path: string, check: StandingCheck): void => {
    app.get(path, open, async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const start = clock.now();
      try {
        const facts = await check.run();
        return { status: 'ok', ...facts, checked_in: clock.now() - start };
      } catch (error) {
        request.log.error({ event: 'health.failed', err: error }, 'a health check failed');
        reply.code(503);
        return { status: 'unavailable', reason: reasonOf(error), request_id: request.id };
      }
    });
  };
  addCheck('/health/db', parts.checks.store);
  addCheck('/health/vector', parts.checks.index);
  addCheck('/health/ai', parts.checks.models);
}

/** Of all the workers, where there are some; of this one where it is going down, or the others cannot be asked. */
async function serviceHealth({
  health,
  serviceHealth: all,
  lifecycle,
  clock,
}: AppParts): Promise<HealthReport> {
  if (all === undefined || lifecycle.draining) return health();
  return (await inTime(all(), ALL_MS, clock)) ?? health();
}

function drillOf({ drill }: AppParts): object {
  return drill === undefined ? {} : { drill: true, faults: drill.faults, active_faults: drill.active() };
}

/** What failed, by its kind: the particulars are in the log. */
function reasonOf(error: unknown): { code: string; message: string } {
  const code = error instanceof GroundspeedError ? error.code : 'internal.bug';
  return { code, message: CATALOGUE[code].meaning };
}
