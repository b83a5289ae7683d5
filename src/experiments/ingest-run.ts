import { readDocuments } from '../engine/documents/read.ts';
import { type Engine, openEngine } from '../engine/engine.ts';
import type { EngineEvent } from '../engine/events.ts';
import { openForReading } from '../engine/index-access.ts';
import { quarantineOf } from '../engine/indexing/quarantine.ts';
import { unsavedIndexes } from '../engine/indexing/snapshots.ts';
import type { EngineOptions } from '../engine/options.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { IngestRecord, QuarantineRecord } from '../records/schema.ts';
import { recordHeader } from './header.ts';
import { CORPUS_FACT, indexRecord, ingestRecord, quarantineRecord, tellIngest } from './open-index.ts';
import type { RunResult, RunSetup } from './setup.ts';

export interface IngestSetup extends Omit<RunSetup, 'golden' | 'ownIndex'> {
  /** Files and folders. */
  readonly paths: readonly string[];
  /** The index's own folder. */
  readonly indexFolder: string;
  /** Lets all documents out of quarantine first, so that those of `paths`, and those that wait in the index, are tried again. */
  readonly retryFailed?: boolean;
}

export interface IngestRunResult extends RunResult {
  readonly record: RunResult['record'] & { readonly ingest: IngestRecord };
}

/** Takes documents into an index of one's own. What failed is in the record; what was there before stays. */
export async function runIngest(setup: IngestSetup): Promise<IngestRunResult> {
  const { paths, engine: options, indexFolder: folder, clock, seed, signal, onEvent } = setup;
  const start = clock.now();
  const header = recordHeader(setup, 'ingest');
  onEvent({ type: 'part.started', name: 'index', step: 1, steps: 1 });
  const engine = await openEngine({ options, folder, clock, seed });
  const stopTelling = engine.events.listen((event) => {
    tellIngest(event, onEvent);
    tellBreaker(event, onEvent);
  });
  try {
    refuseCorpus(engine, folder);
    if (setup.retryFailed) quarantineOf(engine.store)?.release();
    const source = readDocuments(paths, options.documents);
    const result = await engine.ingest(source, signal ? { signal } : {});
    const index = indexRecord(engine, folder, result);
    await warnOfUnsaved(engine, setup);
    onEvent({
      type: 'part.finished',
      name: 'index',
      summary: `${index.documents} documents, ${index.chunks} chunks`,
    });
    const durationMs = clock.now() - start;
    return {
      record: { ...header, index, ingest: ingestRecord(result), complete: true, durationMs },
      requests: undefined,
    };
  } finally {
    stopTelling();
    await engine.close();
  }
}

/** The documents in quarantine of the index in a folder, which another process may be using. */
export async function listQuarantine(
  indexFolder: string,
  options: EngineOptions,
): Promise<readonly QuarantineRecord[]> {
  const access = await openForReading({ folder: indexFolder, url: options.store.url });
  try {
    return (quarantineOf(access.store)?.list() ?? []).map(quarantineRecord);
  } finally {
    access.close();
  }
}

/** An ingest that seems to stand still waits for the embedder. */
function tellBreaker(event: EngineEvent, onEvent: IngestSetup['onEvent']): void {
  if (event.type !== 'breaker.changed' || event.dependency !== 'embedder') return;
  const { to } = event;
  if (to === 'open')
    onEvent({ type: 'part.noted', name: 'embedder', text: 'it keeps failing: waiting for it' });
  if (to === 'closed') onEvent({ type: 'part.noted', name: 'embedder', text: 'it works again' });
}

/** The documents are in all the same: only each opening takes longer. */
async function warnOfUnsaved({ store }: Engine, setup: IngestSetup): Promise<void> {
  const { indexFolder: folder, engine: options, onEvent } = setup;
  const onlyWords = options.retrieval.mode === 'keyword';
  const all = await unsavedIndexes(store, folder);
  const unsaved = all.filter((name) => name !== 'vectors' || !onlyWords);
  if (unsaved.length === 0) return;
  onEvent({
    type: 'warning',
    message: `The documents are stored, but the index of ${unsaved.join(' and that of ')} could not be saved beside them in ${folder}: until it can (is the disk full?), it is built from the store each time it is opened`,
  });
}

/** What is added to a golden set's index would be removed by that set's next run. */
function refuseCorpus({ store }: Engine, folder: string): void {
  const name = store.fact(CORPUS_FACT);
  if (name === undefined) return;
  throw new GroundspeedError('store.incompatible', `The index is that of the golden set ${name}`, {
    where: folder,
    hint: 'Give --index another folder for documents of your own.',
  });
}
