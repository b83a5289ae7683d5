import type { Clock } from '../kernel/clock.ts';
import type { Emitter } from '../kernel/emitter.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import type { CacheLayer, CacheState, EngineEvent, Stage } from './events.ts';
import type { Retrieval } from './retrieval/retriever.ts';

export interface QuerySetting {
  readonly number: number;
  readonly clock: Clock;
  readonly events: Emitter<EngineEvent>;
  readonly signal: AbortSignal | undefined;
}

/** One question on its way: its clock, what each stage took, what each cache said, and whether it is still wanted. */
export class Query {
  readonly number: number;
  readonly start: number;
  readonly stages: Record<Stage, number> = { embed: 0, retrieve: 0, rerank: 0, prompt: 0, generate: 0 };
  readonly cache: Record<CacheLayer, CacheState> = { embedding: 'off', retrieval: 'off', response: 'off' };
  /** US dollars spent so far. */
  costUsd = 0;
  firstTokenMs: number | undefined;
  #stage: Stage | undefined;
  readonly #clock: Clock;
  readonly #events: Emitter<EngineEvent>;
  readonly #signal: AbortSignal | undefined;

  constructor({ number, clock, events, signal }: QuerySetting) {
    this.number = number;
    this.#clock = clock;
    this.#events = events;
    this.#signal = signal;
    this.start = clock.now();
  }

  get signal(): AbortSignal | undefined {
    return this.#signal;
  }

  /** Milliseconds since the question was asked. */
  elapsed(): number {
    return this.#clock.now() - this.start;
  }

  throwIfWithdrawn(): void {
    if (this.#signal?.aborted) throw withdrawn(this.#signal);
  }

  /** Waits for `value`, or for the question to be withdrawn, whichever comes first. */
  async unlessWithdrawn<T>(value: T | Promise<T>): Promise<T> {
    const signal = this.#signal;
    if (signal === undefined || !(value instanceof Promise)) return value;
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => reject(withdrawn(signal));
      signal.addEventListener('abort', leave, { once: true });
      value.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  /** Does one stage's work, timed and announced. A stage done twice, because the index changed meanwhile, counts in full. */
  async during<T>(stage: Stage, work: () => T | Promise<T>): Promise<T> {
    this.throwIfWithdrawn();
    this.#stage = stage;
    const start = this.#clock.now();
    const result = await work();
    const duration = this.#clock.now() - start;
    this.#stage = undefined;
    this.stages[stage] += duration;
    if (this.#events.active) {
      this.#events.emit({ type: 'stage.finished', query: this.number, stage, start, duration });
    }
    this.throwIfWithdrawn();
    return result;
  }

  lookedUp(layer: CacheLayer, hit: boolean): void {
    const state = hit ? 'hit' : 'miss';
    this.cache[layer] = state;
    if (this.#events.active) {
      this.#events.emit({ type: 'cache.looked-up', query: this.number, layer, state });
    }
  }

  /** Announces what each retriever found. */
  retrieved({ keyword, vector, fused }: Retrieval): void {
    if (!this.#events.active) return;
    for (const [retriever, hits] of [
      ['keyword', keyword],
      ['vector', vector],
      ['fused', fused],
    ] as const) {
      if (hits === undefined) continue;
      const { keys, scores } = hits;
      const query = this.number;
      this.#events.emit({
        type: 'retrieval.finished',
        query,
        retriever,
        count: keys.length,
        topScore: scores[0],
      });
    }
  }

  /** Marks the first piece of text; later calls change nothing. */
  spoke(): void {
    if (this.firstTokenMs !== undefined) return;
    this.firstTokenMs = this.elapsed();
    if (this.#events.active) {
      this.#events.emit({ type: 'token.first', query: this.number, sinceStart: this.firstTokenMs });
    }
  }

  /** Announces the failure, and puts whatever was thrown into the catalogue's words. */
  failed(thrown: unknown): GroundspeedError {
    const error = this.#signal?.aborted ? withdrawn(this.#signal) : described(thrown);
    if (this.#events.active) {
      this.#events.emit({ type: 'query.failed', query: this.number, stage: this.#stage, code: error.code });
    }
    return error;
  }
}

function withdrawn(signal: AbortSignal): GroundspeedError {
  return new GroundspeedError('query.aborted', 'The question was withdrawn before it was answered', {
    cause: signal.reason,
  });
}

function described(thrown: unknown): GroundspeedError {
  if (thrown instanceof GroundspeedError) return thrown;
  return new GroundspeedError('internal.bug', `A stage of the engine failed: ${messageOf(thrown)}`, {
    hint: 'This is a fault in groundspeed or in an adapter; the cause says where.',
    cause: thrown,
  });
}
