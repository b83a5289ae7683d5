import type { JudgeInput } from '../../judging/llm/judged.ts';
import { promptFor, promptIdentity, replySchema } from '../../judging/llm/prompts.ts';
import { readReply, type Verdict } from '../../judging/llm/replies.ts';
import type { Judgement, JudgingOptions } from '../../judging/options.ts';
import type { Clock } from '../../kernel/clock.ts';
import { messageOf } from '../../kernel/errors.ts';
import type { Random } from '../../kernel/random.ts';
import { milliseconds } from '../../kernel/units.ts';
import { ChatCallError, type ChatFault, type ChatModel } from '../chat-model/port.ts';
import type { Budget } from './budget.ts';
import { type ReplyCache, replyKey } from './reply-cache.ts';

/** What became of one judgement that the model was to give. */
export type Outcome =
  | { readonly kind: 'judged'; readonly verdict: Verdict; readonly cached: boolean }
  | { readonly kind: 'failed'; readonly fault: ChatFault; readonly message: string }
  /** The run stopped first. */
  | { readonly kind: 'not-reached' };

export interface CallerOptions {
  readonly model: ChatModel;
  readonly judge: JudgingOptions['judge'];
  readonly budget: Budget;
  readonly cache: ReplyCache | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** The cache could not be written. */
  readonly onCacheFault: (message: string) => void;
}

/** Milliseconds before the first retry, and between two at most; a wait that a service asks for may be longer. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
/** Longest wait, in milliseconds, that is granted to a service that asks for one. */
const LONGEST_ASKED = 120_000;

const RETRIED: ReadonlySet<ChatFault> = new Set([
  'rate-limited',
  'server-error',
  'timeout',
  'connection',
  'malformed',
]);
/** Faults of the service, whatever it was asked. */
const OF_THE_SERVICE: ReadonlySet<ChatFault> = new Set([
  'rate-limited',
  'server-error',
  'timeout',
  'connection',
  'unusable',
]);
/** So many judgements in a row, each with all its retries, that failed by the service's fault: it is down. */
const GIVE_UP_AFTER = 10;

/** Asks the model, through the cache, with retries; knows when to stop asking at all. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #underWay = new Map<string, Promise<Outcome>>();
  readonly answeredBy = new Set<string>();
  /** Why no further call is made; null while calls are. */
  stopped: string | null = null;
  retries = 0;
  #quietUntil = 0;
  #faultsInARow = 0;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** One judgement. The same one asked twice at once is one call. */
  async judge(judgement: Judgement, input: JudgeInput): Promise<Outcome> {
    const { model, judge, seed, cache } = this.#options;
    const messages = promptFor(judgement, input);
    const key = replyKey({
      service: model.service,
      model: model.model,
      prompt: promptIdentity(judgement).hash,
      temperature: judge.temperature,
      maxTokens: judge.maxTokens,
      seed,
      messages,
    });
    const kept = cache?.get(key);
    if (kept !== undefined) {
      const verdict = readReply(judgement, kept.text, { passages: input.passages.length });
      if (typeof verdict !== 'string') {
        this.answeredBy.add(kept.model);
        return { kind: 'judged', verdict, cached: true };
      }
    }
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const asking = this.#ask({ judgement, input, messages, key }).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asking);
    return asking;
  }

  async #ask(call: Call): Promise<Outcome> {
    const { judge, clock, signal } = this.#options;
    let malformed = 0;
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#waitForQuiet();
        if (this.stopped !== null) return { kind: 'not-reached' };
        const verdict = await this.#askOnce(call, malformed);
        if (verdict === undefined) return { kind: 'not-reached' };
        this.#faultsInARow = 0;
        return { kind: 'judged', verdict, cached: false };
      } catch (error) {
        if (signal?.aborted) return { kind: 'not-reached' };
        if (!(error instanceof ChatCallError)) throw error;
        if (error.fault === 'malformed') malformed += 1;
        const wait = this.#waitBefore(attempt + 1, error);
        if (attempt >= judge.retries || !RETRIED.has(error.fault) || wait === undefined) {
          return this.#failed(error);
        }
        this.retries += 1;
        const rested = await clock.sleep(milliseconds(wait), signal).then(
          () => true,
          () => false,
        );
        if (!rested) return { kind: 'not-reached' };
      }
    }
  }

  /** Undefined when there is no money left for it. A malformed reply is asked for with another seed. */
  async #askOnce({ judgement, input, messages, key }: Call, malformed: number): Promise<Verdict | undefined> {
    const { model, budget, cache, seed, signal, onCacheFault } = this.#options;
    const giveBack = budget.reserve(messages);
    if (giveBack === undefined) {
      this.stopped ??= 'judge.maxCostUsd would be passed by the next call';
      return undefined;
    }
    try {
      const reply = await model.ask({
        messages,
        schema: replySchema(judgement),
        seed: seed + malformed,
        ...(signal !== undefined && { signal }),
      });
      budget.spend(reply.usage);
      const verdict = readReply(judgement, reply.text, { passages: input.passages.length });
      if (typeof verdict === 'string') throw new ChatCallError('malformed', verdict);
      this.answeredBy.add(reply.model);
      const kept = cache?.put(key, { text: reply.text, model: reply.model });
      await kept?.catch((fault: unknown) => onCacheFault(messageOf(fault)));
      return verdict;
    } catch (error) {
      if (error instanceof ChatCallError) budget.spend(error.usage);
      throw error;
    } finally {
      giveBack();
    }
  }

  #failed(error: ChatCallError): Outcome {
    const { fault, message } = error;
    this.#faultsInARow = OF_THE_SERVICE.has(fault) ? this.#faultsInARow + 1 : 0;
    if (fault === 'unusable') this.stopped ??= `the service takes no request: ${message}`;
    else if (this.#faultsInARow >= GIVE_UP_AFTER) {
      this.stopped ??= `${GIVE_UP_AFTER} judgements in a row failed, the last: ${message}`;
    }
    return { kind: 'failed', fault, message };
  }

  /**
   * Exponential, with half of it left to chance, so that calls that failed together do not come back together; never
   * shorter than what the service asks for. Undefined where it asks for longer than is granted.
   */
  #waitBefore(attempt: number, { retryAfterMs = 0 }: ChatCallError): number | undefined {
    const { clock, random } = this.#options;
    if (retryAfterMs > LONGEST_ASKED) return undefined;
    const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
    if (retryAfterMs > 0) this.#quietUntil = Math.max(this.#quietUntil, clock.now() + retryAfterMs);
    return Math.max(retryAfterMs, most * (0.5 + random.next() / 2));
  }

  /** What a service asks of one call, all others keep to as well. */
  async #waitForQuiet(): Promise<void> {
    const { clock, signal } = this.#options;
    while (clock.now() < this.#quietUntil) {
      await clock.sleep(milliseconds(this.#quietUntil - clock.now()), signal);
    }
    signal?.throwIfAborted();
  }
}

interface Call {
  readonly judgement: Judgement;
  readonly input: JudgeInput;
  readonly messages: ReturnType<typeof promptFor>;
  readonly key: string;
}
