import type { Engine } from '../engine/engine.ts';
import { streamAnswer } from '../engine/stream.ts';
import type { EngineTracing } from '../telemetry/tracing/tracing.ts';

/** The engine with its questions traced, until `stop`; without tracing the engine as it is. */
export function tracedEngine(
  engine: Engine,
  tracing: EngineTracing | undefined,
): { readonly engine: Engine; readonly stop: () => void } {
  if (tracing === undefined) return { engine, stop: () => undefined };
  const { ask, stop } = tracing.watch(engine);
  const instead: Partial<Record<PropertyKey, unknown>> = {
    ask,
    stream: ((question, options = {}) =>
      streamAnswer((streamed) => ask(question, streamed), options)) satisfies Engine['stream'],
  };
  const traced = new Proxy(engine, {
    get(target, name) {
      const own = instead[name];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { engine: traced, stop };
}
