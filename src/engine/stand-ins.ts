import type { Clock } from '../kernel/clock.ts';
import type { Answer, AskOptions, Finding } from './answer.ts';
import type { CachedAnswer } from './caching/layers.ts';
import type { FindRequest } from './finding.ts';
import { createExtractiveGenerator } from './generation/extractive.ts';
import type { EngineOptions } from './options.ts';
import type { Generator } from './ports.ts';
import type { Query } from './query.ts';
import type { CannedAnswers } from './resilience/canned.ts';
import type { Failure } from './resilience/degradation.ts';
import { Ladder, type Rungs, type Step } from './resilience/ladder.ts';
import { LastAnswers } from './resilience/last-answers.ts';
import type { DegradationLevel } from './resilience/options.ts';
import { extracted, recalled, type StandIn, saidWithoutPassages, type Writer } from './writing.ts';

export interface StandInParts {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly canned: CannedAnswers | undefined;
  readonly writer: Writer;
}

/** What failed on a question's way, and how far it had come. */
export interface Failed {
  readonly failure: Failure;
  /** What the generator would have been shown. */
  readonly finding: Finding | undefined;
}

/**
 * What answers in place of the pipeline where a part of that fails, as `degradation.layers` says:
 *
 * - keyword: one search does for both, whichever of them failed, or the order of retrieval does for the reranker's
 * - extractive: sentences of the passages that were found, where the generator failed
 * - cached: the last good answer to the same question of the same rights, whatever the index was then
 * - canned, last-resort: words that the operator has written, or an apology
 */
export class StandIns {
  readonly #ladder: Ladder;
  readonly #writer: Writer;
  readonly #generation: EngineOptions['generation'];
  readonly #lastAnswers: LastAnswers<CachedAnswer> | undefined;
  /** Made when it is first needed. */
  #extractive: Generator | undefined;

  constructor({ options: { degradation, generation }, clock, canned, writer }: StandInParts) {
    this.#ladder = new Ladder({ options: degradation, canned });
    this.#writer = writer;
    this.#generation = generation;
    this.#lastAnswers = this.#ladder.has('cached')
      ? new LastAnswers({ clock, seconds: degradation.staleSeconds })
      : undefined;
  }

  has(level: DegradationLevel): boolean {
    return this.#ladder.has(level);
  }

  /** Whether anything stands in for a stage that is slow, so that keeping time back for it is worth while. */
  get any(): boolean {
    return this.#ladder.any;
  }

  /** Takes note of an answer that is good now. */
  keep(request: FindRequest, answer: CachedAnswer): void {
    this.#lastAnswers?.keep(request, answer);
  }

  /** Forgets the earlier answers that the layer `cached` would give again. */
  forget(): void {
    this.#lastAnswers?.clear();
  }

  /** For a question that failed; undefined where nothing stands in. */
  async answer(
    query: Query,
    request: FindRequest,
    { failure, finding }: Failed,
    options: AskOptions,
  ): Promise<Answer | undefined> {
    const step = await this.#ladder.descend({
      ...this.#rungs(request),
      ...(finding && this.#extractiveRung(query, request, finding)),
    });
    query.throwIfWithdrawn();
    return step && this.#passOn(query, step, failure, options);
  }

  /**
   * For a search that did without a part of it. Undefined to go on with what was found; an answer where a layer that comes before
   * `keyword` has one.
   */
  async beforeKeyword(
    query: Query,
    request: FindRequest,
    failures: readonly Failure[],
    options: AskOptions,
  ): Promise<CachedAnswer | undefined> {
    const step = await this.#ladder.descend<StandIn | 'go on'>({
      ...this.#rungs(request),
      keyword: () => 'go on',
    });
    query.throwIfWithdrawn();
    if (step !== undefined && step.result !== 'go on') {
      const { level, result } = step;
      const answer = this.#passOn(query, { level, result }, failures[0]!, options);
      return { answer, finding: result };
    }
    for (const failure of failures) query.degrade('keyword', failure);
    return undefined;
  }

  /** The layers that need nothing of what may have failed. */
  #rungs(request: FindRequest): Rungs<StandIn> {
    const { question } = request;
    return {
      cached: () => {
        const kept = request.cache ? this.#lastAnswers?.find(request) : undefined;
        return kept && recalled(kept);
      },
      canned: () => {
        const text = this.#ladder.canned(question);
        return text === undefined ? undefined : saidWithoutPassages(text, { abstained: false });
      },
      'last-resort': () => saidWithoutPassages(this.#ladder.lastResort, { abstained: true }),
    };
  }

  #extractiveRung(query: Query, { question }: FindRequest, finding: Finding): Rungs<StandIn> {
    return {
      extractive: () => {
        this.#extractive ??= createExtractiveGenerator(this.#generation);
        return extracted(query, question, finding, this.#extractive);
      },
    };
  }

  #passOn(query: Query, { level, result }: Step<StandIn>, failure: Failure, options: AskOptions): Answer {
    query.degrade(level, failure);
    if (level === 'cached') query.cache.response = 'stale';
    return this.#writer.passOn(query, result, options);
  }
}
