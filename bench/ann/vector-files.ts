import { readFileSync } from 'node:fs';
import { GroundspeedError } from '../../src/kernel/errors.ts';

/**
 * The vectors of a TEXMEX file: each a little-endian 32-bit count, then so many 32-bit numbers, floating (`.fvecs`) or
 * whole (`.ivecs`). Throws `dataset.format` when the file ends within a vector.
 */
export function readVectors(path: string): Float32Array[] {
  return parseVectors(readFileSync(path), path);
}

export function parseVectors(bytes: Uint8Array, path: string): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = path.endsWith('.ivecs');
  const vectors: Float32Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = at + 4 <= bytes.length ? view.getInt32(at, true) : -1;
    const end = at + 4 + 4 * length;
    if (length < 1 || end > bytes.length) {
      throw new GroundspeedError(
        'dataset.format',
        `${path} ends, or is broken, within vector ${vectors.length}`,
        {
          where: path,
        },
      );
    }
    const start = at + 4;
    vectors.push(
      Float32Array.from({ length }, (_, index) =>
        whole ? view.getInt32(start + 4 * index, true) : view.getFloat32(start + 4 * index, true),
      ),
    );
    at = end;
  }
  return vectors;
}
