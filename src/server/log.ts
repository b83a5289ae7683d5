import type { FastifyServerOptions } from 'fastify';
import { GroundspeedError } from '../kernel/errors.ts';

export interface LogSetting {
  /** Least urgent level that is written; `silent` is none. */
  readonly level: string;
  /** Where JSON lines go. */
  readonly stream: { write(line: string): void };
}

/**
 * Fastify's logger (pino) such that no line holds a question, an answer, a document, a header or a key: what is logged of
 * requests and errors is a list of what may be, not of what may not.
 */
export function loggerOptions({ level, stream }: LogSetting): FastifyServerOptions['logger'] {
  if (level === 'silent') return false;
  return {
    level,
    stream,
    serializers: {
      req: ({ method, routeOptions }) => ({ method, route: routeOptions?.url ?? 'unmatched' }),
      res: ({ statusCode }) => ({ status: statusCode }),
      err: (error) => describeError(error),
    },
  };
}

export interface LoggedError {
  readonly [more: string]: unknown;
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string;
  readonly cause?: LoggedError;
}

/** Errors of these kinds speak of files and settings, and never of what was asked. */
const SPEAKS_OF_FILES = /^(store|config|server)\./;

/** An error by its kind, its code and where it was thrown. Its message may quote a question, and is left out unless it can't. */
export function describeError(thrown: unknown): LoggedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: '', stack: '' };
  const { code, cause } = thrown as { code?: unknown; cause?: unknown };
  const isTold = thrown instanceof GroundspeedError && SPEAKS_OF_FILES.test(thrown.code);
  return {
    type: thrown.name,
    message: isTold ? thrown.message : '',
    stack: framesOf(thrown),
    ...(typeof code === 'string' && { code }),
    ...(cause instanceof Error && { cause: describeError(cause) }),
  };
}

/** The stack without its head, which repeats the message. */
function framesOf({ message, stack = '' }: Error): string {
  const head = stack.indexOf(message) + message.length;
  return stack
    .slice(Math.max(0, head))
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
