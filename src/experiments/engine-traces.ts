import type { Engine } from '../engine/engine.ts';
import type { TracedAsk } from '../load/targets/in-process.ts';

/** Traces of the engine of this process while it is under load, for a collector that somebody named. */
export interface EngineTraces {
  /** Of the requests, from 0 to 1: those that begin a trace. */
  readonly share: number;
  /** Begins, with an engine over the index at that path. */
  open(engine: Engine, path: string): Promise<OpenTraces>;
}

export interface OpenTraces {
  readonly ask: TracedAsk;
  /** Sends what is left. Before the engine is closed. */
  stop(): Promise<void>;
}
