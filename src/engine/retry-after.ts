/**
 * Milliseconds that a service asks to be left alone: `retry-after-ms`, or `Retry-After` in seconds or as a date
 * (RFC 9110, §10.2.3). A date is held against the response's own `Date`, so that clocks need not agree; against `epoch`
 * (now, in milliseconds since 1970) where there is none. Undefined where nothing is said that can be read.
 */
export function retryAfterOf(headers: Headers | undefined, epoch: number): number | undefined {
  const exact = headers?.get('retry-after-ms')?.trim();
  if (exact !== undefined && NUMBER.test(exact)) return Number(exact);
  const written = headers?.get('retry-after')?.trim();
  if (written === undefined || written === '') return undefined;
  if (NUMBER.test(written)) return Number(written) * 1000;
  const date = Date.parse(written);
  if (Number.isNaN(date)) return undefined;
  const sent = Date.parse(headers?.get('date') ?? '');
  return Math.max(0, date - (Number.isNaN(sent) ? epoch : sent));
}

const NUMBER = /^\d+(\.\d+)?$/;
