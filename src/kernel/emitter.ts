/** Typed events for whoever listens. With no listener, `active` is false and an emitter costs one property read. */
export interface Emitter<Event> {
  /** True while anyone listens. Ask before building an event, so that silence allocates nothing. */
  readonly active: boolean;
  emit(event: Event): void;
  /** Adds a listener; the function that comes back removes it. A listener that throws is the listener's fault and is ignored. */
  listen(listener: (event: Event) => void): () => void;
}

export function createEmitter<Event>(): Emitter<Event> {
  const listeners = new Set<(event: Event) => void>();
  return {
    get active() {
      return listeners.size > 0;
    },
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch {
          // Observing must never change what is observed.
        }
      }
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
