import { type ErrorCode, GroundspeedError } from '../../../kernel/errors.ts';
import type { TargetDescription } from './target-description.ts';

interface NetworkFailure {
  readonly codes: RegExp;
  readonly code: ErrorCode;
  /** What the target did, behind its name. */
  readonly says: string;
  readonly hint: string;
}

const TLS_HINT =
  'A certificate of your own authority is trusted by target.tls.caFile; target.tls.verify: false trusts any, for tests.';

/** Codes of Node, OpenSSL, undici and llhttp, and what they mean for whoever asked. The first that fits counts. */
const FAILURES: readonly NetworkFailure[] = [
  {
    codes: /^(ENOTFOUND|EAI_\w+)$/,
    code: 'target.dns',
    says: 'has a host name that cannot be resolved',
    hint: 'Look for a misspelt host in target.url, or a network without its name server.',
  },
  {
    codes: /^(EMFILE|ENFILE)$/,
    code: 'target.connect',
    says: 'cannot be connected to: this process may open no more files',
    hint: 'Raise the limit (ulimit -n 65536), or lower --max-in-flight.',
  },
  {
    codes: /^EADDRNOTAVAIL$/,
    code: 'target.connect',
    says: 'cannot be connected to: this machine has no free port left, or no such address',
    hint: 'Let the target keep connections alive, or send from more machines.',
  },
  {
    codes: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EACCES|EPERM)$/,
    code: 'target.connect',
    says: 'takes no connection',
    hint: 'Is the service running, and is the port in target.url right?',
  },
  {
    codes: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
    code: 'target.connect',
    says: 'does not answer to a connection',
    hint: 'Is the host in target.url right? A firewall may swallow what is sent.',
  },
  {
    codes: /^CERT_HAS_EXPIRED$/,
    code: 'target.tls',
    says: 'shows a certificate that has expired',
    hint: 'Renew it; target.tls.verify: false trusts any, for tests.',
  },
  {
    codes: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/,
    code: 'target.tls',
    says: 'shows a self-signed certificate',
    hint: TLS_HINT,
  },
  {
    codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    code: 'target.tls',
    says: 'shows a certificate for another host',
    hint: 'Use the host name that the certificate names in target.url.',
  },
  {
    codes: /^(EPROTO|ERR_SSL_\w+)$/,
    code: 'target.tls',
    says: 'does not speak TLS there, or none that is understood',
    hint: 'Does the service speak plain HTTP on this port? Then target.url begins with http://.',
  },
  {
    codes: /^(CERT_\w+|UNABLE_TO_\w+|ERR_TLS_\w+|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED|CRL_\w+)$/,
    code: 'target.tls',
    says: 'shows a certificate that cannot be trusted',
    hint: TLS_HINT,
  },
  {
    codes:
      /^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|HPE_INVALID_EOF_STATE)$/,
    code: 'target.reset',
    says: 'closed the connection before the response was complete',
    hint: 'The service, or a proxy before it, gave up: its log says why.',
  },
  {
    codes: /^(UND_ERR_HEADERS_OVERFLOW|HPE_HEADER_OVERFLOW)$/,
    code: 'target.tooLarge',
    says: 'sends headers larger than 16 KiB',
    hint: 'No service means that: look at what answers on this port.',
  },
  {
    codes: /^HPE_\w+$/,
    code: 'target.malformed',
    says: 'does not speak HTTP/1.1',
    hint: 'Is it HTTP on this port, and should target.url begin with https://?',
  },
];

/** A failure of the network in the words of the catalogue. */
export function networkFailure(thrown: unknown, { name }: Pick<TargetDescription, 'name'>): GroundspeedError {
  if (thrown instanceof GroundspeedError) return thrown;
  const { code, message } = rootOf(thrown);
  const found = FAILURES.find(({ codes }) => codes.test(code));
  const reason = [message, code === '' || message.includes(code) ? '' : `(${code})`]
    .filter(Boolean)
    .join(' ');
  if (found === undefined) return new GroundspeedError('target.failed', `${name}: ${reason}`);
  return new GroundspeedError(found.code, `${name} ${found.says}: ${reason}`, { hint: found.hint });
}

/** The innermost error: where a name has several addresses, the failures to connect come as one. */
function rootOf(thrown: unknown): { readonly code: string; readonly message: string } {
  const { code, message, errors, cause } = thrown as {
    readonly code?: unknown;
    readonly message?: unknown;
    readonly errors?: unknown;
    readonly cause?: unknown;
  };
  const inner = Array.isArray(errors) && errors.length > 0 ? errors[0] : cause;
  if (typeof inner === 'object' && inner !== null && 'message' in inner) return rootOf(inner);
  // OpenSSL's messages bear its source lines, and Node's the whole certificate.
  const line = String(message ?? thrown).split('\n')[0]!;
  const openssl = /^[\dA-F]+:error:[\dA-F]+:[^:]*:[^:]*:([^:]+):/i.exec(line)?.[1];
  return { code: typeof code === 'string' ? code : '', message: (openssl ?? line).slice(0, 300) };
}
