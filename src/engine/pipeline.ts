import type { Clock } from '../kernel/clock.ts';
import type { Emitter } from '../kernel/emitter.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { Answer, AskOptions } from './answer.ts';
import { Answering, AnsweringFailed, IndexChanged } from './answering.ts';
import { createCacheKeys } from './caching/keys.ts';
import type { CacheLayers } from './caching/layers.ts';
import { createContextBudget } from './context.ts';
import type { EngineEvent } from './events.ts';
import { Finder, type FinderParts, type FindRequest } from './finding.ts';
import type { EngineOptions } from './options.ts';
import type { DocumentStore, Generator, Reranker } from './ports.ts';
import { Query } from './query.ts';
import { normaliseQuestion } from './question.ts';
import type { CannedAnswers } from './resilience/canned.ts';
import { isRefusal } from './resilience/degradation.ts';
import { StandIns } from './stand-ins.ts';
import { Writer } from './writing.ts';

export interface PipelineParts {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly events: Emitter<EngineEvent>;
  readonly store: FinderParts['store'] & Pick<DocumentStore, 'stagedIds'>;
  readonly searchState: FinderParts['searchState'];
  readonly reranker: Reranker | undefined;
  readonly generator: Generator;
  readonly caches: CacheLayers;
  /** What the operator has written for when nothing else answers. */
  readonly canned?: CannedAnswers | undefined;
}

const MOST_PASSAGES = 100;

