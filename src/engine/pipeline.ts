import type { Clock } from '../kernel/clock.ts';
import type { Emitter } from '../kernel/emitter.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { Answer, AskOptions, Finding } from './answer.ts';
import { type CacheKeys, createCacheKeys } from './caching/keys.ts';
import type { CachedAnswer, CacheLayers } from './caching/layers.ts';
import { createContextBudget } from './context.ts';
import type { EngineEvent, Stage } from './events.ts';
import { Finder, type FinderParts, type FindRequest, type SearchState } from './finding.ts';
import { ABSTENTION } from './generation/abstention.ts';
import { costOf } from './generation/cost.ts';
import type { EngineOptions } from './options.ts';
import type { DocumentStore, GeneratedAnswer, Generator, Passage, Reranker, TokenUsage } from './ports.ts';
import { Query } from './query.ts';
import { normaliseQuestion } from './question.ts';

export interface PipelineParts {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly events: Emitter<EngineEvent>;
  readonly store: FinderParts['store'] & Pick<DocumentStore, 'stagedIds'>;
  readonly searchState: FinderParts['searchState'];
  readonly reranker: Reranker | undefined;
  readonly generator: Generator;
  readonly caches: CacheLayers;
}

const MOST_PASSAGES = 100;
const NO_STAGES: Readonly<Record<Stage, number>> = {
  embed: 0,
  retrieve: 0,
  rerank: 0,
  prompt: 0,
  generate: 0,
};
const NO_USAGE: TokenUsage = { inputTokens: 0, outputTokens: 0 };
const NO_CONTEXT: GeneratedAnswer = {
  text: ABSTENTION,
  citations: [],
  confidence: 0,
  abstained: true,
  usage: NO_USAGE,
};

/**
 * A question's way to its answer: response cache › embedding cache › retrieval cache › embed › retrieve › rerank ›
 * context › generate. Whatever fails or is withdrawn on the way leaves nothing in a cache.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #keys: CacheKeys;
  readonly #finder: Finder;
  #asked = 0;
  #inFlight = 0;

  constructor(parts: PipelineParts) {
    const { options, store, searchState, reranker, caches } = parts;
    this.#parts = parts;
    this.#keys = createCacheKeys(options);
    this.#finder = new Finder({
      store,
      searchState,
      reranker,
      rerankDepth: options.reranking.depth,
      contextSize: createContextBudget(options.retrieval.contextTokens),
      caches,
      keys: this.#keys,
      embeddingModel: options.embedding.model,
      prices: options.generation.prices,
    });
  }

  /**
   * Answers one question. Rejects with `query.empty`, `query.tooLong`, `query.aborted`, `engine.overloaded`,
   * `store.empty`, `usage.argument` (topK), or with what a stage failed with.
   */
  async ask(question: string, options: AskOptions = {}): Promise<Answer> {
    const { clock, events } = this.#parts;
    this.#asked += 1;
    const query = new Query({ number: this.#asked, clock, events, signal: options.signal });
    if (events.active) {
      events.emit({ type: 'query.started', query: query.number, questionLength: question.length });
    }
    this.#inFlight += 1;
    try {
      const answer = await this.#answer(query, question, options);
      if (events.active) events.emit(finished(query, answer));
      return answer;
    } catch (thrown) {
      throw query.failed(thrown);
    } finally {
      this.#inFlight -= 1;
    }
  }

  async #answer(query: Query, question: string, options: AskOptions): Promise<Answer> {
    query.throwIfWithdrawn();
    const request = this.#accept(question, options);
    const cache = request.cache ? this.#parts.caches.response : undefined;
    for (;;) {
      const state = await query.unlessWithdrawn(this.#parts.searchState());
      const key = cache && this.#keys.response({ ...request, version: state.version, model: state.model });
      if (cache !== undefined && key !== undefined) {
        const cached = await cache.get(key);
        query.lookedUp('response', cached !== undefined);
        if (cached !== undefined) return this.#again(query, cached, options);
      }
      const finding = await this.#find(query, request, state);
      if (finding === undefined) continue;
      const answer = await this.#generate(query, request, finding, options);
      if (cache !== undefined && key !== undefined) await cache.set(key, { answer, finding });
      return options.trace ? { ...answer, trace: finding.trace } : answer;
    }
  }

  #accept(question: string, { topK, filter, cache = true }: AskOptions): FindRequest {
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
    if (this.#parts.store.documentCount === 0) throw emptyStore(this.#parts.store);
    return { question: text, topK: topK ?? retrieval.topK, filter, cache };
  }

  /** Undefined when the index changed meanwhile: what was found, or what went wrong, is of no version then. */
  async #find(query: Query, request: FindRequest, state: SearchState): Promise<Finding | undefined> {
    try {
      const finding = await this.#finder.find(query, request, state);
      return this.#finder.isCurrent(state) ? finding : undefined;
    } catch (error) {
      query.throwIfWithdrawn();
      if (this.#finder.isCurrent(state)) throw error;
      return undefined;
    }
  }

  async #generate(
    query: Query,
    { question }: FindRequest,
    { passages, contextSize, ranking }: Finding,
    options: AskOptions,
  ): Promise<Answer> {
    const context = contextSize === passages.length ? passages : passages.slice(0, contextSize);
    const say = (text: string): void => {
      query.spoke();
      options.onText?.(text);
    };
    const generated = await query.during('generate', async () => {
      if (context.length > 0) return this.#listen(query, question, context, say);
      say(ABSTENTION);
      return NO_CONTEXT;
    });
    const { text, abstained, confidence, citations, usage, model } = generated;
    query.costUsd += costOf(this.#parts.options.generation.prices, model, usage);
    const totalMs = query.elapsed();
    return {
      text,
      abstained,
      confidence,
      passages,
      contextSize,
      citations,
      ranking,
      stages: query.stages,
      totalMs,
      firstTokenMs: query.firstTokenMs ?? totalMs,
      cache: query.cache,
      usage,
      costUsd: query.costUsd,
    };
  }

  /** The generator's answer, its pieces passed on as they come. */
  async #listen(
    query: Query,
    question: string,
    passages: readonly Passage[],
    say: (text: string) => void,
  ): Promise<GeneratedAnswer> {
    const { generator } = this.#parts;
    const { signal } = query;
    for await (const event of generator.generate({ question, passages, ...(signal && { signal }) })) {
      query.throwIfWithdrawn();
      if (event.type === 'done') return event.answer;
      say(event.text);
    }
    throw new GroundspeedError('generation.failed', 'The answer broke off before its end', {
      where: generator.id,
      hint: 'Ask again; if it happens often, the service drops connections.',
    });
  }

  /** A cached answer: the same arrays, but its own time, and nothing spent. */
  #again(query: Query, { answer, finding }: CachedAnswer, options: AskOptions): Answer {
    query.spoke();
    options.onText?.(answer.text);
    const totalMs = query.elapsed();
    return {
      ...answer,
      stages: NO_STAGES,
      totalMs,
      firstTokenMs: query.firstTokenMs ?? totalMs,
      cache: query.cache,
      usage: NO_USAGE,
      costUsd: 0,
      ...(options.trace && { trace: finding.trace }),
    };
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
  const { abstained, contextSize, totalMs, usage, costUsd } = answer;
  return {
    type: 'query.finished',
    query: query.number,
    outcome: contextSize === 0 ? 'no_context' : abstained ? 'abstained' : 'answered',
    duration: totalMs,
    ...usage,
    costUsd,
  };
}
