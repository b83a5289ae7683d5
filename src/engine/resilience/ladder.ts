import type { CannedAnswers } from './canned.ts';
import { isRefusal } from './degradation.ts';
import { lastResortText } from './last-resort.ts';
import type { DegradationLevel, DegradationOptions } from './options.ts';

/** How each layer would answer; a layer left out cannot help here, and one that gives undefined has nothing either. */
export type Rungs<T> = Partial<Record<DegradationLevel, () => T | undefined | Promise<T | undefined>>>;

export interface Step<T> {
  readonly level: DegradationLevel;
  readonly result: T;
}

export interface LadderParts {
  readonly options: DegradationOptions;
  /** Read before the first question; undefined where there is no such file. */
  readonly canned: CannedAnswers | undefined;
}

/** What stands in for a full answer, in the order in which the settings name the layers. */
export class Ladder {
  readonly #layers: readonly DegradationLevel[];
  readonly #canned: CannedAnswers | undefined;
  readonly #lastResort: string;

  constructor({ options, canned }: LadderParts) {
    this.#layers = options.enabled ? [...new Set(options.layers)] : [];
    this.#canned = canned;
    this.#lastResort = lastResortText(options);
  }

  has(level: DegradationLevel): boolean {
    return this.#layers.includes(level);
  }

  /** Whether anything stands in for a stage that is slow, so that keeping time back for it is worth while. */
  get any(): boolean {
    return this.#layers.length > 0;
  }

  /**
   * The first layer that has something, in the configured order; undefined where none has. A layer that fails itself has
   * nothing; only a refusal ends the descent.
   */
  async descend<T>(rungs: Rungs<T>): Promise<Step<T> | undefined> {
    for (const level of this.#layers) {
      const rung = rungs[level];
      if (rung === undefined) continue;
      try {
        const result = await rung();
        if (result !== undefined) return { level, result };
      } catch (error) {
        if (isRefusal(error)) throw error;
      }
    }
    return undefined;
  }

  /** What the operator has written for such a question. */
  canned(question: string): string | undefined {
    return this.#canned?.find(question);
  }

  get lastResort(): string {
    return this.#lastResort;
  }
}
