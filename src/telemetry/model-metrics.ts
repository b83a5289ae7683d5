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

/** The models of an engine, by the ids of its adapters. */
export function modelsInUse({ generator, embedder }: AdapterIds): ModelsInUse {
  return { generator: modelOf(generator), embedder: embedder === undefined ? undefined : modelOf(embedder) };
}

interface AdapterIds {
  readonly generator: string;
  /** Undefined where nothing is embedded. */
  readonly embedder: string | undefined;
}

/** What is done with the events of an engine that are about its models. */
export interface ModelCounters {
  called(event: Told<'dependency.called'>): void;
  stageFinished(event: Told<'stage.finished'>): void;
  stageFailed(event: Told<'stage.failed'>): void;
  used(event: Told<'model.used'>): void;
}

/** Counts calls of models, their tokens and what they cost. */
export function countModelCalls(metrics: Metrics, models: ModelsInUse | undefined): ModelCounters {
  const labels = {
    chat: labelsOf('chat', models?.generator),
    embeddings: labelsOf('embeddings', models?.embedder),
  };
  /** Where resilience is off no call is told one by one: then the stage that makes it stands for it. */
  const toldOneByOne = { chat: false, embeddings: false };
  const wellEnded = {
    chat: once(() => metrics.modelDuration.at({ ...labels.chat, error_type: '' })),
    embeddings: once(() => metrics.modelDuration.at({ ...labels.embeddings, error_type: '' })),
  };
  const count = (operation: Operation, durationMs: number, error_type: string): void => {
    if (error_type === '') wellEnded[operation]().observe(durationMs / 1000);
    else metrics.modelDuration.observe({ ...labels[operation], error_type }, durationMs / 1000);
  };
  const countStage = (
    { stage, by, duration }: Told<'stage.finished'> | Told<'stage.failed'>,
    error_type: string,
  ): void => {
    if (by !== undefined) return; // no model of the engine's did it
    if (stage === 'generate' && !toldOneByOne.chat) count('chat', duration, error_type);
    if (stage === 'embed' && !toldOneByOne.embeddings) count('embeddings', duration, error_type);
  };
  return {
    called(event) {
      const operation = operationOf(event);
      if (operation === undefined) return;
      toldOneByOne[operation] = true;
      if (reached(event)) count(operation, event.duration, event.outcome === 'ok' ? '' : event.outcome);
    },
    stageFinished: (event) => countStage(event, ''),
    stageFailed: (event) => countStage(event, 'error'),
    used: createUseCounter(metrics, labels),
  };
}

/** Counts what a model took, questions and ingests alike. */
function createUseCounter(
  metrics: Metrics,
  labels: Record<Operation, ReturnType<typeof labelsOf>>,
): (event: Told<'model.used'>) => void {
  const bound = (operation: Operation) => {
    const tokens = (gen_ai_token_type: 'input' | 'output') =>
      once(() => metrics.modelTokens.at({ ...labels[operation], gen_ai_token_type }));
    const cost = () => metrics.cost.at({ model: labels[operation].gen_ai_request_model });
    return { input: tokens('input'), output: tokens('output'), cost: once(cost) };
  };
  const series = { chat: bound('chat'), embeddings: bound('embeddings') };
  series.chat.cost(); // there from the start, at zero
  return ({ operation, inputTokens, outputTokens, costUsd }) => {
    const { input, output, cost } = series[operation];
    if (inputTokens > 0) input().observe(inputTokens);
    if (outputTokens > 0) output().observe(outputTokens);
    if (costUsd > 0) cost().inc(costUsd);
  };
}

/** A series comes to be with its first observation: a model that is never called has none. */
function once<Bound>(bind: () => Bound): () => Bound {
  let bound: Bound | undefined;
  return () => (bound ??= bind());
}

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
