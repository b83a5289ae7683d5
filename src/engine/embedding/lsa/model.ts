import { sha256 } from '../../../kernel/digest.ts';
import { GroundspeedError } from '../../../kernel/errors.ts';
import type { Vocabulary } from './term-matrix.ts';

/** Latent semantic analysis, fitted: a text's vector is the sum of its terms' rows, each times the term's weight. */
export interface LsaModel extends Vocabulary {
  readonly dimensions: number;
  /** Row-major, one row a term. */
  readonly projection: Float32Array;
}

const FORMAT = 'groundspeed.lsa/1';
const DIGEST_LENGTH = 12;

/**
 * The model as bytes: a line of JSON, filled with spaces to a multiple of four bytes; idf and projection (f32,
 * little-endian); the terms in UTF-8, one a line.
 */
export function encodeModel({ dimensions, terms, idf, projection }: LsaModel): Uint8Array {
  const header = JSON.stringify({ format: FORMAT, dimensions, terms: terms.length });
  const padding = ' '.repeat(3 - (Buffer.byteLength(header) % 4));
  return Buffer.concat([
    Buffer.from(`${header}${padding}\n`),
    Buffer.from(idf.buffer, idf.byteOffset, idf.byteLength),
    Buffer.from(projection.buffer, projection.byteOffset, projection.byteLength),
    Buffer.from(terms.join('\n')),
  ]);
}

/** `lsa/256@3f2a…`: dimensions, and the beginning of the SHA-256 of the model's bytes. */
export function modelId(bytes: Uint8Array): string {
  return `lsa/${headerOf(bytes).dimensions}@${sha256(bytes).slice(0, DIGEST_LENGTH)}`;
}

/** Reads the model `id`; refuses bytes that are not it. */
export function decodeModel(id: string, bytes: Uint8Array): LsaModel {
  if (modelId(bytes) !== id) throw damagedModel('its checksum is wrong');
  const { dimensions, terms: count, length } = headerOf(bytes);
  // Copied, so that the numbers start at an address that a typed array may start at.
  const { buffer } = new Uint8Array(bytes.subarray(length));
  const idf = new Float32Array(buffer, 0, count);
  const projection = new Float32Array(buffer, idf.byteLength, count * dimensions);
  const text = Buffer.from(buffer, idf.byteLength + projection.byteLength).toString();
  return { dimensions, idf, projection, terms: count === 0 ? [] : text.split('\n') };
}

function headerOf(bytes: Uint8Array): { dimensions: number; terms: number; length: number } {
  const length = bytes.indexOf(0x0a) + 1;
  try {
    const header = JSON.parse(Buffer.from(bytes.subarray(0, length)).toString());
    if (header.format === FORMAT) return { dimensions: header.dimensions, terms: header.terms, length };
  } catch {
    // Not JSON: reported below, like any other foreign content.
  }
  throw damagedModel(`it is not of the format ${FORMAT}`);
}

export function damagedModel(why: string): GroundspeedError {
  return new GroundspeedError('store.corrupt', `The fitted embedding model cannot be read: ${why}`, {
    hint: 'Ingest the documents into a new index: --index DIR.',
  });
}
