import { basename } from 'node:path';
import type { EngineOptions } from '../engine/options.ts';
import type { EngineFacts } from '../telemetry/tracing/facts.ts';

/** What works in this process, in place of a provider. */
const OWN = 'groundspeed';

/** What spans say of an engine: its models by name, and its index by that of the folder alone, which tells of no machine. */
export function engineFacts(
  { embedding, reranking, generation, retrieval, index }: EngineOptions,
  folder: string,
): EngineFacts {
  const vectors = embedding.provider !== 'none';
  const remote = embedding.provider === 'openai';
  const written = generation.provider === 'openai';
  return {
    dataSource: basename(folder) || 'index',
    embedding: vectors
      ? {
          model: remote ? embedding.model : `${embedding.provider}-${embedding.dimensions}`,
          provider: remote ? 'openai' : OWN,
          remote,
          dimensions: embedding.dimensions,
        }
      : undefined,
    reranking: reranking.kind === 'none' ? undefined : { model: reranking.kind, topK: reranking.depth },
    generation: {
      model: written ? generation.model : generation.provider,
      provider: written ? 'openai' : OWN,
      remote: written,
    },
    topK: retrieval.topK,
    vectorIndex: index.vector,
    keywordIndex: index.keyword,
  };
}
