import type { EngineFacts } from '../../../src/telemetry/tracing/facts.ts';

export const FACTS: EngineFacts = {
  dataSource: 'fares',
  embedding: { model: 'lsa-4', provider: 'groundspeed', remote: false, dimensions: 4 },
  reranking: { model: 'mmr', topK: 50 },
  generation: { model: 'gpt-4o-mini', provider: 'openai', remote: true },
  topK: 5,
  vectorIndex: 'hnsw',
  keywordIndex: 'bm25',
};
