import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { indexedText } from '../chunking/indexed-text.ts';
import type { DocumentFailure } from '../documents/source.ts';
import type { Chunk, ChunkKey, DocumentStore, Embedder } from '../ports.ts';
import { type EmbedderBreaker, EmbedderOutage, untilAvailable, wasSpared } from './embedder-outage.ts';
import type { IngestRun } from './ingest-run.ts';
import type { QuarantineKeeper } from './quarantine-keeper.ts';
import { checkedLength } from './vector-check.ts';

/** A text that any embedder can take: when even this fails, the embedder is at fault, not the document. */
const PROBE = 'Is the service there?';
/** So often the probe may fail before a breaker that counts along has opened; then the embedder has failed altogether. */
const MOST_PROBES = 10;

interface Entry {
  readonly key: ChunkKey;
  readonly vector: Float32Array;
}

export interface EmbeddingPassParts {
  readonly store: DocumentStore;
  readonly embedder: Embedder;
  readonly run: IngestRun;
  readonly quarantine: QuarantineKeeper;
  readonly breaker: EmbedderBreaker;
  /** Told of the tokens that the embedder has counted. */
  readonly used: (inputTokens: number) => void;
}

/** Makes the vectors that are missing, and stores them batch by batch: what is stored is not made again. */
export class EmbeddingPass {
  readonly #parts: EmbeddingPassParts;
  readonly #hashes: ReadonlyMap<string, string>;
  readonly #failed = new Set<string>();

  constructor(parts: EmbeddingPassParts) {
    this.#parts = parts;
    this.#hashes = parts.store.hashes();
  }

  /**
   * A document of which a chunk gets no valid vector fails, is left staged, and goes into quarantine. While the embedder's
   * breaker is open, the pass waits for it; documents for which that was not enough are skipped, and left staged too.
   * Throws only when the embedder fails altogether, or when the ingest is called off.
   */
  async complete(batchSize: number): Promise<void> {
    try {
      await this.#embedAll(batchSize);
    } catch (thrown) {
      if (!(thrown instanceof EmbedderOutage)) throw thrown;
      this.#skipTheRest(thrown.reason);
    }
  }

