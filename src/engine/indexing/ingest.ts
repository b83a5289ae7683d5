import type { Clock } from '../../kernel/clock.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import type { Emitter } from '../../kernel/emitter.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import type { DocumentFailure, SourceItem } from '../documents/source.ts';
import type { EngineEvent } from '../events.ts';
import { costOf } from '../generation/cost.ts';
import type { EngineOptions } from '../options.ts';
import type { ChunkKey, DocumentStore, Embedder, EmbedderSource, StoreChange } from '../ports.ts';
import { optionsOf } from '../resilience/options.ts';
import type { EmbedderBreaker } from './embedder-outage.ts';
import { EmbeddingPass } from './embedding-pass.ts';
import { type IngestPhase, IngestRun, type SkippedDocument } from './ingest-run.ts';
import type { QuarantinedDocument } from './quarantine.ts';
import { QuarantineKeeper } from './quarantine-keeper.ts';
import { type StagedSource, type StagingOptions, stageSource } from './staging.ts';

export interface IngestDependencies {
  readonly store: DocumentStore;
  readonly embedders: EmbedderSource;
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly events: Emitter<EngineEvent>;
  readonly signal?: AbortSignal;
  /** Removes documents that the source does not hold. One that failed is not missing. */
  readonly removeMissing?: boolean;
  /** Of the policy before the embedder; undefined where there is none. */
  readonly embedderHealth?: EmbedderBreaker['health'];
  /**
   * How many resets of the embedder's breaker are waited for, before the documents that still need it are skipped: they
   * stay staged, and the next ingest takes them up. 0 waits for none. By default 2.
   */
  readonly waitForBreaker?: number;
  /** Another chunker than the usual one. */
  readonly chunk?: StagingOptions['chunk'];
}

export interface IngestResult {
  /** Documents that are shown now and were not before, or not with this content. */
  readonly indexed: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Documents that would have been removed, but may be among what could not be read: a corrupt line of a corpus, say. */
  readonly keptMissing: number;
  readonly failed: readonly DocumentFailure[];
  /** Documents that the embedder's breaker kept from being tried; the next ingest takes them up. */
  readonly skipped: readonly SkippedDocument[];
  /** Documents that were not tried, since the same content failed before; they wait for a change, or to be let out. */
  readonly quarantined: readonly QuarantinedDocument[];
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
  dependencies: IngestDependencies,
  run: IngestRun,
): Promise<IngestResult> {
  const { store, embedders, options, clock, removeMissing = false, chunk } = dependencies;
  claimChunking(store, options.chunking);
  const quarantine = new QuarantineKeeper(store, clock);
  const staged = await run.phase('read', () =>
    stageSource(source, { store, chunking: options.chunking, ...(chunk && { chunk }), run, quarantine }),
  );
  const missing = removeMissing ? missingFrom(store, staged) : { published: [], staged: [] };
  const keep = staged.unidentified;
  if (!keep && missing.staged.length > 0) store.remove(missing.staged);

  const embedder = await run.phase('fit', () => prepare(embedders, store, run));
  const breaker = breakerOf(dependencies);
  const used = (inputTokens: number): void => tellUse(dependencies, inputTokens);
  await run.phase('embed', () =>
    embedder === undefined
      ? undefined
      : new EmbeddingPass({ store, embedder, run, quarantine, breaker, used }).complete(
          options.embedding.batchSize,
        ),
  );
  const gone = keep ? [] : missing.published;
  const { indexed, change } = await run.phase('publish', () => publish(store, embedder, { run, gone }));
  quarantine.settle({
    taken: staged.taken,
    skipped: run.skipped.map(({ id }) => id),
    removed: keep ? [] : [...missing.published, ...missing.staged],
  });
  const { durationMs } = run;
  return {
    indexed,
    unchanged: staged.unchanged,
    removed: gone.length,
    keptMissing: keep ? missing.published.length : 0,
    failed: run.failed,
    skipped: run.skipped,
    quarantined: quarantine.passedOver,
    durationMs,
    phases: run.phases,
    documentsPerSecond: durationMs > 0 ? indexed / (durationMs / 1000) : 0,
    change,
  };
}

/** Shows what is whole, and removes what is gone. */
function publish(
  store: DocumentStore,
  embedder: Embedder | undefined,
  { run, gone }: { run: IngestRun; gone: readonly string[] },
): { indexed: number; change: StoreChange } {
  run.progress('publish', 0, 1);
  const waiting = store.stagedIds();
  const published = mayShow(store, embedder, run) ? store.publish(embedder?.id) : NO_CHANGE;
  const left = store.stagedIds();
  const removed = gone.length > 0 ? store.remove(gone) : NO_CHANGE;
  run.progress('publish', 1, 1);
  return { indexed: waiting.length - left.length, change: followedBy(published, removed) };
}

const NO_CHANGE: StoreChange = { addedKeys: [], removedKeys: [] };

/**
 * An index goes over to another embedder at once: while documents that are shown still lack the new one's vectors because
 * it does not answer, the old one's serve on.
 */
function mayShow(store: DocumentStore, embedder: Embedder | undefined, run: IngestRun): boolean {
  if (run.skipped.length === 0 || store.documentCount === 0 || store.model === embedder?.id) return true;
  const { reason } = run.skipped[0]!;
  const listed = new Set([...run.skipped, ...run.failed].map(({ id }) => id));
  for (const id of store.stagedIds()) if (!listed.has(id)) run.skip({ id, reason });
  return false;
}

const RESETS_WAITED_FOR = 2;

function breakerOf({ options, embedderHealth, waitForBreaker }: IngestDependencies): EmbedderBreaker {
  const { breaker } = optionsOf('embedder', options.resilience, options.embedding.provider === 'openai');
  return {
    health: embedderHealth,
    resetSeconds: breaker.resetSeconds,
    waits: waitForBreaker ?? RESETS_WAITED_FOR,
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

function tellUse({ events, options }: IngestDependencies, inputTokens: number): void {
  if (!events.active || inputTokens === 0) return;
  const tokens = { inputTokens, outputTokens: 0 };
  const costUsd = costOf(options.generation.prices, options.embedding.model, tokens);
  events.emit({ type: 'model.used', operation: 'embeddings', purpose: 'ingest', ...tokens, costUsd });
}
