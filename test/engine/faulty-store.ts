import type { DocumentStore } from '../../src/engine/ports.ts';

/** The calls that change a store, each one transaction. */
const WRITES = ['stage', 'putVectors', 'publish', 'remove', 'saveModel', 'setFact'] as const;
type Write = (typeof WRITES)[number];

/** A store in front of another, whose writes go through `around`: it may count them, fail before them, or after them. */
export function aroundWrites(
  store: DocumentStore,
  around: (write: Write, work: () => unknown) => unknown,
): DocumentStore {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const call = (...given: unknown[]): unknown => Reflect.apply(value, target, given);
      const write = WRITES.find((candidate) => candidate === name);
      return write === undefined ? call : (...given: unknown[]) => around(write, () => call(...given));
    },
  });
}
