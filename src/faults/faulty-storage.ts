import type { Cache, DocumentStore } from '../engine/ports.ts';
import { failureOf } from './failures.ts';
import type { Target } from './fault.ts';
import { changeOf, type FaultInjector, type Plan } from './injector.ts';
import { meet } from './meet.ts';
import { portAround } from './port-around.ts';

/** Reads and writes fail; `empty` misses what is there. */
export function faultyCache<V>(port: Cache<V>, injector: FaultInjector): Cache<V> {
  const under = async <T>(plan: Plan, work: () => Promise<T>): Promise<T> => {
    await meet(plan, 'cache', injector);
    return work();
  };
  return portAround(port, {
    get: (...given) => {
      const plan = injector.plan('cache');
      if (plan === undefined) return port.get(...given);
      return under(plan, async () => (changeOf(plan, 'empty') ? undefined : port.get(...given)));
    },
    set: (...given) => {
      const plan = injector.plan('cache');
      return plan === undefined ? port.set(...given) : under(plan, () => port.set(...given));
    },
  });
}

/** Stops this thread for so many milliseconds, as a slow disk stops a store that works in its caller's turn. */
export function blockThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/**
 * What a question reads, and what changes the store. Each change is one transaction, and a fault comes before it: all of it is
 * missing then. A store works in its caller's turn: nothing can hang, and what is slow stops the thread (`block`).
 */
export function faultyStore(
  port: DocumentStore,
  injector: FaultInjector,
  block: (ms: number) => void = blockThread,
): DocumentStore {
  const meetNow = (target: Target): Plan | undefined => {
    const plan = injector.plan(target);
    if (plan === undefined) return undefined;
    if (plan.delayMs > 0) block(plan.delayMs);
    const { failure } = plan;
    if (failure !== undefined && failure.kind !== 'timeout') throw failureOf(target, failure);
    return plan;
  };
  const read = <T>(work: () => T, nothing: () => T): T => {
    const plan = meetNow('store');
    return plan !== undefined && changeOf(plan, 'empty') ? nothing() : work();
  };
  const write = <T>(work: () => T): T => {
    meetNow('store');
    meetNow('disk');
    return work();
  };
  return portAround(port, {
    document: (id) =>
      read(
        () => port.document(id),
        () => undefined,
      ),
    documentIds: () =>
      read(
        () => port.documentIds(),
        () => [],
      ),
    chunks: (keys) =>
      read(
        () => port.chunks(keys),
        () => keys.map(() => undefined),
      ),
    vectors: (keys) =>
      read(
        () => port.vectors(keys),
        () => keys.map(() => undefined),
      ),
    stage: (drafts) => write(() => port.stage(drafts)),
    putVectors: (model, entries) => write(() => port.putVectors(model, entries)),
    publish: (model) => write(() => port.publish(model)),
    remove: (ids) => write(() => port.remove(ids)),
    saveModel: (id, bytes) => write(() => port.saveModel(id, bytes)),
    setFact: (name, value) => write(() => port.setFact(name, value)),
  });
}
