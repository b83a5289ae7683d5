import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { milliseconds } from '../../kernel/units.ts';
import { ChatCallError, type ChatFault, type ChatModel, type ChatRequest } from '../chat-model/port.ts';
import type { Budget } from './budget.ts';

/** Tokens of one reply, at most. */
export const MOST_REPLY_TOKENS = 1500;

/** A chat model, as drafting needs it. */
export type DraftingModel = Pick<ChatModel, 'model' | 'service' | 'terms' | 'ask'>;

export type CallOutcome =
  | { readonly kind: 'reply'; readonly text: string }
  /** Given up: `fault` says why. */
  | { readonly kind: 'failed'; readonly fault: ChatFault; readonly message: string }
  /** Not made: the ceiling of cost is reached, or whoever waits for it gave up. */
  | { readonly kind: 'unaffordable' }
  | { readonly kind: 'interrupted' };

export interface Calling {
  readonly model: DraftingModel;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly random: Random;
  /** Counts further attempts. */
  readonly onRetry: (fault: ChatFault) => void;
}

const RETRIES = 4;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A service that wants to be left alone for longer is not waited for. */
const LONGEST_WAIT_MS = 60_000;
/** What may go better the next time. A reply of no use is drafted anew from another passage instead. */
const PASSING: ReadonlySet<ChatFault> = new Set(['rate-limited', 'server-error', 'timeout', 'connection']);
/** Characters of a token, at least: a reservation must not be too small. */
const CHARACTERS_PER_TOKEN = 2;

/** One reply, tried again after a passing fault: each delay twice the one before, with full jitter, and not before the service wants it. */
export async function callModel(request: ChatRequest, calling: Calling): Promise<CallOutcome> {
  const { model, budget, clock, random, onRetry } = calling;
  const most = mostOf(request);
  for (let attempt = 0; ; attempt += 1) {
    if (request.signal?.aborted) return { kind: 'interrupted' };
    const reserved = await budget.reserve(most);
    if (reserved === undefined) return { kind: 'unaffordable' };
    try {
      if (request.signal?.aborted) {
        budget.settle(reserved, undefined);
        return { kind: 'interrupted' };
      }
      const { text, usage } = await model.ask(request);
      budget.settle(reserved, usage);
      return { kind: 'reply', text };
    } catch (error) {
      budget.settle(reserved, error instanceof ChatCallError ? error.usage : undefined);
      if (request.signal?.aborted) return { kind: 'interrupted' };
      if (!(error instanceof ChatCallError)) throw error;
      const { fault, message, retryAfterMs = 0 } = error;
      if (!PASSING.has(fault) || attempt >= RETRIES || retryAfterMs > LONGEST_WAIT_MS) {
        return { kind: 'failed', fault, message };
      }
      onRetry(fault);
      const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + random.next() / 2);
      try {
        await clock.sleep(milliseconds(Math.max(delay, retryAfterMs)), request.signal);
      } catch {
        return { kind: 'interrupted' };
      }
    }
  }
}

function mostOf({ messages, schema }: ChatRequest): { inputTokens: number; outputTokens: number } {
  const shown = messages.reduce((sum, { content }) => sum + content.length, JSON.stringify(schema).length);
  return { inputTokens: Math.ceil(shown / CHARACTERS_PER_TOKEN), outputTokens: MOST_REPLY_TOKENS };
}
