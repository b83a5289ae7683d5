import type { Answer, AskOptions, Finding } from './answer.ts';
import type { CacheKeys } from './caching/keys.ts';
import type { Compute, Passed } from './caching/layered-cache.ts';
import type { CachedAnswer, CacheLayers } from './caching/layers.ts';
import type { SemanticMatch } from './caching/semantic-cache.ts';
import {
  type Begun,
  type Finder,
  type FindRequest,
  type Found,
  keyPartsOf,
  type SearchState,
} from './finding.ts';
import type { Query } from './query.ts';
import type { Degradation, Failure } from './resilience/degradation.ts';
import { isOwnFailure } from './resilience/own-failure.ts';
import type { StandIns } from './stand-ins.ts';
import type { Writer } from './writing.ts';

/** What was found, or what went wrong, is of no version of the index: the question goes round again. */
export class IndexChanged extends Error {}

/** What an answer failed with, for all who wait for it. */
export class AnsweringFailed extends Error {
  readonly failure: Failure;
  /** What had been found until then. */
  readonly finding: Finding | undefined;
  /** It is the doing of the one who was to be answered, not of what the answer needed. */
  readonly own: boolean;

  constructor(failure: Failure, { finding, own }: { finding: Finding | undefined; own: boolean }) {
    super('the question was not answered', { cause: failure.error });
    this.failure = failure;
    this.finding = finding;
    this.own = own || isOwnFailure(failure.error);
  }
}

export interface AnsweringParts {
  readonly caches: CacheLayers;
  readonly keys: CacheKeys;
  readonly finder: Finder;
  readonly writer: Writer;
  readonly standIns: StandIns;
}

/** Where one's own callback failed. */
interface Listener {
  failed: boolean;
}

/**
 * A question's way to its answer within one state of the index: response cache › embedding cache › semantic cache › retrieval cache ›
 * embed › retrieve › rerank › context › generate, once for all who ask the same at the same time. Only whoever it is done for hears
 * the answer as it grows, and has its stages and costs as his own; the others get it when it is whole.
 */
