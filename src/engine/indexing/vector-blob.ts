import { endianness } from 'node:os';

const swapped = endianness() === 'BE';

/** A vector as the store keeps it: float32, little-endian on every machine, so that an index may be copied between them. */
export function encodeVector(vector: Float32Array): Buffer {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return swapped ? Buffer.from(bytes).swap32() : bytes;
}

export function decodeVector(blob: Buffer): Float32Array {
  const bytes = swapped ? Buffer.from(blob).swap32() : blob;
  const aligned = bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0;
  return aligned
    ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / Float32Array.BYTES_PER_ELEMENT)
    : new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
