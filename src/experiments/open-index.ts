import { join } from 'node:path';
import type { CorpusDocument, GoldenSet } from '../datasets/golden.ts';
import type { SourceItem } from '../engine/documents/source.ts';
import { type Engine, openEngine } from '../engine/engine.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { QuarantinedDocument } from '../engine/indexing/quarantine.ts';
import type { EngineOptions } from '../engine/options.ts';
import type { PortDecorators } from '../engine/ports.ts';
import { canonicalJson, sha256 } from '../kernel/digest.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { IndexRecord, IngestRecord, QuarantineRecord } from '../records/schema.ts';
import type { RunSetup } from './setup.ts';

export interface IndexedEngine {
  readonly engine: Engine;
  /** What is searched: the golden set's corpus, or the documents of the user's own index. */
  readonly documents: readonly CorpusDocument[];
  readonly index: IndexRecord;
  /** Null where the index was taken as it is. */
  readonly ingest: IngestRecord | null;
}

/** One line on what was indexed, or that nothing had to be. */
export function indexSummary({ index, ingest }: Pick<IndexedEngine, 'index' | 'ingest'>): string {
  const size = `${index.documents} documents, ${index.chunks} chunks`;
  return index.reused || ingest === null
    ? `${size}, reused`
    : `${size}, built in ${(ingest.durationMs / 1000).toFixed(1)} s`;
}

/** Raised whenever an index of an older version could no longer be read as it stands. */
const INDEX_FORMAT = 1;

/**
 * Opens the engine over the golden set's corpus: the index that was built for the same corpus and settings before, or a
 * new one. Everything that changes an index's content is in its folder's name, so a reused index is the right one, and
 * the ingest that follows finds every document unchanged (or finishes what an interrupted one left).
 *
 * Questions without a corpus are asked of the documents that stand in an index of the user's own, as they are. What
 * decorates the ports does nothing yet: a drill's faults begin with its timeline.
 */
export async function openIndexedEngine(setup: RunSetup, decorate?: PortDecorators): Promise<IndexedEngine> {
  const { golden, engine: options, clock, seed, onEvent } = setup;
  if (golden.corpus === undefined && !setup.ownIndex) throw noCorpus(golden);
  const folder = setup.ownIndex ? setup.indexFolder : join(setup.indexFolder, indexName(setup));
  const engine = await openEngine({ options, folder, clock, seed, ...(decorate && { decorate }) });
  const stopTelling = engine.events.listen((event) => tellIngest(event, onEvent));
  try {
    if (golden.corpus === undefined) return ownDocuments(engine, golden, folder);
    if (setup.ownIndex || options.store.url !== undefined) claimIndex(engine, golden, folder);
    return await takeCorpus({ engine, setup, folder, corpus: golden.corpus });
  } catch (thrown) {
    await engine.close();
    throw thrown;
  } finally {
    stopTelling();
  }
}

interface Taking {
  readonly engine: Engine;
  readonly setup: RunSetup;
  readonly folder: string;
  readonly corpus: readonly CorpusDocument[];
}

async function takeCorpus({ engine, setup, folder, corpus }: Taking): Promise<IndexedEngine> {
  const { golden, signal, onEvent } = setup;
  const source = corpus.map((document): SourceItem => ({ document }));
  const result = await engine.ingest(source, { removeMissing: true, ...(signal && { signal }) });
  tellFailures(result, onEvent);
  if (engine.info().documents === 0) {
    throw new GroundspeedError('dataset.empty', `No document of ${golden.name} could be indexed`, {
      where: golden.name,
      problems: result.failed.slice(0, 10).map(({ id, message }) => `${id}: ${message}`),
    });
  }
  const index = indexRecord(engine, folder, result);
  return { engine, documents: corpus, index, ingest: ingestRecord(result) };
}

function ownDocuments(engine: Engine, golden: GoldenSet, folder: string): IndexedEngine {
  if (engine.info().documents === 0) throw noCorpus(golden);
  const documents = engine.store.documentIds().flatMap((id) => engine.store.document(id) ?? []);
  return { engine, documents, index: indexRecord(engine, folder, { indexed: 0, removed: 0 }), ingest: null };
}

function noCorpus({ name }: GoldenSet): GroundspeedError {
  return new GroundspeedError('dataset.missing', `${name} has no corpus to build an index from`, {
    where: name,
    hint: 'Put a corpus.jsonl beside the questions (a line {"id": "…", "text": "…"} for each document), or take the documents in first: groundspeed ingest docs/ --index .groundspeed/mine, and name that index with --index.',
  });
}

