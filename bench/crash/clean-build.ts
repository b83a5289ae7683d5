import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLsaEmbedder } from '../../src/engine/embedding/lsa/embedder.ts';
import { decodeModel } from '../../src/engine/embedding/lsa/model.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import { createBm25Index } from '../../src/engine/indexing/bm25-index.ts';
import { createExactIndex } from '../../src/engine/indexing/exact-index.ts';
import { ingestDocuments } from '../../src/engine/indexing/ingest.ts';
import { openIndexes } from '../../src/engine/indexing/snapshots.ts';
import { openSqliteStore } from '../../src/engine/indexing/sqlite-store.ts';
import type { DocumentStore, Embedder, Hits, KeywordIndex, VectorIndex } from '../../src/engine/ports.ts';
import { canonicalJson } from '../../src/kernel/digest.ts';
import { createEmitter } from '../../src/kernel/emitter.ts';
import { messageOf } from '../../src/kernel/errors.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { systemClock } from '../../src/system/clock.ts';
import { type Expectation, question } from './editions.ts';
import { OPTIONS } from './settings.ts';

/** What was compared, and what differs: one line each. */
export interface Comparison {
  readonly documents: number;
  readonly chunks: number;
  /** Words and questions whose whole result lists were compared. */
  readonly searches: number;
  readonly problems: readonly string[];
}

/**
 * Holds the index that was left by killed processes, once all is ingested, against one built at once from the same
 * documents with the same embedding model: documents, chunks and their offsets, vectors, postings (by what each word finds,
 * with scores), and exact vector search.
 */
export async function compareWithClean(folder: string, expected: Expectation): Promise<Comparison> {
  try {
    return await compare(folder, expected);
  } catch (thrown) {
    const problem = `the index cannot be compared: ${messageOf(thrown)}`;
    return { documents: 0, chunks: 0, searches: 0, problems: [problem] };
  }
}

async function compare(folder: string, expected: Expectation): Promise<Comparison> {
  const killed = await openSqliteStore(join(folder, 'store.sqlite'));
  const clean = await openSqliteStore(':memory:');
  const apart = mkdtempSync(join(tmpdir(), 'groundspeed-clean-'));
  try {
    const embedder = embedderOf(killed);
    await ingestDocuments(
      [...expected.latest()].map((document) => ({ document })),
      {
        store: clean,
        embedders: { prepare: async () => embedder, open: async () => embedder },
        options: OPTIONS,
        clock: systemClock,
        events: createEmitter<EngineEvent>(),
      },
    );
    const problems = [...contentProblems(killed, clean)];
    const left = await indexesOf(killed, folder, embedder.dimensions);
    const built = await indexesOf(clean, apart, embedder.dimensions);
    if (!left.keywordsFromSnapshot) problems.push('the postings were not saved');
    const searches = await searchProblems(left, built, embedder);
    return {
      documents: killed.documentCount,
      chunks: killed.chunkCount,
      searches: searches.compared,
      problems: [...problems, ...searches.problems],
    };
  } finally {
    killed.close();
    clean.close();
    rmSync(apart, { recursive: true, force: true });
  }
}

function embedderOf(store: DocumentStore): Embedder {
  const model = store.model!;
  return createLsaEmbedder(model, decodeModel(model, store.loadModel(model)!));
}

function* contentProblems(killed: DocumentStore, clean: DocumentStore): Generator<string> {
  const waiting = killed.stagedIds().length;
  if (waiting > 0) yield `${waiting} documents still wait to be shown`;
  const [left, built] = [contentOf(killed), contentOf(clean)];
  for (const [place, content] of built) {
    if (left.get(place) !== content) yield `${place} is not as in a clean build`;
  }
  for (const place of left.keys()) if (!built.has(place)) yield `${place} is in no clean build`;
}

/** Everything that is shown, by place: documents by id, chunks by id and ordinal with their offsets and vectors. */
function contentOf(store: DocumentStore): Map<string, string> {
  const content = new Map<string, string>();
  for (const id of store.documentIds()) {
    const { version, ...document } = store.document(id)!;
    content.set(`document ${id}`, canonicalJson(document));
  }
  for (const { key, ...chunk } of store.publishedChunks()) {
    const vector = [...(store.vectors([key])[0] ?? [])];
    content.set(`chunk ${chunk.documentId}/${chunk.ordinal}`, canonicalJson({ ...chunk, vector }));
  }
  return content;
}

interface OpenIndexes {
  readonly store: DocumentStore;
  readonly vector: VectorIndex;
  readonly keyword: KeywordIndex;
  readonly keywordsFromSnapshot: boolean;
}

/** The postings from the snapshot that is there, so that this is compared too; the vectors from the store, exactly searched. */
async function indexesOf(store: DocumentStore, folder: string, dimensions: number): Promise<OpenIndexes> {
  const { index: options } = OPTIONS;
  const keyword = createBm25Index({ k1: options.k1, b: options.b });
  const { fromSnapshot } = await openIndexes({ store, folder, options, keyword, readOnly: true });
  const vector = createExactIndex(dimensions);
  await vector.add([...store.publishedVectors()]);
  return { store, vector, keyword, keywordsFromSnapshot: fromSnapshot.keyword };
}

const QUESTIONS = 100;

async function searchProblems(
  left: OpenIndexes,
  built: OpenIndexes,
  embedder: Embedder,
): Promise<{ compared: number; problems: string[] }> {
  const random = seededRandom('questions');
  const words = Array.from({ length: 400 }, (_, index) => `word${index}`);
  const questions = Array.from({ length: QUESTIONS }, () => question(random));
  const problems: string[] = [];
  for (const text of [...words, ...questions]) {
    const [found, wanted] = await Promise.all(
      [left, built].map(async (indexes) => resultOf(indexes, await indexes.keyword.search(text, 1e6))),
    );
    if (found !== wanted) problems.push(`the postings differ: ${text}`);
  }
  const { vectors } = await embedder.embed(questions, { purpose: 'query' });
  for (const [place, vector] of vectors.entries()) {
    const [found, wanted] = await Promise.all(
      [left, built].map(async (indexes) => resultOf(indexes, await indexes.vector.search(vector, 1e6))),
    );
    if (found !== wanted) problems.push(`exact search differs: ${questions[place]}`);
  }
  return { compared: words.length + 2 * questions.length, problems };
}

/** The whole list by places instead of keys, which depend on what was tried before; equal scores in one order. */
function resultOf({ store }: OpenIndexes, { keys, scores }: Hits): string {
  return store
    .chunks([...keys])
    .map((chunk, rank) => ({ place: `${chunk?.documentId}/${chunk?.ordinal}`, score: scores[rank]! }))
    .sort((a, b) => b.score - a.score || (a.place < b.place ? -1 : 1))
    .map(({ place, score }) => `${place} ${score}`)
    .join('\n');
}
