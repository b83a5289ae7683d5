import type { Clock } from '../kernel/clock.ts';
import type { Emitter } from '../kernel/emitter.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { milliseconds } from '../kernel/units.ts';
import type { Patience } from './caching/layered-cache.ts';
import type { CacheLayer, CacheState, EngineEvent, Stage, Substitute } from './events.ts';
import type { Hits, TokenUsage } from './ports.ts';
import {
  type Degradation,
  type DegradationStep,
  degradationOf,
  type Failure,
  type FailureSource,
  reasonOf,
} from './resilience/degradation.ts';
import type { DegradationLevel } from './resilience/options.ts';
import type { Retrieval } from './retrieval/retriever.ts';

/**
 * Of a question's time, kept back for what stands in where a stage uses up all that it is given: a share, and milliseconds
 * at most. Sentences of the passages take a few.
 */
const RESERVED_SHARE = 0.1;
const RESERVED_MS = 1000;
/** Of a question's time, what vectors may take where keywords will do: the generator needs some, too. */
const SEARCH_SHARE = 0.5;

interface DuringOptions {
  readonly evenLate?: boolean;
  readonly by?: Substitute | undefined;
}

const AS_USUAL: DuringOptions = {};

/** What a stage leans on. */
const SOURCES: Readonly<Record<Stage, FailureSource>> = {
  embed: 'embedder',
  retrieve: 'keywords',
  rerank: 'reranker',
  prompt: 'store',
  generate: 'generator',
};

/** What of a question's way only whoever listens wants to know. */
export interface QueryFacts {
  /** Passages that the reranker put in order. */
  readonly rerankedSize?: number;
}

const NO_FACTS: QueryFacts = {};

/** How far a question has come. */
interface Way {
  costUsd: number;
  facts: QueryFacts;
  firstTokenMs: number | undefined;
  stage: Stage | undefined;
  /** Who is at fault for what is thrown next, where the stage does not say it. */
  blamed: FailureSource | undefined;
  steps: DegradationStep[] | undefined;
  announced: boolean;
  /** Nobody is told of it any more. */
  silent: boolean;
}

export interface QuerySetting {
  readonly number: number;
  readonly clock: Clock;
  readonly events: Emitter<EngineEvent>;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds for the whole answer. */
  readonly deadlineMs?: number | undefined;
  /** Something may stand in for a stage: some time is kept back for it. */
  readonly reserves?: boolean;
}

/** One question on its way: its clock, what each stage took, what each cache said, and whether it is still wanted. */
export class Query {
  readonly number: number;
  readonly start: number;
  readonly stages: Record<Stage, number>;
  readonly cache: Record<CacheLayer, CacheState>;
  /** On the engine's clock: when the whole answer must be there. Undefined: never. */
  readonly deadline: number | undefined;
  /** The same for stages that something may stand in for: a little earlier. */
  readonly stageDeadline: number | undefined;
  /** The same for what a search can do without: earlier still. */
  readonly searchDeadline: number | undefined;
  readonly #setting: QuerySetting;
  readonly #way: Way;
  readonly #clock: Clock;
  readonly #events: Emitter<EngineEvent>;
  readonly #signal: AbortSignal | undefined;

  /** `same`: the question that this is, under a signal of its own. */
  constructor(setting: QuerySetting, same?: Query) {
    const { number, clock, events, signal, deadlineMs, reserves = false } = setting;
    this.#setting = setting;
    this.number = number;
    this.#clock = clock;
    this.#events = events;
    this.#signal = signal;
    this.stages = same?.stages ?? { embed: 0, retrieve: 0, rerank: 0, prompt: 0, generate: 0 };
    this.cache = same?.cache ?? { embedding: 'off', retrieval: 'off', response: 'off', semantic: 'off' };
    this.#way = same === undefined ? atTheStart() : same.#way;
    this.start = same?.start ?? clock.now();
    if (deadlineMs === undefined) return;
    this.deadline = this.start + deadlineMs;
    const reserved = Math.min(RESERVED_MS, RESERVED_SHARE * deadlineMs);
    this.stageDeadline = this.deadline - (reserves ? reserved : 0);
    this.searchDeadline = this.start + SEARCH_SHARE * deadlineMs;
  }

  get signal(): AbortSignal | undefined {
    return this.#signal;
  }

  /** US dollars spent so far. */
  get costUsd(): number {
    return this.#way.costUsd;
  }

