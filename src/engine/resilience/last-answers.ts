import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kernel/clock.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import type { Metadata } from '../ports.ts';

/** Answers kept, at most. They are the very objects that the response cache holds, while it does. */
const MOST = 1000;

/** What an answer is an answer to, whatever the index and the settings were. */
export interface AskedFor {
  readonly question: string;
  readonly topK: number;
  readonly filter: Metadata | undefined;
  /** Whose rights the question has. */
  readonly scope?: string | undefined;
}

/**
 * The last good answer to each of the latest questions, for when no new one can be had. Unlike a cache's, its keys hold
 * no version: an answer of an older index is still one.
 */
export class LastAnswers<V> {
  readonly #kept = new LRUCache<string, { readonly value: V; readonly at: number }>({ max: MOST });
  readonly #clock: Clock;
  readonly #lifetime: number;

  /** `seconds`: for how long after it was last known to be good an answer may be given again. */
  constructor({ clock, seconds }: { clock: Clock; seconds: number }) {
    this.#clock = clock;
    this.#lifetime = seconds * 1000;
  }

  /** Of this very moment. */
  keep(asked: AskedFor, value: V): void {
    this.#kept.set(keyOf(asked), { value, at: this.#clock.now() });
  }

  find(asked: AskedFor): V | undefined {
    const found = this.#kept.get(keyOf(asked));
    if (found === undefined || this.#clock.now() - found.at > this.#lifetime) return undefined;
    return found.value;
  }

  clear(): void {
    this.#kept.clear();
  }
}

/** No part can look like another: those of free text are written as JSON, in which no line ends, and the question stands last. */
function keyOf({ question, topK, filter, scope }: AskedFor): string {
  const filtered = filter === undefined ? '' : canonicalJson(filter);
  const scoped = scope === undefined ? '' : JSON.stringify(scope);
  return `${topK}\n${filtered}\n${scoped}\n${question}`;
}
