import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { GroundspeedError, messageOf } from '../../../kernel/errors.ts';
import type { RawReply } from '../../target.ts';

const CODINGS = ['gzip', 'deflate', 'br'] as const;
export type Coding = (typeof CODINGS)[number];

/** No text begins with this byte, so that it can say: what follows is packed. */
const MARK = 0;

/** The coding that a content-encoding names; null for one that cannot be unpacked, undefined for none. */
export function codingOf(contentEncoding: string): Coding | null | undefined {
  const name = contentEncoding.trim().toLowerCase();
  if (name === '' || name === 'identity') return undefined;
  if (name === 'x-gzip') return 'gzip';
  return CODINGS.find((known) => known === name) ?? null;
}

/** A packed body as a reply that says so itself: unpacking waits until the load is over. */
export function packedReply(coding: Coding, body: Uint8Array): RawReply {
  const reply = new Uint8Array(body.length + 2);
  reply[0] = MARK;
  reply[1] = CODINGS.indexOf(coding);
  reply.set(body, 2);
  return reply;
}

/**
 * The body as the target meant it.
 *
 * @throws GroundspeedError target.malformed where it cannot be unpacked, target.tooLarge where it is too large once it is
 */
export function unpackReply(reply: RawReply, maxBytes: number): Uint8Array {
  if (reply.length < 2 || reply[0] !== MARK) return reply;
  const coding = CODINGS[reply[1]!];
  if (coding === undefined) return reply;
  const body = reply.subarray(2);
  try {
    return unpack(coding, body, maxBytes);
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new GroundspeedError(
        'target.tooLarge',
        `The response is larger than ${maxBytes} bytes once unpacked`,
        {
          hint: 'Raise target.maxBodyBytes where such responses are meant.',
        },
      );
    }
    throw new GroundspeedError(
      'target.malformed',
      `The response says that it is packed with ${coding}, and cannot be unpacked: ${messageOf(thrown)}`,
    );
  }
}

function unpack(coding: Coding, body: Uint8Array, maxOutputLength: number): Uint8Array {
  const limits = { maxOutputLength };
  if (coding === 'gzip') return gunzipSync(body, limits);
  if (coding === 'br') return brotliDecompressSync(body, limits);
  // "deflate" means zlib (RFC 9110, 8.4.1.2), but some send it bare. A zlib header's first half byte is 8.
  return (body[0]! & 0x0f) === 8 ? inflateSync(body, limits) : inflateRawSync(body, limits);
}
