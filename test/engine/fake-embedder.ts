import type { DocumentStore, Embedder, EmbedderSource } from '../../src/engine/ports.ts';
import { sha256 } from '../../src/kernel/digest.ts';

/** A unit vector that depends on the text alone: equal texts, equal vectors; others point anywhere. */
export function hashVector(text: string, dimensions = 8): Float32Array {
  const digest = Buffer.from(sha256(text), 'hex');
  const numbers = Float32Array.from({ length: dimensions }, (_, i) => digest.readInt16LE((2 * i) % 32) + 0.5);
  const length = Math.hypot(...numbers);
  return numbers.map((value) => value / length);
}

export interface FakeEmbedderOptions {
  readonly id?: string;
  readonly dimensions?: number;
  /** What comes back for a text in place of its vector; may throw. Undefined: the usual vector. */
  readonly answer?: (text: string) => Float32Array | undefined;
  /** Called before each batch; may throw. */
  readonly onCall?: (texts: readonly string[]) => void | Promise<void>;
}

/** An embedder at the port that needs no model. */
export function fakeEmbedder({
  id = 'fake/8',
  dimensions = 8,
  answer = () => undefined,
  onCall = () => {},
}: FakeEmbedderOptions = {}): Embedder {
  return {
    id,
    dimensions,
    embed: async (texts) => {
      await onCall(texts);
      return { vectors: texts.map((text) => answer(text) ?? hashVector(text, dimensions)) };
    },
  };
}

/** Always the same embedder, or none; `onPrepare` sees the store when it is complete. */
export function fakeEmbedderSource(
  embedder: Embedder | undefined,
  onPrepare: (store: DocumentStore) => void | Promise<void> = () => {},
): EmbedderSource {
  return {
    prepare: async (store, { onProgress }) => {
      onProgress?.(1, 1);
      await onPrepare(store);
      return embedder;
    },
    open: async () => embedder,
  };
}
