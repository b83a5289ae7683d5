import type { RefusalCount } from '../datasets/draft/draft.ts';
import type { TokenUsage } from '../engine/ports.ts';
import type { ModelDrafts } from '../experiments/draft-questions/draft-with-model.ts';

/** What stands in draft.json: how the drafts came about, and what became of those that are not among them. */
export interface DraftFacts {
  readonly format: 1;
  readonly method: 'model' | 'cloze';
  readonly seed: number;
  readonly size: number;
  readonly drafted: number;
  /** By kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Drafts that a reviewer is told to look at twice. */
  readonly doubted: number;
  readonly refused: readonly RefusalCount[];
  readonly documents: { readonly read: number; readonly failed: number; readonly hash: string };
  /** Null where rules drafted. */
  readonly model: ModelFacts | null;
}

export interface ModelFacts {
  readonly name: string;
  readonly service: string;
  readonly temperature: number | null;
  readonly structuredOutput: string;
  readonly prompt: { readonly version: number; readonly hash: string };
  readonly calls: ModelDrafts['calls'];
  readonly tokens: TokenUsage;
  /** Null where the price of the model is not known. */
  readonly costUsd: number | null;
  readonly maxCostUsd: number | null;
  readonly stopped: ModelDrafts['stopped'] | null;
}
