import { randomUUID } from 'node:crypto';
import compress from '@fastify/compress';
import cors from '@fastify/cors';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import { seededRandom } from '../kernel/random.ts';
import { type Log, loggerOptions } from '../telemetry/logging/logger.ts';
import { Repeated } from '../telemetry/logging/repeated.ts';
import { Admission } from './admission.ts';
import { observeRequests } from './analytics/observe-requests.ts';
import { addAnalyticsRoute } from './api/analytics.ts';
import { addDocumentRoutes } from './api/documents.ts';
import { addDrillRoute } from './api/drill.ts';
import { addEvaluationRoute } from './api/evaluation.ts';
import { addHealthRoutes } from './api/health.ts';
import { addMetricsRoute } from './api/metrics.ts';
import { addMetricsSummaryRoute } from './api/metrics-summary.ts';
import { addQueryRoutes } from './api/query.ts';
import { createAuthoriser } from './authorise.ts';
import { whenOver } from './gone.ts';
import type { HealthReport } from './health/component.ts';
import { createReporter } from './health/reporter.ts';
import { createChecks } from './health-checks.ts';
import { countRequests } from './http-metrics.ts';
import { InFlight } from './in-flight.ts';
import { logIngests } from './log-ingests.ts';
import type { AppParts, AppSetting } from './parts.ts';
import { problemResponse, RequestProblem } from './problem.ts';
import { requestIdOf } from './request-id.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asks for no token, and nobody waits for its end when the service goes down. */
    open?: boolean;
  }
}

export interface App {
  readonly http: FastifyInstance;
  /** Refuses new work with 503 and waits for what is in flight; false when that took longer than `server.drainMs`. */
  drain(): Promise<boolean>;
  health(): Promise<HealthReport>;
}

/** Batches of documents that wait while one is taken in: each may be as large as a body may be. */
const WAITING_BATCHES = 8;
/** Milliseconds for a whole request to arrive. */
const ARRIVAL_MS = 60_000;
/** Bytes below which compressing a response gains nothing. */
const WORTH_COMPRESSING = 1024;
/** All that is sent as text but streams: an event must not wait in a compressor for company. */
const COMPRESSED_TYPES = /^(?:application\/json|text\/(?!event-stream))/;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The engine as an HTTP service, not listening yet. */
export async function createApp(setting: AppSetting): Promise<App> {
  const { options, clock, metrics, log } = setting;
  const http = fastify({
    logger: loggerOptions(log) ?? false,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    bodyLimit: options.server.maxBodyBytes,
    requestTimeout: ARRIVAL_MS,
    // Once it is closed, all that was worth waiting for has ended.
    forceCloseConnections: true,
  });
  const inFlight = new InFlight();
  const lifecycle = { draining: false };
  const refusals = createRefusalLog(http.log, clock);
  http.addHook('onClose', async () => refusals.end());
  const admissions = createAdmissions(setting, refusals);
  const checks = createChecks(setting.engine, { clock, folder: setting.folder });
  const health = createReporter({
    ...setting,
    ...admissions,
    checks,
    lifecycle,
    // Without a token, only this machine asks.
    particulars: options.server.apiToken === undefined,
  });
  const takeDocuments = logIngests(setting.takeDocuments, { log: http.log, clock });
  const parts: AppParts = { ...setting, takeDocuments, lifecycle, ...admissions, checks, health };

  http.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  countRequests(http, metrics, clock);
  observeRequests(http, setting);
  await addCors(http, options.server.corsOrigins);
  addGates(http, parts, inFlight);
  refuseCompressedBodies(http);
  await http.register(compress, {
    encodings: ['gzip'],
    threshold: WORTH_COMPRESSING,
    customTypes: COMPRESSED_TYPES,
    globalDecompression: false,
  });
  http.removeContentTypeParser('text/plain');
  addQueryRoutes(http, parts);
  addDocumentRoutes(http, parts);
  addHealthRoutes(http, parts);
  addMetricsRoute(http, parts);
  addMetricsSummaryRoute(http, parts);
  addAnalyticsRoute(http, parts);
  addEvaluationRoute(http, parts);
  addDrillRoute(http, parts);
  addProblems(http);

  return {
    http,
    health,
    async drain() {
      lifecycle.draining = true;
      parts.admission.close();
      parts.documentAdmission.close();
      return inFlight.drained(options.server.drainMs, clock);
    },
  };
}