export class Answering {
  readonly #parts: AnsweringParts;

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
  }

  /** Rejects with `IndexChanged`, `AnsweringFailed`, or, for one who waits for another's answer, with his own end. */
  async answer(query: Query, request: FindRequest, state: SearchState, options: AskOptions): Promise<Answer> {
    const { caches, keys } = this.#parts;
    if (!request.cache || caches.response === undefined) {
      const { answer, finding } = await this.#compute(query, request, state, options);
      return traced(answer, finding, options);
    }
    const key = keys.response(keyPartsOf(request, state));
    for (let again = false; ; again = true) {
      const passed = await this.#through(key, query, { request, state, options });
      const { degraded } = passed.value.answer;
      if (passed.shared && !again && ranOutOfTime(degraded) && query.hasTime) continue;
      return this.#handOut(query, request, passed, options);
    }
  }

  #through(
    key: string,
    query: Query,
    { request, state, options }: { request: FindRequest; state: SearchState; options: AskOptions },
  ): Promise<Passed<CachedAnswer>> {
    const compute: Compute<CachedAnswer> = (signal, background) => {
      if (background) return this.#compute(query.aside(signal), request, state, UNHEARD);
      query.lookedUp('response', 'miss');
      return this.#compute(query.under(signal), request, state, options);
    };
    return this.#parts.caches.response!.through(key, compute, {
      query: query.number,
      signal: query.signal,
      patience: () => query.patience(query.stageDeadline),
      costUsd: costOfAnswer,
      keep: isWorthKeeping,
      ownFailure: (error) => error instanceof AnsweringFailed && error.own && query.hasTime,
    });
  }

  #handOut(
    query: Query,
    request: FindRequest,
    { value, state, shared }: Passed<CachedAnswer>,
    options: AskOptions,
  ): Answer {
    const { answer, finding } = value;
    if (state === 'miss' && !shared) return traced(answer, finding, options);
    query.lookedUp('response', state);
    if (answer.matched !== undefined) query.lookedUp('semantic', 'hit');
    for (const step of answer.degraded?.steps ?? []) query.degradeAs(step);
    if (answer.degraded?.level === 'cached') query.cache.response = 'stale';
    if (state === 'hit') this.#parts.standIns.keep(request, value);
    return this.#parts.writer.again(query, value, options);
  }

  async #compute(
    query: Query,
    request: FindRequest,
    state: SearchState,
    options: AskOptions,
  ): Promise<CachedAnswer> {
    const { writer, standIns } = this.#parts;
    const listener: Listener = { failed: false };
    const heard = heardBy(options, listener);
    let finding: Finding | undefined;
    try {
      const found = await this.#find(query, request, state);
      if ('matched' in found) {
        return { answer: writer.near(query, found, heard), finding: found.value.finding };
      }
      const { failures, begun } = found;
      const instead = failures && (await standIns.beforeKeyword(query, request, failures, heard));
      if (instead !== undefined) return instead;
      finding = found.finding;
      const answer = await writer.write(query, request.question, finding, heard);
      const whole = { answer, finding };
      if (answer.degraded === undefined && request.cache) this.#remember(request, state, whole, begun);
      return whole;
    } catch (error) {
      if (error instanceof IndexChanged) throw error;
      throw new AnsweringFailed(query.failureOf(error), { finding, own: listener.failed });
    }
  }

  /** The answer to a question that means the same, or the passages for this one. */
  async #find(
    query: Query,
    request: FindRequest,
    state: SearchState,
  ): Promise<SemanticMatch<CachedAnswer> | (Found & { begun: Begun })> {
    const { finder } = this.#parts;
    try {
      const begun = await finder.begin(query, request, state);
      const near = this.#near(query, request, state, begun);
      if (near !== undefined) return near;
      const { finding, failures } = await finder.find(query, request, state, begun);
      if (finder.isCurrent(state)) return { finding, failures, begun };
    } catch (error) {
      query.throwIfWithdrawn();
      if (finder.isCurrent(state)) throw error;
      query.blame(undefined);
    }
    throw new IndexChanged();
  }

  #near(
    query: Query,
    request: FindRequest,
    state: SearchState,
    { vector }: Begun,
  ): SemanticMatch<CachedAnswer> | undefined {
    const { caches, keys } = this.#parts;
    if (caches.semantic === undefined || vector === undefined) return undefined;
    const partition = keys.semantic(keyPartsOf(request, state));
    const near = caches.semantic.find({ partition, question: request.question, vector });
    query.lookedUp('semantic', near === undefined ? 'miss' : 'hit');
    return near;
  }

  /** An abstention is no answer to a question in other words: those words may find more. */
  #remember(request: FindRequest, state: SearchState, value: CachedAnswer, { vector }: Begun): void {
    const { caches, keys, standIns } = this.#parts;
    standIns.keep(request, value);
    if (caches.semantic === undefined || vector === undefined || value.answer.abstained) return;
    const partition = keys.semantic(keyPartsOf(request, state));
    const { question } = request;
    caches.semantic.remember({ partition, question, vector, value, costUsd: value.answer.costUsd });
  }
}

const UNHEARD: AskOptions = {};

const costOfAnswer = ({ answer }: CachedAnswer): number => answer.costUsd;

/** Another question's answer is not kept under this one's name either: what is false about it would spread. */
const isWorthKeeping = ({ answer }: CachedAnswer): boolean =>
  answer.degraded === undefined && answer.matched === undefined;

const ranOutOfTime = (degraded: Degradation | undefined): boolean =>
  degraded?.steps.some(({ reason }) => reason.endsWith(': deadline')) ?? false;

function traced(answer: Answer, { trace }: Finding, options: AskOptions): Answer {
  return options.trace ? { ...answer, trace } : answer;
}

/** Others may wait for the answer, too: one who has left hears no more of it, and a callback that fails is its owner's own fault. */
function heardBy({ onText, signal }: AskOptions, listener: Listener): AskOptions {
  if (onText === undefined) return UNHEARD;
  return {
    onText: (text) => {
      if (signal?.aborted) return;
      try {
        onText(text);
      } catch (error) {
        listener.failed = true;
        throw error;
      }
    },
  };
}
