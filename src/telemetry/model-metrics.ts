import type { EngineEvent } from '../engine/events.ts';
import type { Metrics } from './registry.ts';

export interface ModelInUse {
  /** As OpenTelemetry names it: `openai`; `groundspeed` for what runs in this process. */
  readonly provider: string;
  readonly model: string;
}

export interface ModelsInUse {
  readonly generator: ModelInUse;
  /** Undefined where nothing is embedded. */
  readonly embedder?: ModelInUse | undefined;
}

const UNKNOWN: ModelInUse = { provider: 'unknown', model: 'unknown' };

type Told<Type extends EngineEvent['type']> = Extract<EngineEvent, { type: Type }>;
type Operation = 'chat' | 'embeddings';

/**
 * The model behind an adapter's id: `openai/gpt-4o-mini`, `openai/text-embedding-3-small/1536`, `lsa/256@3f2a…`, `extractive`. The
 * hash of a fitted model is left out, for it changes with the documents, and so would every series.
 */
export function modelOf(id: string): ModelInUse {
  const [first = id, second = first] = id.split('/');
  if (first === 'openai') return { provider: first, model: second };
  return { provider: 'groundspeed', model: id.split('@', 1)[0]! };
}

/** Counts calls of models, their tokens and what they cost, from an engine's events. */
export function countModelCalls(
  metrics: Metrics,
  models: ModelsInUse | undefined,
): (event: EngineEvent) => void {
  const labels = {
    chat: labelsOf('chat', models?.generator),
    embeddings: labelsOf('embeddings', models?.embedder),
  };
  metrics.cost.inc({ model: labels.chat.gen_ai_request_model }, 0);
  /** Where resilience is off no call is told one by one: then the stage that makes it stands for it. */
  const toldOneByOne = { chat: false, embeddings: false };
  const countUse = createUseCounter(metrics, labels);
  const wellEnded = {
    chat: { ...labels.chat, error_type: '' },
    embeddings: { ...labels.embeddings, error_type: '' },
  };
  const called = (operation: Operation, durationMs: number, error_type: string): void => {
    const ended = error_type === '' ? wellEnded[operation] : { ...labels[operation], error_type };
    metrics.modelDuration.observe(ended, durationMs / 1000);
  };
  return (event) => {
    switch (event.type) {
      case 'dependency.called': {
        const operation = operationOf(event);
        if (operation === undefined) break;
        toldOneByOne[operation] = true;
        if (reached(event)) called(operation, event.duration, event.outcome === 'ok' ? '' : event.outcome);
        break;
      }
      case 'stage.finished':
        if (event.stage === 'generate' && !toldOneByOne.chat) called('chat', event.duration, '');
        if (event.stage === 'embed' && !toldOneByOne.embeddings) called('embeddings', event.duration, '');
        break;
      case 'stage.failed':
        if (event.stage === 'generate' && !toldOneByOne.chat) called('chat', event.duration, 'error');
        if (event.stage === 'embed' && !toldOneByOne.embeddings)
          called('embeddings', event.duration, 'error');
        break;
      case 'query.finished':
        countUse(event);
        break;
      default: // of no model
        break;
    }
  };
}

/** Reads a question's tokens and cost from its end. The labels are made once: it happens with every question. */
function createUseCounter(
  metrics: Metrics,
  { chat, embeddings }: Record<Operation, ReturnType<typeof labelsOf>>,
): (event: Told<'query.finished'>) => void {
  const input = { ...chat, gen_ai_token_type: 'input' };
  const output = { ...chat, gen_ai_token_type: 'output' };
  const embedded = { ...embeddings, gen_ai_token_type: 'input' };
  const generating = { model: chat.gen_ai_request_model };
  const embedding = { model: embeddings.gen_ai_request_model };
  return (event) => {
    if (event.inputTokens > 0) metrics.modelTokens.observe(input, event.inputTokens);
    if (event.outputTokens > 0) metrics.modelTokens.observe(output, event.outputTokens);
    const own = event.embedding;
    if (own !== undefined && own.inputTokens > 0) metrics.modelTokens.observe(embedded, own.inputTokens);
    if (own !== undefined && own.costUsd > 0) metrics.cost.inc(embedding, own.costUsd);
    metrics.cost.inc(generating, Math.max(0, event.costUsd - (own?.costUsd ?? 0)));
    if (event.contextSize !== undefined) metrics.retrievedDocuments.observe(CONTEXT, event.contextSize);
    if (event.rerankedSize !== undefined) metrics.retrievedDocuments.observe(RERANK, event.rerankedSize);
  };
}

const CONTEXT = { stage: 'context' } as const;
const RERANK = { stage: 'rerank' } as const;

function labelsOf(gen_ai_operation_name: Operation, { provider, model }: ModelInUse = UNKNOWN) {
  return { gen_ai_operation_name, gen_ai_provider_name: provider, gen_ai_request_model: model };
}

function operationOf({ dependency }: Told<'dependency.called'>): Operation | undefined {
  if (dependency === 'generator') return 'chat';
  return dependency === 'embedder' ? 'embeddings' : undefined;
}

/** What its breaker, its bulkhead or the question's deadline kept from the model was no call of it. */
function reached({ outcome, duration }: Told<'dependency.called'>): boolean {
  return outcome !== 'open' && outcome !== 'busy' && (outcome !== 'deadline' || duration > 0);
}
