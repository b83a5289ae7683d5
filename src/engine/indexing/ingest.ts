import type { Clock } from '../../kernel/clock.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import type { Emitter } from '../../kernel/emitter.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import type { DocumentFailure, SourceItem } from '../documents/source.ts';
import type { EngineEvent } from '../events.ts';
import type { EngineOptions } from '../options.ts';
import type { ChunkKey, DocumentStore, Embedder, EmbedderSource, StoreChange } from '../ports.ts';
import { EmbeddingPass } from './embedding-pass.ts';
import { type IngestPhase, IngestRun } from './ingest-run.ts';
import { type StagedSource, stageSource } from './staging.ts';

export interface IngestDependencies {
  readonly store: DocumentStore;
  readonly embedders: EmbedderSource;
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly events: Emitter<EngineEvent>;
  readonly signal?: AbortSignal;
  /** Removes documents that the source does not hold. One that failed is not missing. */
  readonly removeMissing?: boolean;
}

export interface IngestResult {
  /** Documents that are shown now and were not before, or not with this content. */
  readonly indexed: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Documents that would have been removed, but may be among what could not be read: a corrupt line of a corpus, say. */
  readonly keptMissing: number;
  readonly failed: readonly DocumentFailure[];
  readonly durationMs: number;
  /** Milliseconds by phase. */
  readonly phases: Readonly<Record<IngestPhase, number>>;
  /** Indexed documents per second of the whole. */
  readonly documentsPerSecond: number;
  /** What indexes and catalogues of the store have to follow. */
  readonly change: StoreChange;
}

/**
 * Takes the source's documents into the store: staged in batches, embedded in batches, shown all at once at the end.
 * Until then the store answers as before. A bad document fails alone.
 *
 * It may be stopped at any point, by its signal (`run.interrupted`) or by the death of the process: what is staged
 * and embedded by then is kept, and the next ingest goes on from there.
 */
export async function ingestDocuments(
  source: AsyncIterable<SourceItem> | Iterable<SourceItem>,
  dependencies: IngestDependencies,
): Promise<IngestResult> {
  const { clock, events, signal } = dependencies;
  const run = new IngestRun(clock, events, signal);
  try {
    return await ingest(source, dependencies, run);
  } catch (thrown) {
    const isStores = thrown instanceof GroundspeedError && thrown.code.startsWith('store.');
    throw signal?.aborted && !isStores ? run.interruption() : thrown;
  }
}

async function ingest(
  source: AsyncIterable<SourceItem> | Iterable<SourceItem>,
  { store, embedders, options, removeMissing = false }: IngestDependencies,
  run: IngestRun,
): Promise<IngestResult> {
  claimChunking(store, options.chunking);
  const staged = await run.phase('read', () =>
    stageSource(source, { store, chunking: options.chunking, run }),
  );
  const missing = removeMissing ? missingFrom(store, staged) : { published: [], staged: [] };
  const keep = staged.unidentified;
  if (!keep && missing.staged.length > 0) store.remove(missing.staged);

  const embedder = await run.phase('fit', () => prepare(embedders, store, run));
  await run.phase(
    'embed',
    () => embedder && new EmbeddingPass(store, embedder, run).complete(options.embedding.batchSize),
  );
  const { indexed, change } = await run.phase('publish', () => {
    run.progress('publish', 0, 1);
    const waiting = store.stagedIds().length;
    const published = store.publish(embedder?.id);
    const left = store.stagedIds().length;
    const removed = keep ? undefined : store.remove(missing.published);
    run.progress('publish', 1, 1);
    return { indexed: waiting - left, change: removed ? followedBy(published, removed) : published };
  });
  const { durationMs } = run;
  return {
    indexed,
    unchanged: staged.unchanged,
    removed: keep ? 0 : missing.published.length,
    keptMissing: keep ? missing.published.length : 0,
    failed: run.failed,
    durationMs,
    phases: run.phases,
    documentsPerSecond: durationMs > 0 ? indexed / (durationMs / 1000) : 0,
    change,
  };
}

/** An index is chunked in one way throughout: offsets, scores and comparisons would mean nothing otherwise. */
function claimChunking(store: DocumentStore, { size, overlap }: EngineOptions['chunking']): void {
  const wanted = canonicalJson({ size, overlap });
  const made = store.fact('chunking');
  if (made === wanted) return;
  if (made !== undefined && store.hashes().size > 0) {
    const before = JSON.parse(made) as EngineOptions['chunking'];
    throw new GroundspeedError(
      'store.incompatible',
      `The index was chunked by ${before.size} tokens with an overlap of ${before.overlap}; the settings now say ${size} with ${overlap}`,
      {
        where: 'chunking',
        hint: 'Give --index another folder, or set chunking.size and chunking.overlap to what they were.',
      },
    );
  }
  store.setFact('chunking', wanted);
}

/** Documents of the store that the source does not hold: those shown, and those that an earlier ingest left staged. */
function missingFrom(store: DocumentStore, { seen }: StagedSource) {
  const documents = store.documentIds();
  const shown = new Set(documents);
  return {
    published: documents.filter((id) => !seen.has(id)),
    staged: store.stagedIds().filter((id) => !seen.has(id) && !shown.has(id)),
  };
}

function prepare(
  embedders: EmbedderSource,
  store: DocumentStore,
  run: IngestRun,
): Promise<Embedder | undefined> {
  const { signal } = run;
  return embedders.prepare(store, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) => run.progress('fit', done, total),
  });
}

/** Two changes as one. What the first added and the second removed has never been, unless it was renewed. */
function followedBy(first: StoreChange, second: StoreChange): StoreChange {
  const gone = new Set(second.removedKeys);
  const addedKeys = first.addedKeys.filter((key) => !gone.has(key));
  const removedBefore = new Set(first.removedKeys);
  const passing = new Set(first.addedKeys.filter((key) => gone.has(key) && !removedBefore.has(key)));
  const removed: ChunkKey[] = [...second.removedKeys].filter((key) => !passing.has(key));
  return { addedKeys, removedKeys: [...new Set([...first.removedKeys, ...removed])].sort((a, b) => a - b) };
}
