import { modelOf } from '../model-metrics.ts';

/** A model as the conventions name it. */
export interface ModelFacts {
  readonly model: string;
  readonly provider: string;
  /** It is asked over a network: its span is a client's. */
  readonly remote: boolean;
}

/** What spans say of an engine and no event tells: it does not change while the engine is open. */
export interface EngineFacts {
  /** Names the index. */
  readonly dataSource: string;
  readonly embedding: (ModelFacts & { readonly dimensions: number }) | undefined;
  readonly reranking: { readonly model: string; readonly topK: number } | undefined;
  readonly generation: ModelFacts;
  readonly topK: number;
  /** Kinds of index: `hnsw`, `bm25`. */
  readonly vectorIndex: string;
  readonly keywordIndex: string;
}

/**
 * The facts with the model that the index was embedded with, under the name that the metrics have for it: a fitted one has as many
 * dimensions as the documents allow, which the settings cannot know.
 */
export function embeddedBy(id: string | undefined, facts: EngineFacts): EngineFacts {
  const { embedding } = facts;
  if (id === undefined || embedding === undefined) return facts;
  const dimensions = Number(/\/(\d+)(?:@|$)/.exec(id)?.[1] ?? embedding.dimensions);
  return { ...facts, embedding: { ...embedding, ...modelOf(id), dimensions } };
}
