import type { Clock } from '../../kernel/clock.ts';
import type { DocumentFailure } from '../documents/source.ts';
import type { DocumentStore } from '../ports.ts';
import { type QuarantinedDocument, type QuarantineEntry, quarantineOf } from './quarantine.ts';

/**
 * Keeps a store's quarantine through one ingest: who is not to be tried, who failed now, and who is well again. A store
 * without a quarantine holds nobody.
 */
export class QuarantineKeeper {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #known: Map<string, QuarantinedDocument>;
  readonly #passedOver = new Map<string, QuarantinedDocument>();

  constructor(store: DocumentStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#known = new Map(
      quarantineOf(store)
        ?.list()
        .map((one) => [one.id, one]),
    );
  }

  /** Documents that this ingest did not try, in the order of their ids. */
  get passedOver(): readonly QuarantinedDocument[] {
    return [...this.#passedOver.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /**
   * Whether a document of this content is not to be tried. `model` is the embedder that would try it; undefined before any
   * is asked, when only what failed without one is held.
   */
  holds(id: string, hash: string | undefined, model: string | undefined): boolean {
    const entry = this.#known.get(id);
    if (!entry?.held || entry.hash !== hash) return false;
    if (entry.model !== undefined && entry.model !== model) return false;
    this.#passedOver.set(id, entry);
    return true;
  }

  put(failure: DocumentFailure, { hash, model }: Pick<QuarantineEntry, 'hash' | 'model'>): void {
    const { id, code, message } = failure;
    this.#known.delete(id);
    quarantineOf(this.#store)?.put({ id, hash, code, message, model }, this.#clock.epoch());
  }

  /**
   * Once all is published: forgets those that were tried and are shown, and those that were removed. `taken` are the ids
   * that were accepted from the source, `skipped` those that could not be tried.
   */
  settle({ taken, skipped, removed }: Settled): void {
    const waiting = new Set([...this.#store.stagedIds(), ...skipped]);
    const isWell = ({ id, hash }: QuarantinedDocument): boolean =>
      !waiting.has(id) &&
      !this.#passedOver.has(id) &&
      (taken.has(id) || this.#store.document(id)?.hash === hash);
    const gone = new Set(removed);
    const done = [...this.#known.values()].filter((entry) => gone.has(entry.id) || isWell(entry));
    quarantineOf(this.#store)?.forget(done.map(({ id }) => id));
  }
}

interface Settled {
  readonly taken: ReadonlySet<string>;
  readonly skipped: Iterable<string>;
  readonly removed: readonly string[];
}
