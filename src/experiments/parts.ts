import type { ExperimentEvent } from './events.ts';

/** The numbered parts of a run, told to whoever shows progress. */
export class Parts {
  readonly onEvent: (event: ExperimentEvent) => void;
  readonly #steps: number;
  #step = 0;

  constructor(steps: number, onEvent: (event: ExperimentEvent) => void) {
    this.#steps = steps;
    this.onEvent = onEvent;
  }

  /** Runs one part, which gives its result and one line about it. */
  async run<T>(name: string, part: () => Promise<[result: T, summary: string]>): Promise<T> {
    this.#step += 1;
    this.onEvent({ type: 'part.started', name, step: this.#step, steps: this.#steps });
    const [result, summary] = await part();
    this.onEvent({ type: 'part.finished', name, summary });
    return result;
  }
}
