import { statSync } from 'node:fs';
import type { Engine } from '../engine/engine.ts';
import { type IngestTimes, ingestTimes } from '../engine/indexing/ingest-times.ts';
import { DEFAULT_INDEX } from '../telemetry/catalogue.ts';
import type { Metrics } from '../telemetry/registry.ts';

/** Sets how old the index is, and its newest document, as far as the index knows. */
export function showIndexTimes(
  engine: Pick<Engine, 'store' | 'info'>,
  metrics: Pick<Metrics, 'indexLastSuccess' | 'indexNewestDocument'>,
): void {
  const times = timesOf(engine);
  if (times === undefined) return;
  const { succeeded, newest } = times;
  metrics.indexLastSuccess.set({ index: DEFAULT_INDEX }, succeeded / 1000);
  if (newest !== null) metrics.indexNewestDocument.set({ index: DEFAULT_INDEX }, newest / 1000);
}

/** An index of an earlier version keeps no times: it has its file's, which a copy would have made newer. */
function timesOf(engine: Pick<Engine, 'store' | 'info'>): IngestTimes | undefined {
  const kept = keptIn(engine.store);
  if (kept !== undefined) return kept;
  if (engine.store.documentCount === 0) return undefined;
  const written = statSync(engine.info().path, { throwIfNoEntry: false })?.mtimeMs;
  return written === undefined ? undefined : { succeeded: written, newest: null };
}

/** A store that cannot be read now is no reason not to serve. */
function keptIn(store: Engine['store']): IngestTimes | undefined {
  try {
    return ingestTimes(store);
  } catch {
    return undefined;
  }
}