/** Failures that are told one by one; the record has them all. */
const FAILURES_TOLD = 5;

function tellFailures({ failed, skipped, quarantined }: IngestResult, onEvent: RunSetup['onEvent']): void {
  for (const { id, message } of failed.slice(0, FAILURES_TOLD)) {
    onEvent({ type: 'warning', message: `Document ${id} was left out: ${message}` });
  }
  const more = failed.length - FAILURES_TOLD;
  if (more > 0) onEvent({ type: 'warning', message: `${more} more documents were left out` });
  if (skipped.length > 0) {
    const message = `${skipped.length} documents wait for the embedder, which keeps failing (${skipped[0]!.reason})`;
    onEvent({ type: 'warning', message });
  }
  if (quarantined.length > 0) {
    const message = `${quarantined.length} documents are in quarantine: they failed before and have not changed`;
    onEvent({ type: 'warning', message });
  }
}

/** The store's note of whose corpus it holds, in an index that the user named. */
export const CORPUS_FACT = 'corpus';

/** Such an index may hold other documents, which taking in a corpus as the whole would remove. */
function claimIndex({ store }: Engine, { name }: GoldenSet, folder: string): void {
  if (store.fact(CORPUS_FACT) === name) return;
  if (store.hashes().size > 0) {
    throw new GroundspeedError(
      'store.incompatible',
      `The index holds other documents than those of ${name}`,
      {
        where: folder,
        hint: 'Give --index another folder, or leave it out. `groundspeed ask --index` asks the documents that are there.',
      },
    );
  }
  store.setFact(CORPUS_FACT, name);
}

type IngestResult = Awaited<ReturnType<Engine['ingest']>>;

/** `scifact-3f2a9c…`: what the corpus is called, and a hash of all that its index depends on. */
export function indexName({ golden, engine }: RunSetup): string {
  const content = {
    format: INDEX_FORMAT,
    corpus: golden.corpusHash,
    chunking: engine.chunking,
    vectors: vectorContent(engine),
  };
  const safeName = golden.name.replaceAll(/[^\w-]+/g, '-').slice(0, 40);
  return `${safeName}-${sha256(canonicalJson(content)).slice(0, 12)}`;
}

/**
 * What vectors depend on. No key: it opens the service, and makes no vector. Two services may mean different models by one
 * name, so the service counts, without the credentials and parameters of its URL.
 */
function vectorContent({ embedding, openai }: EngineOptions): object {
  const { provider, dimensions, model, fitSample } = embedding;
  switch (provider) {
    case 'lsa':
      return { provider, dimensions, fitSample };
    case 'openai':
      return { provider, dimensions, model, service: openai.baseUrl && serviceOf(openai.baseUrl) };
    case 'none':
      return { provider };
  }
}

function serviceOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

export function indexRecord(
  engine: Engine,
  path: string,
  result: Pick<IngestResult, 'indexed' | 'removed'>,
): IndexRecord {
  const info = engine.info();
  return {
    path,
    reused: result.indexed === 0 && result.removed === 0,
    embedder: info.embedder ?? null,
    vectorIndex: info.vectorIndex ?? null,
    keywordIndex: info.keywordIndex,
    version: info.version,
    documents: info.documents,
    chunks: info.chunks,
    hash: info.hash,
  };
}

export function ingestRecord(result: IngestResult): IngestRecord {
  return {
    indexed: result.indexed,
    unchanged: result.unchanged,
    removed: result.removed,
    failed: result.failed.map(({ id, code, message }) => ({ id, code, message })),
    skipped: result.skipped.map(({ id, reason }) => ({ id, reason })),
    quarantined: result.quarantined.map(quarantineRecord),
    durationMs: result.durationMs,
    phases: { ...result.phases },
    documentsPerSecond: result.indexed === 0 ? null : result.documentsPerSecond,
  };
}

export function quarantineRecord(entry: QuarantinedDocument): QuarantineRecord {
  const { id, code, message, hash, attempts, firstAt, lastAt } = entry;
  const isoTime = (epoch: number): string => new Date(epoch).toISOString();
  return { id, code, message, hash, attempts, firstAt: isoTime(firstAt), lastAt: isoTime(lastAt) };
}

export function tellIngest(event: EngineEvent, onEvent: RunSetup['onEvent']): void {
  if (event.type !== 'ingest.progress') return;
  onEvent({
    type: 'part.progress',
    name: 'index',
    done: event.done,
    total: event.total,
    unit: event.phase === 'read' ? 'documents' : event.phase === 'fit' ? 'steps' : 'chunks',
    detail: event.phase,
  });
}
