/**
 * Milliseconds that a service asks to be left alone: `retry-after-ms`, or `Retry-After` in seconds or as a date
 * (RFC 9110, §10.2.3). Undefined where it does not say, or says nothing that can be read. `epoch`: now, in
 * milliseconds since 1970.
 */
export function retryAfterOf(headers: Headers | undefined, epoch: number): number | undefined {
  const exact = headers?.get('retry-after-ms');
  if (exact != null && /^\d+(\.\d+)?$/.test(exact.trim())) return Number(exact);
  const written = headers?.get('retry-after')?.trim();
  if (written === undefined || written === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(written)) return Number(written) * 1000;
  const date = Date.parse(written);
  return Number.isNaN(date) ? undefined : Math.max(0, date - epoch);
}
