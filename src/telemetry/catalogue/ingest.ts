import type { MetricSpecs } from './spec.ts';

/** The index that is searched, and what is taken into it. */
export const INGEST_METRICS = {
  documentsProcessed: {
    name: 'rag_documents_processed_total',
    type: 'counter',
    unit: 'count',
    help: 'Documents that came over HTTP, by what became of them; skipped_breaker: not tried, since the breaker of the embedder spares it; quarantined: set aside after failing.',
    labels: { result: ['indexed', 'unchanged', 'failed', 'skipped_breaker', 'quarantined'] },
    aggregate: 'sum',
  },
  indexDocuments: {
    name: 'rag_index_documents',
    type: 'gauge',
    unit: 'count',
    help: 'Documents in the index.',
    labels: { index: null },
    aggregate: 'max',
    zeroed: false,
  },
  indexChunks: {
    name: 'rag_index_chunks',
    type: 'gauge',
    unit: 'count',
    help: 'Chunks in the index.',
    labels: { index: null },
    aggregate: 'max',
    zeroed: false,
  },
  indexVersion: {
    name: 'rag_index_version',
    type: 'gauge',
    unit: 'count',
    help: 'Version of the index that is searched; it counts up with every published change.',
    labels: { index: null },
    aggregate: 'max',
    zeroed: false,
  },
  indexLastSuccess: {
    name: 'rag_index_last_success_timestamp_seconds',
    type: 'gauge',
    unit: 'timestamp',
    help: 'When documents were last taken in to the end, in seconds since 1970. The index keeps it: a copy is no fresher. Of one that an earlier version made, when its file was last written.',
    labels: { index: null },
    aggregate: 'max',
    zeroed: false,
  },
  indexNewestDocument: {
    name: 'rag_index_newest_document_timestamp_seconds',
    type: 'gauge',
    unit: 'timestamp',
    help: 'When the newest document was taken in, in seconds since 1970. The index keeps it; absent until one comes to an index that an earlier version made.',
    labels: { index: null },
    aggregate: 'max',
    zeroed: false,
  },
} as const satisfies MetricSpecs;
