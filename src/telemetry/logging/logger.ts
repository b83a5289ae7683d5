import type { FastifyServerOptions } from 'fastify';
import type { TraceIds } from '../tracing/trace-ids.ts';
import { describeError } from './described-error.ts';
import { allowedFields, type LoggedFields } from './fields.ts';

export interface LogSetting {
  /** Least urgent level that is written; `silent` is none. */
  readonly level: string;
  /** Where JSON lines go. */
  readonly stream: { write(line: string): void };
  /** `telemetry.content`: lines may hold the first characters of questions. By default they may not. */
  readonly content?: boolean;
}

/** What lines are written with: pino's shape, without what could carry a text past the allow-list. */
export interface Log {
  info(fields: LoggedFields, message: string): void;
  warn(fields: LoggedFields, message: string): void;
}

/**
 * Fastify's logger (pino) such that no line holds a question, an answer, a document, a header or a key: whatever is passed to it,
 * only the fields of the allow-list come out, errors by kind, code and place.
 */
export function loggerOptions({ level, stream }: LogSetting): FastifyServerOptions['logger'] {
  if (level === 'silent') return false;
  return {
    level,
    stream,
    mixin: traceFields,
    formatters: { log: allowedFields },
    hooks: {
      logMethod(given, method) {
        method.apply(this, safeArguments(given) as Parameters<typeof method>);
      },
    },
    serializers: {
      req: ({ method, routeOptions }) => ({ method, route: routeOptions?.url ?? 'unmatched' }),
      res: ({ statusCode }) => ({ status: statusCode }),
      err: (error) => describeError(error),
    },
  };
}

/** What lines of a request's logger name. */
const traces = new WeakMap<object, TraceIds>();

/** From now on every line of this logger, which is one request's own, names the trace. */
export function logAsTraced(log: object, trace: TraceIds): void {
  traces.set(log, trace);
}

function traceFields(_fields: object, _level: number, log: object): object {
  const trace = traces.get(log);
  return trace === undefined ? {} : { trace_id: trace.traceId, span_id: trace.spanId };
}

/**
 * pino takes an error's message for the line's where there is none, and fills values into a message. Neither may happen: the
 * message of a line is a constant of the program.
 */
export function safeArguments(given: readonly unknown[]): [object, string] {
  const [first, second] = given;
  if (typeof first === 'string') return [{}, first];
  const message = typeof second === 'string' ? second : 'an error';
  if (first instanceof Error) return [{ err: first }, withoutTextOf(first, message)];
  const fields = typeof first === 'object' && first !== null ? first : {};
  const { err } = fields as { err?: unknown };
  return [fields, err instanceof Error ? withoutTextOf(err, message) : message];
}

/** Fastify logs some errors under their own message. */
const withoutTextOf = (error: Error, message: string): string =>
  error.message !== '' && message.includes(error.message) ? 'an error' : message;
