import { randomUUID, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../../kernel/digest.ts';

/** What `canary` sends as its client_id. By itself it says nothing: anybody may send it. */
export const CANARY_CLIENT = 'groundspeed-canary';

/**
 * The header by which a canary proves to be one, so that its questions are counted apart. A body may hold what a user made up; a
 * header comes of the program that asks.
 */
export const CANARY_HEADER = 'x-groundspeed-canary';

/** What the service tells its own canary, and nobody else. */
export const newCanarySecret = (): string => randomUUID();

/** What a canary from outside sends: whoever may ask the service can make it, and nobody else. */
export const canaryProof = (apiToken: string): string => sha256(CANARY_CLIENT, '\n', apiToken);

export interface CanarySecrets {
  /** Of the service's own canary; undefined where it has none. */
  readonly secret: string | undefined;
  /** Undefined where anybody may ask: then no canary from outside can prove anything, and counts as anybody. */
  readonly apiToken: string | undefined;
}

/** Tells of the value of the header whether it is a canary's. */
export function canaryCheck({ secret, apiToken }: CanarySecrets): (header: unknown) => boolean {
  const accepted = [secret, apiToken === undefined ? undefined : canaryProof(apiToken)]
    .filter((one) => one !== undefined)
    .map(digest);
  return (header) => {
    if (typeof header !== 'string') return false;
    const given = digest(header);
    return accepted.some((one) => timingSafeEqual(one, given));
  };
}

const digest = (text: string): Buffer => Buffer.from(sha256(text), 'hex');
