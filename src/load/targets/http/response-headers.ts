import type { ResponseHeaders } from './status-failures.ts';

const NAMES = {
  'content-type': 'contentType',
  'content-encoding': 'contentEncoding',
  'retry-after': 'retryAfter',
  location: 'location',
} as const satisfies Record<string, keyof ResponseHeaders>;

/** By length first: a response has a dozen headers, and they are gone through ten thousand times a second. */
const LENGTHS: ReadonlySet<number> = new Set(Object.keys(NAMES).map(({ length }) => length));

/** The headers that are looked at, of a list of names and values as the parser gives it. */
export function readResponseHeaders(raw: readonly Uint8Array[]): ResponseHeaders {
  const headers: { -readonly [Name in keyof ResponseHeaders]: ResponseHeaders[Name] } = {
    contentType: undefined,
    contentEncoding: undefined,
    retryAfter: undefined,
    location: undefined,
  };
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] as Buffer;
    if (!LENGTHS.has(name.length)) continue;
    const known = NAMES[name.toString('latin1').toLowerCase() as keyof typeof NAMES];
    if (known !== undefined) headers[known] = (raw[index + 1] as Buffer).toString('latin1');
  }
  return headers;
}
