import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
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
    if (!(await isWhole(file, bytes))) throw new Error(`only ${bytes} bytes were written: is the disk full?`);
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

/**
 * The library's file, little-endian: a header of 96 bytes (u64 at 16: elements; u64 at 24: bytes of each), the elements,
 * then for each of them a u32 and so many bytes of links of upper levels. A file that was cut off on a full disk, which the
 * library does not notice, ends before its last list does.
 */
const GRAPH_HEADER = 96;

async function isWhole(file: string, bytes: number): Promise<boolean> {
  if (bytes < GRAPH_HEADER) return false;
  const handle = await open(file);
  try {
    const header = Buffer.alloc(GRAPH_HEADER);
    await handle.read(header, 0, GRAPH_HEADER, 0);
    const elements = Number(header.readBigUInt64LE(16));
    const start = GRAPH_HEADER + elements * Number(header.readBigUInt64LE(24));
    if (start > bytes) return false;
    const lists = Buffer.alloc(bytes - start);
    await handle.read(lists, 0, lists.length, start);
    let end = 0;
    for (let element = 0; element < elements; element += 1) {
      if (end + 4 > lists.length) return false;
      end += 4 + lists.readUInt32LE(end);
    }
    return end === lists.length;
  } finally {
    await handle.close();
  }
}

/** CRC-32, read piece by piece: a graph may be larger than the memory left. */
async function checksumOf(file: string): Promise<number> {
  let checksum = 0;
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) {
    checksum = crc32(piece as Buffer, checksum);
  }
  return checksum;
}
