import { withoutCredentials } from './secrets.ts';
import { type Placeholder, placeholderProblems } from './template.ts';

/** A URL in its parts, as it was written: placeholders would not survive a URL parser. */
export interface Address {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly path: string;
  /** With its question mark, or empty. */
  readonly search: string;
  /** `user:password`, decoded; undefined where the URL has none. */
  readonly user: string | undefined;
}

const PARTS = /^(https?):\/\/(?:([^/?#]*)@)?([^/?#@]+)([^?#]*)(\?[^#]*)?(?:#.*)?$/is;

/** The parts of a URL, or what is wrong with it: a line each. No problem repeats credentials. */
export function readAddress(
  url: string,
  filled: ReadonlySet<Placeholder>,
): { readonly address: Address } | { readonly problems: readonly string[] } {
  const [, scheme, user, host, path = '', search = ''] = PARTS.exec(url.trim()) ?? [];
  // Whatever stands before an @ may be a password, however broken the URL around it is.
  const but = url.includes('@') ? '' : `, but is ${JSON.stringify(withoutCredentials(url))}`;
  if (scheme === undefined || host === undefined) {
    return { problems: [`target.url: must begin with http:// or https:// and name a host${but}`] };
  }
  if (host.includes('{') || !URL.canParse(`${scheme}://${host}`)) {
    return { problems: [`target.url: must name a host that can be asked${but}`] };
  }
  const problems = placeholderProblems(`${path}${search}`, 'target.url', filled);
  if (problems.length > 0) return { problems };
  return {
    address: {
      origin: new URL(`${scheme}://${host}`).origin,
      path: encodeLoose(path === '' ? '/' : path),
      search: encodeLoose(search === '?' ? '' : search),
      user: user === undefined || user === '' ? undefined : decode(user),
    },
  };
}

/** Signs that may not stand in a request line, percent-encoded; what is encoded already stays as it is. */
function encodeLoose(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent);
}

function decode(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
