import type { FastifyInstance, FastifyReply } from 'fastify';
import { CATALOGUE, GroundspeedError } from '../../kernel/errors.ts';
import { checkIndex, checkModels, checkStore, type HealthCheck, remembered } from '../health-checks.ts';
import type { AppParts } from '../parts.ts';

/** Milliseconds for which a check of the models stands, since it may cost money. */
const MODELS_CHECKED_FOR = 10_000;
/** The same for what costs only time. */
const INDEX_CHECKED_FOR = 1000;

/**
 * `GET /health` (also `/api/health`), and `/health/db`, `/health/vector`, `/health/ai`, each of which tries the part it is
 * named after: 200, or 503 with the reason. Open to everybody: no token, and nothing told that is worth one.
 */
export function addHealthRoutes(app: FastifyInstance, parts: AppParts): void {
  const { engine, clock, version, startedAt, lifecycle } = parts;
  const open = { config: { open: true } };

  const health = async (_request: unknown, reply: FastifyReply) => {
    const { draining } = lifecycle;
    const { documentCount: documents, chunkCount: chunks, version: indexVersion } = engine.store;
    reply.code(draining ? 503 : 200).header('cache-control', 'no-store');
    return {
      status: draining ? 'draining' : 'ok',
      version,
      uptime: Math.max(0, (clock.epoch() - startedAt) / 1000),
      index: { documents, chunks, version: indexVersion },
    };
  };
  app.get('/health', open, health);
  app.get('/api/health', open, health);

  const addCheck = (path: string, check: HealthCheck): void => {
    app.get(path, open, async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const start = clock.now();
      try {
        const facts = await check();
        return { status: 'ok', ...facts, checked_in: clock.now() - start };
      } catch (error) {
        request.log.error({ err: error }, 'a health check failed');
        reply.code(503);
        return { status: 'unavailable', reason: reasonOf(error), request_id: request.id };
      }
    });
  };
  addCheck('/health/db', remembered(checkStore(engine), INDEX_CHECKED_FOR, clock));
  addCheck('/health/vector', remembered(checkIndex(engine), INDEX_CHECKED_FOR, clock));
  addCheck('/health/ai', remembered(checkModels(engine), MODELS_CHECKED_FOR, clock));
}

/** What failed, by its kind: the particulars are in the log. */
function reasonOf(error: unknown): { code: string; message: string } {
  const code = error instanceof GroundspeedError ? error.code : 'internal.bug';
  return { code, message: CATALOGUE[code].meaning };
}
