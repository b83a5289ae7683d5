import type { BlockRecord } from '../../records/schema.ts';

/** One block as it is asked for: how fast questions come, for how long, and which ones. */
export interface BlockOrder {
  /** Arrivals per second; null is a closed loop. */
  readonly rate: number | null;
  readonly seconds: number;
  /** Decides arrivals and the order of questions: equal seeds, the same load. */
  readonly seed: number;
  readonly warmup: boolean;
  /** Users of a closed loop; one, unless it says otherwise. */
  readonly users?: number;
  /** Asks this golden question once, and nothing else: the block of a slow target. */
  readonly question?: number;
}

/** What a block came to. */
export type BlockFigures = Pick<
  BlockRecord,
  | 'startedAtEpochMs'
  | 'seconds'
  | 'offeredRate'
  | 'arrivals'
  | 'indicators'
  | 'stagesMs'
  | 'machine'
  | 'valid'
  | 'invalidReasons'
>;

/** One variant, started and ready to be driven. */
export interface LiveArm {
  /** Rejects where nothing was measured: the target is gone, or the signal aborted. */
  block(order: BlockOrder, signal?: AbortSignal): Promise<BlockFigures>;
  close(): Promise<void>;
}

/** One of the variants that are held against each other. Every launch starts it afresh, as far as that can be had. */
export interface Arm {
  readonly name: string;
  /** Milliseconds that it waits for one answer, at most: a block may end so much after its last question. */
  readonly patience?: number | undefined;
  /** Driven over HTTP by the load generator of this process, which may be the narrower of the two. */
  readonly isRemote?: boolean;
  launch(signal?: AbortSignal): Promise<LiveArm>;
}