  async #embedAll(batchSize: number): Promise<void> {
    const { store, embedder, run } = this.#parts;
    const total = store.countWithoutVector(embedder.id);
    let done = 0;
    let after: ChunkKey | undefined;
    for (;;) {
      run.progress('embed', done, total);
      const chunks = store.chunksWithoutVector(embedder.id, batchSize, after);
      const last = chunks.at(-1);
      if (last === undefined) return;
      await this.#embedBatch(chunks.filter((chunk) => this.#isWanted(chunk)));
      after = last.key;
      done += chunks.length;
      await run.pause();
    }
  }

  /** Not where the document has failed, and would not be shown anyway, or is in quarantine. */
  #isWanted({ documentId }: Chunk): boolean {
    if (this.#failed.has(documentId)) return false;
    return !this.#parts.quarantine.holds(documentId, this.#hashes.get(documentId), this.#parts.embedder.id);
  }

  async #embedBatch(chunks: readonly Chunk[]): Promise<void> {
    if (chunks.length === 0) return;
    const made = await this.#tried(chunks);
    if (wasSpared(made.error)) await this.#available(made.error);
    this.#keep(made.entries);
    const sound = new Set(made.entries.map(({ key }) => key));
    for (const chunk of chunks) {
      if (!sound.has(chunk.key) && !this.#failed.has(chunk.documentId)) await this.#embedAlone(chunk);
    }
  }

  /**
   * After its batch has failed: finds out whether this document is at fault, so that the others go on. It is when it fails
   * while the embedder works; what failed in an outage is tried once more after it, and may open the breaker by itself.
   */
  async #embedAlone(chunk: Chunk): Promise<void> {
    let afterOutage = false;
    for (;;) {
      const { entries, error } = await this.#tried([chunk]);
      if (error === undefined) return this.#keep(entries);
      const hadOutage = await this.#expectWell(error);
      if (!hadOutage || afterOutage) return this.#fail(chunk, error);
      afterOutage = true;
    }
  }

  /** The valid ones among the vectors of chunks, and the first failure; throws what is no failure of these chunks. */
  async #tried(chunks: readonly Chunk[]): Promise<{ entries: readonly Entry[]; error: unknown }> {
    let vectors: readonly Float32Array[];
    try {
      vectors = await this.#embed(chunks.map(indexedText));
    } catch (error) {
      this.#throwIfFatal(error);
      return { entries: [], error };
    }
    const entries: Entry[] = [];
    let error: unknown;
    chunks.forEach((chunk, index) => {
      const vector = vectors[index]!;
      const fault = this.#faultOf(vector, chunk);
      if (fault === undefined) entries.push({ key: chunk.key, vector });
      else error ??= fault;
    });
    return { entries, error };
  }

  /**
   * Comes back when the embedder does its work, and says whether there was an outage to wait for; throws what it fails with
   * altogether.
   */
  async #expectWell(after: unknown): Promise<boolean> {
    let spared = after;
    for (let probes = 1; !wasSpared(spared); probes += 1) {
      try {
        await this.#probe();
        return false;
      } catch (thrown) {
        this.#throwIfFatal(thrown);
        // A breaker that counts along will open, if the embedder is down.
        if (!wasSpared(thrown) && (this.#parts.breaker.health === undefined || probes === MOST_PROBES))
          throw thrown;
        spared = thrown;
      }
    }
    await this.#available(spared);
    return true;
  }

  #available(spared: GroundspeedError): Promise<void> {
    const { breaker, run } = this.#parts;
    const probe = async (): Promise<void> => {
      try {
        await this.#probe();
      } catch (thrown) {
        this.#throwIfFatal(thrown);
        throw thrown;
      }
    };
    return untilAvailable(spared, { breaker, run, probe });
  }

  async #probe(): Promise<void> {
    const [vector] = await this.#embed([PROBE]);
    checkedLength(vector!, this.#parts.embedder.dimensions, () => 'A text that any embedder can take');
  }

  async #embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const { embedder, run, used } = this.#parts;
    const { signal } = run;
    const options = { purpose: 'document', ...(signal === undefined ? {} : { signal }) } as const;
    const { vectors, inputTokens = 0 } = await embedder.embed(texts, options);
    used(inputTokens);
    if (vectors.length !== texts.length) {
      throw new GroundspeedError(
        'embedding.failed',
        `The embedder ${embedder.id} gave ${vectors.length} vectors for ${texts.length} texts`,
      );
    }
    return vectors;
  }

  #keep(entries: readonly Entry[]): void {
    const { store, embedder } = this.#parts;
    if (entries.length > 0) store.putVectors(embedder.id, entries);
  }

  #faultOf(vector: Float32Array, chunk: Chunk): unknown {
    try {
      checkedLength(vector, this.#parts.embedder.dimensions, () => placeOf(chunk));
      return undefined;
    } catch (fault) {
      return fault;
    }
  }

  #fail(chunk: Chunk, thrown: unknown): void {
    const { run, quarantine, embedder } = this.#parts;
    const { documentId: id } = chunk;
    this.#failed.add(id);
    const failure = failureOf(chunk, thrown);
    const hash = this.#hashes.get(id);
    if (hash !== undefined) quarantine.put(failure, { hash, model: embedder.id });
    run.fail(failure);
  }

  #skipTheRest(reason: string): void {
    const { store, embedder, run } = this.#parts;
    const left = new Set<string>();
    let after: ChunkKey | undefined;
    for (;;) {
      const chunks = store.chunksWithoutVector(embedder.id, 1000, after);
      for (const chunk of chunks) if (this.#isWanted(chunk)) left.add(chunk.documentId);
      after = chunks.at(-1)?.key;
      if (after === undefined) break;
    }
    for (const id of left) run.skip({ id, reason });
  }

  /** Only failures of embedding can be one document's; a wrong setting or a call that was called off is everyone's. */
  #throwIfFatal(thrown: unknown): void {
    const { run } = this.#parts;
    if (run.signal?.aborted) throw run.interruption();
    if (thrown instanceof GroundspeedError && !/^(embedding|dependency)\./.test(thrown.code)) throw thrown;
    if (thrown instanceof EmbedderOutage) throw thrown;
  }
}

function failureOf(chunk: Chunk, thrown: unknown): DocumentFailure {
  const id = chunk.documentId;
  if (thrown instanceof GroundspeedError) {
    const named = thrown.code === 'embedding.notFinite' || thrown.code === 'embedding.dimension';
    if (named) return { id, code: thrown.code, message: thrown.message };
  }
  const code = thrown instanceof GroundspeedError ? thrown.code : 'embedding.failed';
  return { id, code, message: `${placeOf(chunk)} could not be embedded: ${messageOf(thrown)}` };
}

function placeOf({ documentId, start, end }: Chunk): string {
  return `Document ${documentId} (characters ${start} to ${end})`;
}
