/** Typed events for whoever listens. With no listener, `active` is false and an emitter costs one property read. */
export interface Emitter<Event> {
  /** True while anyone listens. Ask before building an event, so that silence allocates nothing. */
  readonly active: boolean;
  emit(event: Event): void;
  /** Adds a listener; the function that comes back removes it. A listener that throws is the listener's fault and is ignored. */
  listen(listener: (event: Event) => void): () => void;
}

export function createEmitter<Event>(): Emitter<Event> {
  return new Listened<Event>();
}

/** An object of its own, so that a function that listens twice can be let go of once. */
interface Listener<Event> {
  readonly hear: (event: Event) => void;
}

class Listened<Event> implements Emitter<Event> {
  active = false;
  /** Replaced, never changed: whoever comes or goes while an event is told is heard from the next one on. */
  #listeners: readonly Listener<Event>[] = [];

  emit(event: Event): void {
    const listeners = this.#listeners;
    for (let index = 0; index < listeners.length; index += 1) {
      try {
        listeners[index]!.hear(event);
      } catch {
        // Observing must never change what is observed.
      }
    }
  }

  listen(hear: (event: Event) => void): () => void {
    const own = { hear };
    this.#set([...this.#listeners, own]);
    return () => this.#set(this.#listeners.filter((one) => one !== own));
  }

  #set(listeners: readonly Listener<Event>[]): void {
    this.#listeners = listeners;
    this.active = listeners.length > 0;
  }
}
