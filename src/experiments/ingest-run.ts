import { readDocuments } from '../engine/documents/read.ts';
import { type Engine, openEngine } from '../engine/engine.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { recordHeader } from './header.ts';
import { CORPUS_FACT, indexRecord, ingestRecord, tellIngest } from './open-index.ts';
import type { RunResult, RunSetup } from './setup.ts';

export interface IngestSetup extends Omit<RunSetup, 'golden' | 'ownIndex'> {
  /** Files and folders. */
  readonly paths: readonly string[];
  /** The index's own folder. */
  readonly indexFolder: string;
}

/** Takes documents into an index of one's own. What failed is in the record; what was there before stays. */
export async function runIngest(setup: IngestSetup): Promise<RunResult> {
  const { paths, engine: options, indexFolder: folder, clock, seed, signal, onEvent } = setup;
  const start = clock.now();
  const header = recordHeader(setup, 'ingest');
  onEvent({ type: 'part.started', name: 'index', step: 1, steps: 1 });
  const engine = await openEngine({ options, folder, clock, seed });
  const stopTelling = engine.events.listen((event) => tellIngest(event, onEvent));
  try {
    refuseCorpus(engine, folder);
    const source = readDocuments(paths, options.documents);
    const result = await engine.ingest(source, signal ? { signal } : {});
    const index = indexRecord(engine, folder, result);
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

/** What is added to a golden set's index would be removed by that set's next run. */
function refuseCorpus({ store }: Engine, folder: string): void {
  const name = store.fact(CORPUS_FACT);
  if (name === undefined) return;
  throw new GroundspeedError('store.incompatible', `The index is that of the golden set ${name}`, {
    where: folder,
    hint: 'Give --index another folder for documents of your own.',
  });
}
