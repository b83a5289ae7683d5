import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../kernel/clock.ts';
import type { LoggedFields } from '../../telemetry/logging/fields.ts';
import type { LogSetting } from '../../telemetry/logging/logger.ts';
import { questionFields } from '../../telemetry/logging/question-fields.ts';
import { whenOver } from '../gone.ts';
import type { Analytics } from './analytics.ts';
import { type Asked, type How, outcomeOfRequest, statusOf } from './asked.ts';
import { CANARY_HEADER, canaryCheck } from './canary-proof.ts';
import type { AnswerFact } from './fact.ts';
import type { OnlineEvaluation } from './online-evaluation.ts';

export interface RequestObservers {
  readonly log: LogSetting;
  readonly clock: Clock;
  readonly analytics?: Analytics | undefined;
  readonly evaluation?: OnlineEvaluation | undefined;
  readonly options: { readonly server: { readonly apiToken?: string | undefined } };
  /** What the service's own canary proves itself by, where it has one. */
  readonly canarySecret?: string | undefined;
}

const TOLD: ReadonlySet<string> = new Set(['info', 'debug', 'trace']);
/** Documents that a line of the log names. */
const NAMED = 20;

/** Logs, counts and offers for scoring each request once its response is out, or its caller gone: no answer waits for that. */
export function observeRequests(http: FastifyInstance, observers: RequestObservers): void {
  const { log, analytics, evaluation, options, canarySecret: secret } = observers;
  const isLogged = TOLD.has(log.level);
  if (!isLogged && analytics === undefined && evaluation === undefined) return;
  const isCanary = canaryCheck({ secret, apiToken: options.server.apiToken });
  http.addHook('onRequest', async (request, reply) => {
    whenOver(reply.raw, (how) => {
      if (isLogged) logRequest(request, reply, { how, content: log.content === true });
      if (request.asked === undefined) return;
      const canary = isCanary(request.headers[CANARY_HEADER]);
      observe(observers, request.asked, { request, reply, how, canary });
    });
  });
}

interface Over {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly how: How;
  /** Asked by a canary. */
  readonly canary: boolean;
}

function observe(
  { clock, analytics, evaluation }: RequestObservers,
  asked: Asked,
  { request, reply, how, canary }: Over,
): void {
  const { question, clientId, answer } = asked;
  const outcome = outcomeOfRequest(request, how);
  if (outcome === undefined || outcome === 'withdrawn' || outcome === 'invalid') return;
  analytics?.asked({
    at: clock.epoch(),
    ms: reply.elapsedTime,
    question,
    clientId,
    canary,
    outcome,
    answer: answer && answerFact(answer),
  });
  if (answer !== undefined && !canary) evaluation?.offer({ question, answer, trace: request.trace });
}

function answerFact(answer: NonNullable<Asked['answer']>): AnswerFact {
  const { passages, cache, usage, costUsd } = answer;
  return {
    documents: passages.map(({ documentId }) => documentId),
    cache,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    costUsd,
  };
}

function logRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { how, content }: { how: How; content: boolean },
): void {
  const { trace, asked, failure } = request;
  const fields: LoggedFields = {
    req: request,
    status: statusOf(reply, how),
    ms: round(reply.elapsedTime),
    ...(trace && { trace_id: trace.traceId, span_id: trace.spanId }),
    ...(failure !== undefined && { code: failure }),
    ...(asked && { ...askedFields(asked, content), outcome: outcomeOfRequest(request, how) }),
  };
  request.log.info(fields, 'answered');
}

function askedFields({ question, waitedMs, answer }: Asked, content: boolean): LoggedFields {
  return {
    ...questionFields(question, content),
    ...(waitedMs !== undefined && { queue_ms: round(waitedMs) }),
    ...(answer && {
      documents: answer.passages.slice(0, NAMED).map(({ documentId }) => documentId),
      scores: answer.passages.slice(0, NAMED).map(({ score }) => round(score)),
      stages: Object.fromEntries(Object.entries(answer.stages).map(([stage, ms]) => [stage, round(ms)])),
      cache: answer.cache,
      first_token_ms: round(answer.firstTokenMs),
      input_tokens: answer.usage.inputTokens,
      output_tokens: answer.usage.outputTokens,
      cost_usd: answer.costUsd,
      ...(answer.degraded && { degraded: answer.degraded.level, reason: answer.degraded.reason }),
    }),
  };
}

/** To a thousandth. */
const round = (value: number): number => Math.round(value * 1000) / 1000;
