import { messageOf } from '../../kernel/errors.ts';
import { chunkText } from '../chunking/chunk.ts';
import { type DocumentFailure, documentHash, type SourceItem } from '../documents/source.ts';
import type { EngineOptions } from '../options.ts';
import type { ChunkDraft, DocumentDraft, DocumentStore, SourceDocument } from '../ports.ts';
import type { IngestRun } from './ingest-run.ts';
import type { QuarantineKeeper } from './quarantine-keeper.ts';

/** A batch is one transaction: so many items of the source, or so many characters, whichever comes first. */
const BATCH_ITEMS = 64;
const BATCH_CHARACTERS = 8_000_000;

export interface StagedSource {
  /** Documents that the store showed already, as they are. */
  readonly unchanged: number;
  /** Ids of the source's documents, and of its failures. */
  readonly seen: ReadonlySet<string>;
  /** Ids of the documents that were staged, now or before, or that are shown already as they are. */
  readonly taken: ReadonlySet<string>;
  /** A failure may hide documents of unknown ids. */
  readonly unidentified: boolean;
}

export interface StagingOptions {
  readonly store: DocumentStore;
  readonly chunking: EngineOptions['chunking'];
  /** Another chunker than the usual one. */
  readonly chunk?: typeof chunkText;
  readonly run: IngestRun;
  readonly quarantine: QuarantineKeeper;
}

/**
 * Reads a source to its end and stages each document that the store does not hold with the same content, chunked.
 * Bad documents become failures of the run. What an earlier ingest staged with the same content is left as it is.
 */
export async function stageSource(
  source: AsyncIterable<SourceItem> | Iterable<SourceItem>,
  options: StagingOptions,
): Promise<StagedSource> {
  const { run } = options;
  const staging = new Staging(options);
  let items = 0;
  for await (const item of source) {
    staging.take(item);
    items += 1;
    if (items % BATCH_ITEMS === 0 || staging.characters >= BATCH_CHARACTERS) {
      staging.flush();
      run.progress('read', items, undefined);
      await run.pause();
    }
  }
  staging.flush();
  run.progress('read', items, items);
  return staging;
}

class Staging implements StagedSource {
  unchanged = 0;
  unidentified = false;
  readonly seen = new Set<string>();
  readonly taken = new Set<string>();
  /** Ids of documents alone: one that failed leaves its id to another. */
  readonly #documents = new Set<string>();
  /** In the drafts that are not stored yet. */
  characters = 0;
  #drafts: DocumentDraft[] = [];
  readonly #options: StagingOptions;
  readonly #hashes: ReadonlyMap<string, string>;
  readonly #stagedBefore: ReadonlySet<string>;

  constructor(options: StagingOptions) {
    this.#options = options;
    this.#hashes = options.store.hashes();
    this.#stagedBefore = new Set(options.store.stagedIds());
  }

  take(item: SourceItem): void {
    if ('document' in item) {
      this.#takeDocument(item.document);
      this.seen.add(item.document.id);
      this.#documents.add(item.document.id);
    } else {
      this.#options.run.fail(item.failure);
      this.seen.add(item.failure.id);
      if (item.unidentified) this.unidentified = true;
    }
  }

  flush(): void {
    if (this.#drafts.length > 0) this.#options.store.stage(this.#drafts);
    this.#drafts = [];
    this.characters = 0;
  }

  #takeDocument(document: SourceDocument): void {
    const { id } = document;
    const { run } = this.#options;
    if (this.#documents.has(id)) {
      run.fail({
        id,
        code: 'document.duplicate',
        message: `Another document bears the id ${id}; rename one of them`,
      });
      return;
    }
    const hash = this.#hashOf(document);
    if (hash === undefined || this.#options.quarantine.holds(id, hash, undefined)) return;
    if (this.#hashes.get(id) === hash) {
      this.taken.add(id);
      if (!this.#stagedBefore.has(id)) this.unchanged += 1;
      return;
    }
    const chunks = this.#chunksOf(document, hash);
    if (chunks === undefined) return;
    if (chunks.length === 0) {
      run.fail({ id, code: 'document.empty', message: `Document ${id} has no text` });
      return;
    }
    this.taken.add(id);
    this.#drafts.push({ document, hash, chunks });
    this.characters += document.text.length;
  }

  /** Undefined, and a failure of the run, for what cannot be written as JSON: its metadata run in a circle. */
  #hashOf(document: SourceDocument): string | undefined {
    try {
      return documentHash(document);
    } catch (thrown) {
      this.#options.run.fail(unreadable(document, thrown));
      return undefined;
    }
  }

  /** Undefined, and a document in quarantine, where the chunker fails: it would fail again. */
  #chunksOf(document: SourceDocument, hash: string): readonly ChunkDraft[] | undefined {
    const { chunking, chunk = chunkText, run, quarantine } = this.#options;
    try {
      return chunk(document.text, chunking);
    } catch (thrown) {
      const failure = unreadable(document, thrown);
      quarantine.put(failure, { hash, model: undefined });
      run.fail(failure);
      return undefined;
    }
  }
}

function unreadable({ id }: SourceDocument, thrown: unknown): DocumentFailure {
  return { id, code: 'document.unreadable', message: `Document ${id}: ${messageOf(thrown)}` };
}
