import { timingSafeEqual } from 'node:crypto';
import { sha256 } from '../kernel/digest.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { RequestProblem } from './problem.ts';

/**
 * Makes the check of an Authorization header against the token. Digests are compared, in constant time, so that neither the
 * token's length nor how much of it was guessed can be told from how long that takes.
 *
 * @throws RequestProblem request.unauthorised
 */
export function createAuthoriser(token: string): (header: string | undefined) => void {
  const expected = Buffer.from(sha256(token), 'hex');
  return (header = '') => {
    const given = /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? '';
    if (timingSafeEqual(Buffer.from(sha256(given), 'hex'), expected)) return;
    throw new RequestProblem('request.unauthorised', {
      message: 'Send the API token: Authorization: Bearer <token>',
      headers: { 'www-authenticate': 'Bearer' },
    });
  };
}

/** Whether only this machine can reach what listens on the host. */
export function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '').toLowerCase();
  return plain === 'localhost' || plain === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/** Refuses with `server.unsafe` to let other machines ask, and change the documents, without a token. */
export function refuseUnsafe({ host, apiToken }: { host: string; apiToken?: string | undefined }): void {
  if (apiToken !== undefined || isLoopback(host)) return;
  throw new GroundspeedError(
    'server.unsafe',
    `The service would listen on ${host}, where other machines reach it, without an API token`,
    {
      where: 'server.host',
      hint: 'Set GROUNDSPEED_API_TOKEN (8 characters or more), or leave --host at 127.0.0.1.',
    },
  );
}
