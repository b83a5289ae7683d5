import type { Answer, AskOptions } from '../../src/engine/answer.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import type { EngineOptions } from '../../src/engine/options.ts';
import type { Emitter } from '../../src/kernel/emitter.ts';
import { systemClock } from '../../src/system/clock.ts';
import { countEngineEvents } from '../../src/telemetry/engine-metrics.ts';
import { modelsInUse } from '../../src/telemetry/model-metrics.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/registry.ts';
import { sampledTraceId } from '../../src/telemetry/tracing/trace-ids.ts';
import { observeEngine } from './observed-engine.ts';
import { traceEngine } from './traced-engine.ts';

export const OFF = 'instrumentation off';
export const AGAIN = 'instrumentation off, a second time';
export const METRICS = 'metrics';
export const ANALYTICS = 'metrics, and analytics';
export const TRACES = 'metrics, and 10 % of the questions traced';
export const ARMS = [OFF, AGAIN, METRICS, ANALYTICS, TRACES] as const;
export type Arm = (typeof ARMS)[number];

type Ask = (question: string, options: AskOptions) => Promise<Answer>;
type Listener = (event: EngineEvent) => void;

export interface Instrumented {
  /** Asks as an arm does. Between one question and the next nothing of any arm listens. */
  prepare(arm: Arm): { readonly ask: Ask; readonly done: () => void };
  /** Questions that were counted by the arms that count. */
  counted(): Promise<number>;
  spans(): { readonly exported: number; readonly dropped: number };
  stop(): Promise<void>;
}

/**
 * One engine with everything that may watch it, each of which listens only while its own arm asks. Five engines would differ by where
 * their indexes lie in memory, which is more than what is to be measured.
 */
export async function instrument(
  engine: Engine,
  { options, folder }: { readonly options: EngineOptions; readonly folder: string },
): Promise<Instrumented> {
  const metrics = createMetrics({ version: 'bench', nodeVersion: process.version });
  const counting = overheard(engine.events);
  count(engine, counting.events, metrics);
  const tracing = overheard(engine.events);
  const traced = await traceEngine({
    engine: {
      events: tracing.events,
      ask: (text: string, given?: AskOptions) => engine.ask(text, given),
    } as Engine,
    options,
    folder,
    clock: systemClock,
  });
  const observed = await observeEngine({ engine, folder, metrics, clock: systemClock });
  const plain: Ask = (question, given) => engine.ask(question, given);
  const watched: Readonly<Record<Arm, { readonly ask: Ask; readonly listeners: readonly Listener[] }>> = {
    [OFF]: { ask: plain, listeners: [] },
    [AGAIN]: { ask: plain, listeners: [] },
    [METRICS]: { ask: plain, listeners: counting.listeners },
    [ANALYTICS]: { ask: observed.ask, listeners: counting.listeners },
    [TRACES]: {
      ask: (question, given) => traced.engine.ask(question, given),
      listeners: [...counting.listeners, ...tracing.listeners],
    },
  };
  return {
    prepare(arm) {
      const { ask, listeners } = watched[arm];
      const unlisten = listeners.map((listener) => engine.events.listen(listener));
      return {
        ask,
        done: () => {
          for (const stop of unlisten) stop();
        },
      };
    },
    counted: async () => {
      const { values } = (await metrics.snapshot()).find(({ name }) => name === 'rag_queries_total')!;
      return values.reduce((sum, { value }) => sum + value, 0);
    },
    spans() {
      const { exported, dropped } = traced.figures();
      return { exported, dropped: dropped.queue_full + dropped.export_failed };
    },
    async stop() {
      await observed.stop();
      await traced.stop();
    },
  };
}

/** Stands for an engine's events, and keeps who would listen to them. */
function overheard(events: Emitter<EngineEvent>): {
  readonly events: Emitter<EngineEvent>;
  readonly listeners: readonly Listener[];
} {
  const listeners: Listener[] = [];
  return {
    listeners,
    events: {
      active: true,
      emit: (event) => events.emit(event),
      listen(listener) {
        listeners.push(listener);
        return () => undefined;
      },
    },
  };
}

/** Counts as a service of one process does, exemplars among it. */
function count(engine: Engine, events: Emitter<EngineEvent>, metrics: Metrics): void {
  countEngineEvents({
    events,
    metrics,
    clock: systemClock,
    models: modelsInUse(engine.info()),
    traceIdOf: sampledTraceId,
  });
}
