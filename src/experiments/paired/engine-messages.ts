import type { GoldenQuestion } from '../../datasets/golden.ts';
import type { EngineOptions } from '../../engine/options.ts';
import type { BlockRules } from './block-driver.ts';
import type { BlockFigures, BlockOrder } from './port.ts';

/** With what the process of an engine is opened: plain data, secrets included, which is why it never comes as an argument. */
export interface EngineOrder {
  readonly options: EngineOptions;
  /** Of the index, which stands there already. */
  readonly folder: string;
  readonly seed: number;
  readonly questions: readonly GoldenQuestion[];
  readonly rules: BlockRules;
}

/** To the process of an engine. */
export type ToEngine =
  | { readonly type: 'open'; readonly order: EngineOrder }
  | { readonly type: 'block'; readonly order: BlockOrder }
  | { readonly type: 'stop' }
  | { readonly type: 'close' };

/** From it. */
export type FromEngine =
  | { readonly type: 'listening' }
  | { readonly type: 'ready' }
  | { readonly type: 'figures'; readonly figures: BlockFigures }
  | { readonly type: 'failed'; readonly code: string | undefined; readonly message: string };