  /** Adds what a model took, and announces it: also where nobody is told of the question any more, for it is spent. */
  used(operation: 'chat' | 'embeddings', { inputTokens, outputTokens }: TokenUsage, costUsd: number): void {
    this.#way.costUsd += costUsd;
    if (!this.#events.active || (inputTokens === 0 && outputTokens === 0)) return;
    const tokens = { inputTokens, outputTokens, costUsd };
    this.#events.emit({ type: 'model.used', query: this.number, operation, purpose: 'query', ...tokens });
  }

  get facts(): QueryFacts {
    return this.#way.facts;
  }

  /** Notes what only listeners want to know; nothing where nobody listens. */
  note(facts: QueryFacts): void {
    if (this.#events.active) this.#way.facts = { ...this.#way.facts, ...facts };
  }

  get firstTokenMs(): number | undefined {
    return this.#way.firstTokenMs;
  }

  /** The same question, withdrawn by another signal: for work that others wait for, too. */
  under(signal: AbortSignal): Query {
    return new Query({ ...this.#setting, signal }, this);
  }

  /** The question begun anew for nobody in particular: it has as much time again, and tells nobody of anything. */
  aside(signal: AbortSignal): Query {
    const aside = new Query({ ...this.#setting, signal });
    aside.#way.silent = true;
    return aside;
  }

  /** Its asker has been told how it ended: work that goes on for others tells nothing more in its name. */
  end(): void {
    this.#way.silent = true;
  }

  /** Whether so much of its time is left that what somebody else ran out of time with is worth beginning again. */
  get hasTime(): boolean {
    const { deadlineMs } = this.#setting;
    if (deadlineMs === undefined || this.deadline === undefined) return true;
    return this.deadline - this.#clock.now() >= SEARCH_SHARE * deadlineMs;
  }

  /** How long it waits for work that is not its own: until it is withdrawn, or until `deadline`. */
  patience(deadline: number | undefined): Patience {
    const signal = this.#signal;
    if (deadline === undefined) return { signal, end: () => undefined };
    const leaving = new AbortController();
    const over = new AbortController();
    const withdrawn = (): void => leaving.abort(signal?.reason);
    if (signal?.aborted) withdrawn();
    signal?.addEventListener('abort', withdrawn, { once: true, signal: over.signal });
    const left = milliseconds(Math.max(0, deadline - this.#clock.now()));
    this.#clock.sleep(left, over.signal).then(
      () => leaving.abort(this.#late()),
      () => undefined, // it has waited long enough, or no longer
    );
    return { signal: leaving.signal, end: () => over.abort() };
  }

  /** Milliseconds since the question was asked. */
  elapsed(): number {
    return this.#clock.now() - this.start;
  }

  throwIfWithdrawn(): void {
    if (this.#signal?.aborted) throw withdrawn(this.#signal);
  }

  /** Refuses to begin anything once the question's time is up. */
  throwIfLate(): void {
    if (this.deadline === undefined || this.#clock.now() < this.deadline) return;
    throw this.#late();
  }

  /** Waits for `value`, for the question to be withdrawn, or for its time to be up, whichever comes first. */
  async inTime<T>(value: T | Promise<T>, deadline = this.deadline): Promise<T> {
    if (!(value instanceof Promise)) return value;
    const over = new AbortController();
    const races: Promise<T>[] = [value];
    const signal = this.#signal;
    if (signal !== undefined) {
      races.push(
        new Promise((_, reject) => {
          const leave = (): void => reject(withdrawn(signal));
          signal.addEventListener('abort', leave, { once: true, signal: over.signal });
        }),
      );
    }
    if (deadline !== undefined) {
      const left = milliseconds(Math.max(0, deadline - this.#clock.now()));
      races.push(
        this.#clock.sleep(left, over.signal).then(() => {
          throw this.#late();
        }),
      );
    }
    try {
      return await Promise.race(races);
    } finally {
      over.abort();
    }
  }

  /** Does one stage's work, timed and announced. A stage done twice, because the index changed meanwhile, counts in full. */
  async during<T>(
    stage: Stage,
    work: () => T | Promise<T>,
    { evenLate = false, by }: DuringOptions = AS_USUAL,
  ): Promise<T> {
    this.throwIfWithdrawn();
    if (!evenLate) this.throwIfLate();
    this.#way.stage = stage;
    const start = this.#clock.now();
    let result: T;
    try {
      result = await work();
    } catch (error) {
      this.#stageFailed({ stage, start, by }, error);
      throw error;
    }
    const duration = this.#clock.now() - start;
    this.#way.stage = undefined;
    this.stages[stage] += duration;
    if (this.#heard) {
      this.#events.emit({ type: 'stage.finished', query: this.number, stage, by, start, duration });
    }
    this.throwIfWithdrawn();
    return result;
  }

  #stageFailed(
    { stage, start, by }: { stage: Stage; start: number; by: Substitute | undefined },
    thrown: unknown,
  ): void {
    if (!this.#heard) return;
    const { code } = this.#signal?.aborted ? withdrawn(this.#signal) : described(thrown);
    const duration = this.#clock.now() - start;
    this.#events.emit({ type: 'stage.failed', query: this.number, stage, by, start, duration, code });
  }

  lookedUp(layer: CacheLayer, state: CacheState): void {
    this.cache[layer] = state;
    if (this.#heard) {
      this.#events.emit({ type: 'cache.looked-up', query: this.number, layer, state });
    }
  }

  get #heard(): boolean {
    return this.#events.active && !this.#way.silent;
  }

  /** Announces what each retriever found. */
  retrieved({ keyword, vector, fused }: Retrieval): void {
    if (!this.#heard) return;
    this.#found('keyword', keyword);
    this.#found('vector', vector);
    this.#found('fused', fused);
  }

  #found(retriever: 'keyword' | 'vector' | 'fused', hits: Hits | undefined): void {
    if (hits === undefined) return;
    const { keys, scores } = hits;
    const [count, topScore] = [keys.length, scores[0]];
    this.#events.emit({ type: 'retrieval.finished', query: this.number, retriever, count, topScore });
  }

  /** Marks the first piece of text; later calls change nothing. */
  spoke(): void {
    if (this.firstTokenMs !== undefined) return;
    const sinceStart = this.elapsed();
    this.#way.firstTokenMs = sinceStart;
    if (this.#way.announced) return;
    this.#way.announced = true;
    if (this.#heard) {
      this.#events.emit({ type: 'token.first', query: this.number, sinceStart });
    }
  }

  /** Text that nobody was given does not count: another answer begins. */
  unsay(): void {
    this.#way.firstTokenMs = undefined;
  }

  /** Says who is at fault for what is thrown next. */
  blame(source: FailureSource | undefined): void {
    this.#way.blamed = source;
  }

  /** What was thrown, with whoever is at fault for it. */
  failureOf(error: unknown): Failure {
    const { blamed, stage } = this.#way;
    return { source: blamed ?? (stage === undefined ? 'index' : SOURCES[stage]), error };
  }

  /** Takes note of what stands in, and announces it. */
  degrade(level: DegradationLevel, failure: Failure): void {
    this.degradeAs({ level, reason: reasonOf(failure) });
  }

  degradeAs({ level, reason }: DegradationStep): void {
    this.#way.steps ??= [];
    this.#way.steps.push({ level, reason });
    this.#way.blamed = undefined;
    this.#way.stage = undefined;
    if (this.#heard) {
      this.#events.emit({ type: 'query.degraded', query: this.number, level, reason });
    }
  }

  /** Undefined as long as nothing stands in. */
  get degraded(): Degradation | undefined {
    return this.#way.steps && degradationOf(this.#way.steps);
  }

  /** Announces the failure, and puts whatever was thrown into the catalogue's words. */
  failed(thrown: unknown): GroundspeedError {
    const error = this.#signal?.aborted ? withdrawn(this.#signal) : described(thrown);
    if (this.#heard) {
      this.#events.emit({
        type: 'query.failed',
        query: this.number,
        stage: this.#way.stage,
        code: error.code,
      });
    }
    return error;
  }

  #late(): GroundspeedError {
    this.#way.blamed = 'question';
    return new GroundspeedError('dependency.timeout', 'The question was not answered in time', {
      where: 'resilience.deadlineMs',
      hint: 'Ask again, or allow it more time: deadlineMs of the question, resilience.deadlineMs of the settings.',
    });
  }
}

function atTheStart(): Way {
  return {
    costUsd: 0,
    facts: NO_FACTS,
    firstTokenMs: undefined,
    stage: undefined,
    blamed: undefined,
    steps: undefined,
    announced: false,
    silent: false,
  };
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
