import type { TraceIds } from './trace-ids.ts';

/** Drawn at a time; those that are left when the next are drawn. */
const BATCH = 256;
const LEAST = 32;

/**
 * Ids and fate of questions to come that nobody began a trace for: nothing about these depends on the question, and drawn ahead, while
 * no question waits, they cost it nothing.
 */
export class RootSamples {
  readonly #draw: () => TraceIds;
  readonly #later: (work: () => void) => void;
  readonly #ready: TraceIds[] = [];
  #ordered = false;

  constructor(draw: () => TraceIds, later: (work: () => void) => void) {
    this.#draw = draw;
    this.#later = later;
  }

  next(): TraceIds {
    const ready = this.#ready.pop();
    if (this.#ready.length < LEAST && !this.#ordered) {
      this.#ordered = true;
      this.#later(() => this.#fill());
    }
    return ready ?? this.#draw();
  }

  #fill(): void {
    this.#ordered = false;
    while (this.#ready.length < BATCH) this.#ready.push(this.#draw());
  }
}
