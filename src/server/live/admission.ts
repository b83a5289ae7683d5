/** Who may see the page: whoever sits at this machine, and no page of another site that their browser has open. */

export interface Asked {
  readonly method: string | undefined;
  /** The Host header. */
  readonly host: string | undefined;
  /** Sec-Fetch-Site, which browsers set themselves; absent from other programs. */
  readonly site: string | undefined;
  readonly path: string;
}

export interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Names of this machine's loopback, with any port: a tunnel may have another one at its end. */
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Why a request is turned away; undefined where it is not. */
export function refusalOf({ method, host, site, path }: Asked): Refusal | undefined {
  // DNS rebinding: the name of a foreign page that its owner lets point to this machine would make it our own origin.
  if (host === undefined || !LOOPBACK.test(host)) {
    return { status: 403, text: 'This page is served to 127.0.0.1 and localhost only.' };
  }
  if (method !== 'GET') return { status: 405, text: 'Only GET is answered.', headers: { allow: 'GET' } };
  if (path !== '/' && site !== undefined && site !== 'same-origin' && site !== 'none') {
    return { status: 403, text: 'Other sites may not read this.' };
  }
  return undefined;
}
