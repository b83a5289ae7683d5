import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { HierarchicalNSW } from 'hnswlib-node';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import type { ChunkKey } from '../ports.ts';
import { readSnapshot, writeSnapshot } from './snapshot-file.ts';

const MAGIC = 'GSHNSW/1';
const REBUILD = 'Delete the file: it is rebuilt from the store.';

/** A graph and what it does not know of itself. */
export interface GraphContent {
  readonly graph: HierarchicalNSW;
  readonly dimensions: number;
  /** Chunk key by label; 0 where the label is free. */
  readonly keys: readonly ChunkKey[];
  /** Keys of chunks whose vector is zero. */
  readonly zeros: ReadonlySet<ChunkKey>;
}

/**
 * Two files: `.hnsw`, which the library writes, and `.keys` (f64: dimensions, bytes and CRC-32 of the graph, number of
 * keys; then keys and zeros, u32 each). The library checks little of what it reads and nothing of what it writes, and
 * a damaged graph crashes the process: the second file vouches for the first.
 */
export async function writeGraph(
  path: string,
  { graph, dimensions, keys, zeros }: GraphContent,
): Promise<void> {
  const file = `${path}.hnsw`;
  try {
    await graph.writeIndex(file);
    const { size: bytes } = await stat(file);
    if (bytes < keys.length * dimensions * Float32Array.BYTES_PER_ELEMENT) {
      throw new Error(`only ${bytes} bytes were written`);
    }
    const header = Float64Array.of(dimensions, bytes, await checksumOf(file), keys.length);
    const numbers = Uint32Array.from([...keys, ...zeros]);
    await writeSnapshot(`${path}.keys`, MAGIC, [
      new Uint8Array(header.buffer),
      new Uint8Array(numbers.buffer),
    ]);
  } catch (cause) {
    if (cause instanceof GroundspeedError) throw cause;
    throw new GroundspeedError(
      'store.unwritable',
      `The vector graph cannot be written: ${messageOf(cause)}`,
      {
        where: file,
        hint: 'Free some space, or make the folder writable; the index itself is safe in its store.',
        cause,
      },
    );
  }
}

/** Reads a graph of `dimensions` into `graph`, a new object of the library. */
export async function readGraph(
  path: string,
  dimensions: number,
  graph: HierarchicalNSW,
): Promise<GraphContent> {
  const file = `${path}.hnsw`;
  const body = await readSnapshot(`${path}.keys`, MAGIC);
  const header = new Float64Array(body.buffer, 0, 4);
  const numbers = new Uint32Array(body.buffer, header.byteLength);
  const [savedDimensions, savedBytes, savedChecksum, count] = header as unknown as [
    number,
    number,
    number,
    number,
  ];
  if (savedDimensions !== dimensions) {
    throw new GroundspeedError(
      'store.incompatible',
      `The snapshot holds vectors of ${savedDimensions} numbers; the index holds vectors of ${dimensions}`,
      { where: file, hint: REBUILD },
    );
  }
  try {
    const { size: bytes } = await stat(file);
    if (bytes !== savedBytes) throw new Error(`it has ${bytes} bytes instead of ${savedBytes}`);
    if ((await checksumOf(file)) !== savedChecksum) throw new Error('its checksum is wrong');
    if (count > 0) await graph.readIndex(file);
  } catch (cause) {
    throw new GroundspeedError('store.corrupt', `The vector graph cannot be read: ${messageOf(cause)}`, {
      where: file,
      hint: REBUILD,
      cause,
    });
  }
  return {
    graph,
    dimensions,
    keys: Array.from(numbers.subarray(0, count)),
    zeros: new Set(numbers.subarray(count)),
  };
}

/** CRC-32, read piece by piece: a graph may be larger than the memory left. */
async function checksumOf(file: string): Promise<number> {
  let checksum = 0;
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) {
    checksum = crc32(piece as Buffer, checksum);
  }
  return checksum;
}
