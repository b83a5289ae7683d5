import type { EngineOptions } from '../../engine/options.ts';
import type { DegradationLevel } from '../../engine/resilience/options.ts';
import type { HealthState } from './component.ts';

/** The parts that an answer needs, each in its state. */
export interface Parts {
  readonly store: HealthState;
  readonly vectors: HealthState;
  readonly keywords: HealthState;
  readonly embedder: HealthState;
  readonly generator: HealthState;
}

export interface JudgementSetting {
  readonly parts: Parts;
  readonly mode: EngineOptions['retrieval']['mode'];
  /** Layers of degradation that are in place. */
  readonly layers: ReadonlySet<DegradationLevel>;
}

/** `lost`: no answer can be made. `covered`: something stands in for what fails. */
export type Judgement = 'whole' | 'covered' | 'lost';

/** The layers that can stand in for something: those that are on, and have what they need. */
export function layersInPlace({
  degradation,
}: Pick<EngineOptions, 'degradation'>): ReadonlySet<DegradationLevel> {
  const { enabled, layers, cannedAnswers } = degradation;
  if (!enabled) return new Set();
  return new Set(layers.filter((layer) => layer !== 'canned' || cannedAnswers !== undefined));
}

/**
 * Whether questions can be answered with the parts as they are. What this process holds itself, the store and an index to search,
 * nothing stands in for: another process may have it whole. For the embedder, the generator and one of two searches, the layers of
 * degradation do: without vectors, without the generator, or with an earlier or a prepared answer. The last resort is no answer.
 */
export function judge({ parts, mode, layers }: JudgementSetting): Judgement {
  const down = (part: keyof Parts): boolean => parts[part] === 'unhealthy';
  const searchesVectors = mode !== 'keyword';
  const vectorsLost = searchesVectors && (down('embedder') || down('vectors'));
  const keywordsLost = mode !== 'vector' && down('keywords');
  if (!vectorsLost && !keywordsLost && !down('generator') && !down('store')) return 'whole';

  const hasIndex = !down('keywords') || (searchesVectors && !down('vectors'));
  if (down('store') || !hasIndex) return 'lost';

  const searchLeft = layers.has('keyword')
    ? !down('keywords') || (searchesVectors && !vectorsLost)
    : !vectorsLost && !keywordsLost;
  const answers = searchLeft && (!down('generator') || layers.has('extractive'));
  return answers || layers.has('cached') || layers.has('canned') ? 'covered' : 'lost';
}
