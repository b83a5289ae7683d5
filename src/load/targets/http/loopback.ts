/** Hosts that load may be sent to. Names are compared, never resolved: what a name leads to can change. */

/** Whether the URL's host is this very machine: 127.0.0.0/8, ::1 or localhost. */
export function isLoopback(url: string): boolean {
  const host = hostOf(url);
  // The URL parser writes every form of an IPv4 address (127.1, 0x7f000001) as four numbers.
  return (
    host === 'localhost' ||
    host === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(host) ||
    /^\[::ffff:7f[\da-f]{2}:/.test(host)
  );
}

/**
 * Whether the list names the URL's host. An entry is a host, a host with its port, or `*.example.com` for every name
 * below example.com, which is not itself among them.
 */
export function hostAllowed(url: string, allowed: readonly string[]): boolean {
  const host = hostOf(url);
  if (host === '') return false;
  const { port, protocol } = new URL(url);
  const actualPort = port || (protocol === 'https:' ? '443' : '80');
  return allowed.some((entry) => {
    const [, name = '', entryPort] =
      /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(withoutDot(entry.trim().toLowerCase())) ?? [];
    if (entryPort !== undefined && entryPort !== actualPort) return false;
    return name.startsWith('*.') && name.length > 2 ? host.endsWith(name.slice(1)) : name === host;
  });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? withoutDot(new URL(url).hostname) : '';
}

/** A name with a dot at its end is the same name, written out fully. */
const withoutDot = (host: string): string => host.replace(/\.$/, '');
