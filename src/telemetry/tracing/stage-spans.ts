import type { EngineEvent, Stage, Substitute } from '../../engine/events.ts';
import { ATTRIBUTE, type SpanRole } from './attributes.ts';
import type { EngineFacts, ModelFacts } from './facts.ts';
import type { AttributeValue, SpanDraft } from './span-draft.ts';

type Called = Extract<EngineEvent, { type: 'dependency.called' }>;
type Dependency = Called['dependency'];

/** One call to a dependency, in milliseconds on the engine's clock. */
export interface DependencyCall extends Pick<Called, 'dependency' | 'outcome' | 'attempt'> {
  readonly start: number;
  readonly end: number;
}

/** The stage that leans on a dependency; a cache is asked between the stages. */
export const STAGE_OF: Readonly<Record<Dependency, Stage | undefined>> = {
  embedder: 'embed',
  vectors: 'retrieve',
  keywords: 'retrieve',
  generator: 'generate',
  store: 'prompt',
  cache: undefined,
};

interface Timing {
  readonly start: number;
  readonly end: number;
  readonly error: string | undefined;
}

type Named = Pick<SpanDraft, 'name' | 'kind'> & {
  readonly role: SpanRole;
  readonly attributes: Record<string, AttributeValue>;
};

/** The span of a stage, or of what did its work instead. */
export function stageSpan(
  work: Stage | Substitute,
  facts: EngineFacts,
  { start, end, error }: Timing,
): SpanDraft {
  const { name, kind, role, attributes } = NAMED[work](facts);
  return {
    name,
    kind,
    start,
    end,
    attributes: {
      [ATTRIBUTE.spanKind]: role,
      ...attributes,
      ...(error !== undefined && { [ATTRIBUTE.errorType]: error }),
    },
    events: [],
    error,
    children: [],
  };
}

const EXTRACTIVE: ModelFacts = { model: 'extractive', provider: 'groundspeed', remote: false };

const NAMED: Readonly<Record<Stage | Substitute, (facts: EngineFacts) => Named>> = {
  embed: ({ embedding }) => ({
    name: `embeddings ${embedding?.model ?? 'none'}`,
    kind: embedding?.remote ? 'client' : 'internal',
    role: 'EMBEDDING',
    attributes: embedding
      ? {
          ...modelAttributes('embeddings', embedding),
          [ATTRIBUTE.dimensions]: embedding.dimensions,
          [ATTRIBUTE.embeddingModel]: embedding.model,
        }
      : {},
  }),
  retrieve: ({ dataSource, topK }) => ({
    name: `retrieval ${dataSource}`,
    kind: 'internal',
    role: 'RETRIEVER',
    attributes: {
      [ATTRIBUTE.operation]: 'retrieval',
      [ATTRIBUTE.dataSource]: dataSource,
      [ATTRIBUTE.topK]: topK,
    },
  }),
  rerank: ({ reranking }) => ({
    name: `rerank ${reranking?.model ?? 'none'}`,
    kind: 'internal',
    role: 'RERANKER',
    attributes: reranking
      ? { [ATTRIBUTE.rerankerModel]: reranking.model, [ATTRIBUTE.rerankerTopK]: reranking.topK }
      : {},
  }),
  prompt: () => ({ name: 'prompt', kind: 'internal', role: 'CHAIN', attributes: {} }),
  generate: ({ generation }) => chat(generation),
  extractive: () => chat(EXTRACTIVE),
  // Nothing to answer from: no model was asked.
  none: () => ({ name: 'abstain', kind: 'internal', role: 'CHAIN', attributes: {} }),
};

function chat(generation: ModelFacts): Named {
  const { model, remote } = generation;
  return {
    name: `chat ${model}`,
    kind: remote ? 'client' : 'internal',
    role: 'LLM',
    attributes: { ...modelAttributes('chat', generation), [ATTRIBUTE.llmModel]: model },
  };
}

function modelAttributes(operation: string, { model, provider }: ModelFacts): Record<string, AttributeValue> {
  return {
    [ATTRIBUTE.operation]: operation,
    [ATTRIBUTE.provider]: provider,
    [ATTRIBUTE.model]: model,
  };
}

/** A search in an index, or a look-up in a shared cache, as the conventions for databases name it. */
export function dependencySpan(call: DependencyCall, facts: EngineFacts): SpanDraft {
  const { dependency, outcome, attempt, start, end } = call;
  const { operation, system, collection, role } = DATABASES[dependency]?.(facts) ?? {
    operation: 'call',
    system: dependency,
    collection: dependency,
    role: 'TOOL' as const,
  };
  const error = outcome === 'ok' ? undefined : outcome;
  return {
    name: `${operation} ${collection}`,
    kind: dependency === 'cache' ? 'client' : 'internal',
    start,
    end,
    attributes: {
      [ATTRIBUTE.spanKind]: role,
      [ATTRIBUTE.dbSystem]: system,
      [ATTRIBUTE.dbOperation]: operation,
      [ATTRIBUTE.dbCollection]: collection,
      [ATTRIBUTE.dependency]: dependency,
      [ATTRIBUTE.attempt]: attempt,
      ...(error !== undefined && { [ATTRIBUTE.errorType]: error }),
    },
    events: [],
    error,
    children: [],
  };
}

interface Database {
  readonly operation: string;
  readonly system: string;
  readonly collection: string;
  readonly role: SpanRole;
}

const DATABASES: Readonly<Partial<Record<Dependency, (facts: EngineFacts) => Database>>> = {
  keywords: ({ keywordIndex, dataSource }) => ({
    operation: 'keyword_search',
    system: keywordIndex,
    collection: dataSource,
    role: 'TOOL',
  }),
  vectors: ({ vectorIndex, dataSource }) => ({
    operation: 'vector_search',
    system: vectorIndex,
    collection: dataSource,
    role: 'TOOL',
  }),
  cache: () => ({ operation: 'access', system: 'redis', collection: 'cache', role: 'TOOL' }),
};
