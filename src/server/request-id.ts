import { randomUUID } from 'node:crypto';

/** What a caller may call its request: short, and harmless in a log and in a header. */
const SANE = /^[\w.:-]{1,128}$/;

/** The caller's own id for a request, where it gives a sane one; else a new one. */
export function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && SANE.test(header) ? header : randomUUID();
}
