import type { EngineOptions } from '../engine/options.ts';
import type { Clock } from '../kernel/clock.ts';
import type { TracingOptions } from '../telemetry/options.ts';
import { type EngineTracing, startTracing } from '../telemetry/tracing/tracing.ts';
import { engineFacts } from './engine-facts.ts';

/** Whether and how a service traces: plain data, which can cross to another process. */
export interface TracingOrder {
  readonly options: TracingOptions;
  /** `telemetry.content`. */
  readonly content: boolean;
}

export interface EngineTracingSetting {
  /** Without one nothing is traced. */
  readonly order: TracingOrder | undefined;
  readonly engine: { readonly options: EngineOptions; readonly folder: string };
  /** The engine's. */
  readonly clock: Clock;
  readonly version: string;
}

export interface RunningTracing {
  /** Undefined where nothing is traced. */
  readonly tracing: EngineTracing | undefined;
  /** Sends what is left; nothing may be traced any more. */
  stop(): Promise<void>;
}

/** The traces of one process that serves one engine. */
export async function startEngineTracing(setting: EngineTracingSetting): Promise<RunningTracing> {
  const { order, engine, clock, version } = setting;
  const tracing = order && (await startTracing({ ...order, clock, version }));
  return {
    tracing: tracing?.forEngine(engineFacts(engine.options, engine.folder)),
    stop: async () => tracing?.stop(),
  };
}
