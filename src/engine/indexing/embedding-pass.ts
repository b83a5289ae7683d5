import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { indexedText } from '../chunking/indexed-text.ts';
import type { Chunk, ChunkKey, DocumentStore, Embedder } from '../ports.ts';
import type { IngestRun } from './ingest-run.ts';
import { checkedLength } from './vector-check.ts';

/** A text that any embedder can take: when even this fails, the embedder is at fault, not the document. */
const PROBE = 'Is the service there?';

/** Makes the vectors that are missing, and stores them batch by batch: what is stored is not made again. */
export class EmbeddingPass {
  readonly #store: DocumentStore;
  readonly #embedder: Embedder;
  readonly #run: IngestRun;
  readonly #failed = new Set<string>();

  constructor(store: DocumentStore, embedder: Embedder, run: IngestRun) {
    this.#store = store;
    this.#embedder = embedder;
    this.#run = run;
  }

  /**
   * A document of which a chunk gets no valid vector fails, and is left staged. Throws only when the embedder fails
   * altogether, or when the ingest is called off.
   */
  async complete(batchSize: number): Promise<void> {
    const { id } = this.#embedder;
    const total = this.#store.countWithoutVector(id);
    let done = 0;
    let after: ChunkKey | undefined;
    for (;;) {
      this.#run.progress('embed', done, total);
      const chunks = this.#store.chunksWithoutVector(id, batchSize, after);
      const last = chunks.at(-1);
      if (last === undefined) return;
      const entries = await this.#embedBatch(this.#wanted(chunks));
      if (entries.length > 0) this.#store.putVectors(id, entries);
      after = last.key;
      done += chunks.length;
      await this.#run.pause();
    }
  }

  /** Without the chunks of documents that have failed: they would not be shown anyway. */
  #wanted(chunks: readonly Chunk[]): readonly Chunk[] {
    return chunks.filter(({ documentId }) => !this.#failed.has(documentId));
  }

  async #embedBatch(chunks: readonly Chunk[]): Promise<{ key: ChunkKey; vector: Float32Array }[]> {
    if (chunks.length === 0) return [];
    let vectors: readonly Float32Array[];
    try {
      vectors = await this.#embed(chunks.map(indexedText));
    } catch (thrown) {
      this.#throwIfFatal(thrown);
      return this.#embedOneByOne(chunks);
    }
    return this.#valid(chunks, vectors);
  }

  /** After a batch has failed: finds the documents at fault, so that the others go on. */
  async #embedOneByOne(chunks: readonly Chunk[]): Promise<{ key: ChunkKey; vector: Float32Array }[]> {
    const entries: { key: ChunkKey; vector: Float32Array }[] = [];
    for (const chunk of chunks) {
      if (this.#failed.has(chunk.documentId)) continue;
      try {
        entries.push(...this.#valid([chunk], await this.#embed([indexedText(chunk)])));
      } catch (thrown) {
        this.#throwIfFatal(thrown);
        await this.#embed([PROBE]);
        this.#fail(chunk, thrown);
      }
    }
    return entries;
  }

  async #embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const { signal } = this.#run;
    const options = { purpose: 'document', ...(signal === undefined ? {} : { signal }) } as const;
    const { vectors } = await this.#embedder.embed(texts, options);
    if (vectors.length !== texts.length) {
      throw new GroundspeedError(
        'embedding.failed',
        `The embedder ${this.#embedder.id} gave ${vectors.length} vectors for ${texts.length} texts`,
      );
    }
    return vectors;
  }

  #valid(
    chunks: readonly Chunk[],
    vectors: readonly Float32Array[],
  ): { key: ChunkKey; vector: Float32Array }[] {
    const entries: { key: ChunkKey; vector: Float32Array }[] = [];
    chunks.forEach((chunk, index) => {
      const vector = vectors[index]!;
      try {
        checkedLength(vector, this.#embedder.dimensions, () => placeOf(chunk));
        entries.push({ key: chunk.key, vector });
      } catch (thrown) {
        this.#fail(chunk, thrown);
      }
    });
    return entries;
  }

  #fail(chunk: Chunk, thrown: unknown): void {
    if (this.#failed.has(chunk.documentId)) return;
    this.#failed.add(chunk.documentId);
    const known = thrown instanceof GroundspeedError;
    const named = known && thrown.code !== 'embedding.failed';
    this.#run.fail({
      id: chunk.documentId,
      code: known ? thrown.code : 'embedding.failed',
      message: named ? thrown.message : `${placeOf(chunk)} could not be embedded: ${messageOf(thrown)}`,
    });
  }

  /** Only failures of embedding can be one document's; a wrong setting or a call that was called off is everyone's. */
  #throwIfFatal(thrown: unknown): void {
    if (this.#run.signal?.aborted) throw this.#run.interruption();
    if (thrown instanceof GroundspeedError && !thrown.code.startsWith('embedding.')) throw thrown;
  }
}

function placeOf({ documentId, start, end }: Chunk): string {
  return `Document ${documentId} (characters ${start} to ${end})`;
}
