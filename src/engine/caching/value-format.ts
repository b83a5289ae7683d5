import { deserialize, serialize } from 'node:v8';

/** Stands first in every value; a value of another format is none. */
const MAGIC = 0x67;
const FORMAT = 1;
/** Magic, format, then the epoch millisecond at which it is no longer to be read (0: never), little-endian. */
const HEADER = 2 + 8;

/**
 * A value as bytes. V8's own serialisation keeps what JSON loses (typed arrays, as their bytes; undefined; −0), and reads what older
 * versions of it have written.
 */
export function encodeValue(value: unknown, expires: number): Buffer {
  const body = serialize(value);
  const bytes = Buffer.allocUnsafe(HEADER + body.length);
  bytes[0] = MAGIC;
  bytes[1] = FORMAT;
  bytes.writeDoubleLE(expires, 2);
  body.copy(bytes, HEADER);
  return bytes;
}

/** Undefined for what is of another format, damaged, or past its time at `epoch`. */
export function decodeValue(bytes: Buffer, epoch: number): { readonly value: unknown } | undefined {
  if (bytes.length <= HEADER || bytes[0] !== MAGIC || bytes[1] !== FORMAT) return undefined;
  const expires = bytes.readDoubleLE(2);
  if (Number.isNaN(expires) || (expires > 0 && epoch >= expires)) return undefined;
  try {
    return { value: deserialize(bytes.subarray(HEADER)) };
  } catch {
    return undefined;
  }
}