/**
 * A question's way to its answer: accepted or refused, answered in one state of the index (`Answering`), or, where that fails, by what
 * stands in (`StandIns`), as the answer tells (`degraded`). Whatever fails, is withdrawn or is degraded leaves nothing in a cache.
 * Once a piece of an answer has been passed on (`onText`), nothing stands in any more: what has been read cannot be taken back, and
 * half of one answer with another below it would be neither.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #answering: Answering;
  readonly #standIns: StandIns;
  #asked = 0;
  #inFlight = 0;

  constructor(parts: PipelineParts) {
    const { options, store, searchState, reranker, caches, clock, canned, generator } = parts;
    const { prices } = options.generation;
    const keys = createCacheKeys(options);
    const writer = new Writer({ generator, prices });
    const standIns = new StandIns({ options, clock, canned, writer });
    const finder = new Finder({
      store,
      searchState,
      reranker,
      rerankDepth: options.reranking.depth,
      contextSize: createContextBudget(options.retrieval.contextTokens),
      caches,
      keys,
      embeddingModel: options.embedding.model,
      prices,
      tolerant: standIns.has('keyword'),
    });
    this.#parts = parts;
    this.#standIns = standIns;
    this.#answering = new Answering({ caches, keys, finder, writer, standIns });
  }

  /**
   * Answers one question. Rejects with `query.empty`, `query.tooLong`, `query.aborted`, `engine.overloaded`,
   * `store.empty`, `usage.argument` (topK, deadlineMs), or, where nothing stands in for it, with what a stage failed
   * with, which is `dependency.timeout` for a question whose time is up.
   */
  async ask(question: string, options: AskOptions = {}): Promise<Answer> {
    const { clock, events } = this.#parts;
    this.#asked += 1;
    const query = new Query({
      number: this.#asked,
      clock,
      events,
      signal: options.signal,
      deadlineMs: this.#timeFor(options),
      reserves: this.#standIns.any,
    });
    if (events.active) {
      events.emit({
        type: 'query.started',
        query: query.number,
        questionLength: question.length,
        topK: options.topK ?? this.#parts.options.retrieval.topK,
        waitedMs: options.waitedMs ?? 0,
        tag: options.tag,
      });
    }
    this.#inFlight += 1;
    try {
      const answer = await this.#answer(query, question, options);
      if (events.active) events.emit(finished(query, answer));
      return answer;
    } catch (thrown) {
      throw query.failed(thrown);
    } finally {
      query.end();
      this.#inFlight -= 1;
    }
  }

  /** Forgets the earlier answers that the layer `cached` would give again. */
  forget(): void {
    this.#standIns.forget();
  }

  /** Milliseconds; undefined for a question that may take for ever. */
  #timeFor({ deadlineMs }: AskOptions): number | undefined {
    const { enabled, deadlineMs: most } = this.#parts.options.resilience;
    if (!enabled) return deadlineMs;
    return deadlineMs === undefined ? most : Math.min(deadlineMs, most);
  }

  async #answer(query: Query, question: string, options: AskOptions): Promise<Answer> {
    query.throwIfWithdrawn();
    const request = this.#accept(question, options);
    try {
      this.#refuseEmptyStore(query);
      return await this.#full(query, request, options);
    } catch (thrown) {
      query.throwIfWithdrawn();
      const { failure, finding } =
        thrown instanceof AnsweringFailed ? thrown : { failure: query.failureOf(thrown), finding: undefined };
      const passedOn = options.onText !== undefined && query.firstTokenMs !== undefined;
      if (isRefusal(failure.error) || passedOn) throw failure.error;
      const answer = await this.#standIns.answer(query, request, { failure, finding }, options);
      if (answer === undefined) throw failure.error;
      return answer;
    }
  }

  async #full(query: Query, request: FindRequest, options: AskOptions): Promise<Answer> {
    for (;;) {
      const state = await query.inTime(this.#parts.searchState());
      try {
        return await this.#answering.answer(query, request, state, options);
      } catch (error) {
        if (!(error instanceof IndexChanged)) throw error;
      }
    }
  }

  #accept(question: string, { topK, filter, scope, cache = true, deadlineMs }: AskOptions): FindRequest {
    const { limits, retrieval } = this.#parts.options;
    if (this.#inFlight > limits.maxConcurrentQueries) {
      throw new GroundspeedError(
        'engine.overloaded',
        `${limits.maxConcurrentQueries} questions are being answered already`,
        {
          where: 'limits.maxConcurrentQueries',
          hint: 'Ask again in a moment, or raise limits.maxConcurrentQueries.',
        },
      );
    }
    const text = normaliseQuestion(question, limits.maxQuestionLength);
    if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1 && topK <= MOST_PASSAGES)) {
      throw new GroundspeedError('usage.argument', `topK is ${topK}`, {
        where: 'topK',
        hint: `Give a whole number from 1 to ${MOST_PASSAGES}.`,
      });
    }
    if (deadlineMs !== undefined && !(deadlineMs > 0)) {
      throw new GroundspeedError('usage.argument', `deadlineMs is ${deadlineMs}`, {
        where: 'deadlineMs',
        hint: 'Give a number of milliseconds above 0.',
      });
    }
    return { question: text, topK: topK ?? retrieval.topK, filter, scope, cache };
  }

  #refuseEmptyStore(query: Query): void {
    const { store } = this.#parts;
    query.blame('store');
    if (store.documentCount === 0) throw emptyStore(store);
    query.blame(undefined);
  }
}

function emptyStore(store: Pick<DocumentStore, 'stagedIds'>): GroundspeedError {
  return new GroundspeedError('store.empty', 'The index holds no document', {
    hint:
      store.stagedIds().length === 0
        ? 'Ingest some documents first.'
        : 'An ingest of its documents was stopped on the way: run the same command again, and it goes on from there.',
  });
}

function finished(query: Query, answer: Answer): EngineEvent {
  const { abstained, contextSize, totalMs, usage, costUsd, degraded } = answer;
  return {
    type: 'query.finished',
    query: query.number,
    outcome: abstained && contextSize === 0 ? 'no_context' : abstained ? 'abstained' : 'answered',
    duration: totalMs,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    costUsd,
    degraded: degraded?.level,
    contextSize,
    rerankedSize: query.facts.rerankedSize,
  };
}
