import { GroundspeedError } from '../../kernel/errors.ts';

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
/** Codes and names are words of programs; whatever is longer was made of something. */
const WORD = /^[\w.:-]{1,64}$/;
const DEEPEST = 4;

/** An error by its kind, its code and where it was thrown. Its message may quote a question, and is left out unless it can't. */
export function describeError(thrown: unknown, depth = 0): LoggedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: '', stack: '' };
  const { code, cause } = thrown as { code?: unknown; cause?: unknown };
  const isTold = thrown instanceof GroundspeedError && SPEAKS_OF_FILES.test(thrown.code);
  return {
    type: WORD.test(thrown.name) ? thrown.name : 'Error',
    message: isTold ? thrown.message : '',
    stack: framesOf(thrown),
    ...(typeof code === 'string' && WORD.test(code) && { code }),
    ...(cause instanceof Error && depth < DEEPEST && { cause: describeError(cause, depth + 1) }),
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
