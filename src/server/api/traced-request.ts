import type { FastifyReply, FastifyRequest } from 'fastify';
import { GroundspeedError } from '../../kernel/errors.ts';
import { logAsTraced } from '../../telemetry/logging/logger.ts';
import type { TraceIds } from '../../telemetry/tracing/trace-ids.ts';
import type { EngineTracing, QuestionTrace } from '../../telemetry/tracing/tracing.ts';
import { whenOver } from '../gone.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the question that it holds, where questions are traced. */
    trace?: TraceIds;
  }
}

export interface TracedRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly tracing: EngineTracing | undefined;
  /** When it came, on the engine's clock. */
  readonly start: number;
}

/**
 * Answers a request as one traced question, which goes on with its caller's trace, where that has one (`traceparent`), and ends
 * when the response is out. Without tracing, `work` alone.
 */
export async function asTraced<T>(
  { request, reply, tracing, start }: TracedRequest,
  work: (trace: QuestionTrace | undefined) => Promise<T>,
): Promise<T> {
  if (tracing === undefined) return work(undefined);
  const trace = tracing.begin({ headers: request.headers, start });
  request.trace = trace.ids;
  logAsTraced(request.log, trace.ids);
  whenOver(reply.raw, (how) => {
    if (how === 'sent') {
      trace.end();
      return;
    }
    trace.failed(new GroundspeedError('query.aborted', 'The caller has gone away'));
    // What is under way hears of it now, and tells how far it came.
    setImmediate(() => trace.end());
  });
  try {
    return await work(trace);
  } catch (error) {
    trace.failed(error);
    throw error;
  }
}
