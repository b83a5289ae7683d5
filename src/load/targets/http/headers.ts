import type { StreamKind } from '../../options.ts';
import type { EnvironmentValues } from './environment-references.ts';
import { expandReferences } from './environment-references.ts';
import type { Json } from './expressions.ts';

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
/** Visible characters of Latin-1, blanks and tabs (RFC 9110, 5.5). */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** What the HTTP client itself has to say. */
const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

const ACCEPTED: Readonly<Record<StreamKind, string>> = {
  none: 'application/json',
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson, application/json',
};

/**
 * The headers of all requests, names in small letters: what the settings give, filled in from the environment, over
 * those of the preset. No problem repeats a value.
 */
export function readHeaders(
  given: Readonly<Record<string, string>>,
  preset: Readonly<Record<string, string>>,
  env: EnvironmentValues,
): { readonly headers: Record<string, string>; readonly problems: readonly string[] } {
  const headers: Record<string, string> = {};
  const problems: string[] = [];
  const own = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  const inherited = Object.entries(preset).filter(([name]) => !own.has(name));
  for (const [written, text] of [...inherited, ...Object.entries(given)]) {
    const name = written.toLowerCase();
    const where = `target.headers.${written}`;
    const { value, problems: faults } = expandReferences(text, env);
    problems.push(...faults.map((fault) => `${where}: ${fault}`));
    if (!TOKEN.test(written))
      problems.push(`target.headers: ${JSON.stringify(written)} is no name of a header`);
    else if (RESERVED.has(name)) problems.push(`${where}: is set by the HTTP client itself; leave it out`);
    else if (name in headers) problems.push(`${where}: is given twice, in large and small letters`);
    else if (!VALUE.test(value))
      problems.push(`${where}: holds a line break or another sign that no header may hold`);
    else if (/\{\{/.test(text))
      problems.push(`${where}: placeholders are for target.url and target.body only`);
    headers[name] = value.trim();
  }
  return { headers, problems };
}

/** The headers with those that every request needs, unless they are there. */
export function withDefaults(
  headers: Readonly<Record<string, string>>,
  { stream, body }: { readonly stream: StreamKind; readonly body: Json | undefined },
): Record<string, string> {
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  return {
    ...(body !== undefined && { 'content-type': type }),
    accept: ACCEPTED[stream],
    // Unpacking takes the generator's time, which the target would be charged with.
    'accept-encoding': 'identity',
    'user-agent': 'groundspeed',
    ...headers,
  };
}

export function basicAuthorization(user: string): string {
  return `Basic ${Buffer.from(user, 'utf8').toString('base64')}`;
}
