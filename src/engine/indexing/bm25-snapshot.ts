import { endianness } from 'node:os';
import type { Dictionary, Postings } from './bm25-postings.ts';
import { readSnapshot, writeSnapshot } from './snapshot-file.ts';

const MAGIC = 'GSBM25/1';
const HEADER_WORDS = 4;

/**
 * Body of the file, little-endian: u32 chunks, terms, postings, bytes of the dictionary; then the arrays of `Postings`
 * in the order keys, lengths, offsets, ordinals (u32 each), counts (u16); then the terms in UTF-8, one a line.
 * Neither k1, b nor impacts stand in it: they are computed from it.
 */
export async function writePostings(path: string, postings: Postings, dictionary: Dictionary): Promise<void> {
  const { keys, lengths, offsets, ordinals, counts } = postings;
  const terms = Buffer.from([...dictionary.keys()].join('\n'));
  const header = Uint32Array.of(keys.length, dictionary.size, ordinals.length, terms.length);
  const words = [header, keys, lengths, offsets, ordinals].map((array) => littleEndian(array));
  await writeSnapshot(path, MAGIC, [...words, littleEndian(counts), terms]);
}

export async function readPostings(path: string): Promise<{ postings: Postings; dictionary: Dictionary }> {
  const body = await readSnapshot(path, MAGIC);
  let position = 0;
  const take = (bytes: number): Uint8Array => {
    position += bytes;
    return body.subarray(position - bytes, position);
  };
  const words = (length: number): Uint32Array => {
    const bytes = littleEndian(take(4 * length), 4);
    return new Uint32Array(bytes.buffer, bytes.byteOffset, length);
  };
  const [chunks = 0, terms = 0, size = 0, dictionaryBytes = 0] = words(HEADER_WORDS);
  const [keys, lengths, offsets, ordinals] = [words(chunks), words(chunks), words(terms + 1), words(size)];
  const halfWords = littleEndian(take(2 * size), 2);
  const counts = new Uint16Array(halfWords.buffer, halfWords.byteOffset, size);
  const lines = terms === 0 ? [] : Buffer.from(take(dictionaryBytes)).toString().split('\n');
  const dictionary: Dictionary = new Map(lines.map((term, id) => [term, id]));
  return { postings: { keys, lengths, offsets, ordinals, counts }, dictionary };
}

/** The bytes with the least significant first, or back: as they lie in memory, but on the rare machine that swaps them. */
function littleEndian(
  array: Uint32Array | Uint16Array | Uint8Array,
  width = array.BYTES_PER_ELEMENT,
): Buffer {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  if (endianness() === 'LE') return bytes;
  const swapped = Buffer.from(bytes);
  return width === 4 ? swapped.swap32() : swapped.swap16();
}
