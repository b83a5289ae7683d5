import { type ErrorCode, GroundspeedError } from '../kernel/errors.ts';

/**
 * Reads with the readers of golden sets (`Fields`, lines), whose refusal (`dataset.line`) is then that of another kind of
 * file: the same message, place and hint under its own code.
 */
export function refusedAs<T>(code: ErrorCode, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof GroundspeedError) || thrown.code !== 'dataset.line') throw thrown;
    const { message, where, hint, cause } = thrown;
    throw new GroundspeedError(code, message, {
      cause,
      ...(where !== undefined && { where }),
      ...(hint !== undefined && { hint }),
    });
  }
}