/** A line for the first refusal of a kind, and then one now and then with how many there were. */
function createRefusalLog(log: Log, clock: AppSetting['clock']): Repeated {
  return new Repeated(
    () => clock.now(),
    (key, count) => {
      const [queue, reason] = key.split(' ');
      log.warn({ event: 'queue.refused', queue, reason, count }, 'requests were refused');
    },
  );
}

function createAdmissions({ options, clock, metrics }: AppSetting, refusals: Repeated) {
  const { limits, server } = options;
  const random = seededRandom(randomUUID());
  const admission = new Admission({
    limits: {
      concurrent: limits.maxConcurrentQueries,
      queued: server.maxQueuedQueries,
      maxWaitMs: server.maxQueueWaitMs,
      age: { targetMs: server.queueTargetMs, intervalMs: server.queueIntervalMs },
    },
    clock,
    random: random.fork('queries'),
    onAdmitted: (waitedMs) => metrics.queueWait.observe({ queue: 'queries' }, waitedMs / 1000),
    onRefused: (reason) => {
      metrics.refused.inc({ queue: 'queries', reason: reason });
      metrics.queries.inc({ outcome: 'rejected' });
      refusals.happened(`queries ${reason}`);
    },
    onWithdrawn: () => metrics.queries.inc({ outcome: 'withdrawn' }),
  });
  const documentAdmission = new Admission({
    limits: { concurrent: 1, queued: WAITING_BATCHES, maxWaitMs: undefined },
    clock,
    random: random.fork('documents'),
    onAdmitted: (waitedMs) => metrics.queueWait.observe({ queue: 'documents' }, waitedMs / 1000),
    onRefused: (reason) => {
      metrics.refused.inc({ queue: 'documents', reason });
      refusals.happened(`documents ${reason}`);
    },
  });
  metrics.beforeReading(() => {
    metrics.inFlight.set(admission.running);
    metrics.queueDepth.set({ queue: 'queries' }, admission.waiting);
    metrics.queueDepth.set({ queue: 'documents' }, documentAdmission.waiting);
  });
  return { admission, documentAdmission };
}

async function addCors(http: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await http.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: ['content-type', 'authorization', 'x-request-id'],
    exposedHeaders: ['x-request-id', 'retry-after', 'x-degraded'],
  });
}

/** Every route but the open ones asks for the token, where one is set; also what is no route. */
function addGates(http: FastifyInstance, { options, lifecycle }: AppParts, inFlight: InFlight): void {
  const { apiToken } = options.server;
  const authorise = apiToken === undefined ? undefined : createAuthoriser(apiToken);
  http.addHook('onRequest', async (request, reply) => {
    if (lifecycle.draining) reply.header('connection', 'close');
    if (request.routeOptions.config.open) return;
    authorise?.(request.headers.authorization);
    whenOver(reply.raw, inFlight.begin());
  });
}

/** A few bytes can unfold to more memory than there is. */
function refuseCompressedBodies(http: FastifyInstance): void {
  http.addHook('preParsing', async (request) => {
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') throw new RequestProblem('request.contentType');
  });
}

function addProblems(http: FastifyInstance): void {
  http.setErrorHandler((error, request, reply) => {
    const { status, headers, body } = problemResponse(error, request.id);
    request.failure = body.error.code;
    if (status >= 500 && status !== 503)
      request.log.error({ event: 'request.failed', err: error }, 'a request failed');
    return reply.code(status).headers(headers).send(body);
  });
  http.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const allowed = METHODS.filter((method) => http.hasRoute({ method, url: path }));
    const problem =
      allowed.length === 0
        ? new RequestProblem('request.notFound')
        : new RequestProblem('request.method', { headers: { allow: allowed.join(', ') } });
    const { status, headers, body } = problemResponse(problem, request.id);
    return reply.code(status).headers(headers).send(body);
  });
}
