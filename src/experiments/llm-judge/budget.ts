import { costOf, type PriceTable } from '../../engine/generation/cost.ts';
import type { TokenUsage } from '../../engine/ports.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import type { ChatMessage } from '../chat-model/port.ts';

/** Fewer than a token of English has: what is set aside for a call must not be too little. */
const CHARACTERS_PER_TOKEN = 3;

/**
 * Tokens and dollars of a run. Before a call its highest price is set aside, so that calls in flight together cannot
 * spend more than there is. Throws `config.invalid` for a bound on the cost of a model without a price.
 */
export class Budget {
  readonly #prices: PriceTable;
  readonly #model: string;
  readonly #most: number;
  readonly #maxTokens: number;
  #setAside = 0;
  inputTokens = 0;
  outputTokens = 0;

  constructor(
    prices: PriceTable,
    judge: { model: string; maxTokens: number; maxCostUsd?: number | undefined },
  ) {
    this.#prices = prices;
    this.#model = judge.model;
    this.#maxTokens = judge.maxTokens;
    this.#most = judge.maxCostUsd ?? Number.POSITIVE_INFINITY;
    if (judge.maxCostUsd === undefined || prices[judge.model] !== undefined) return;
    throw new GroundspeedError(
      'config.invalid',
      `judge.maxCostUsd cannot be kept: ${judge.model} has no price`,
      {
        where: 'judge.maxCostUsd',
        hint: `Add ${judge.model} to generation.prices (dollars per million tokens), or leave judge.maxCostUsd out.`,
      },
    );
  }

  /** US dollars so far; null where the model has no price. */
  get costUsd(): number | null {
    return this.#prices[this.#model] === undefined ? null : this.#price(this);
  }

  /** Sets aside what a call may cost, and returns what gives that back; undefined where too little is left. */
  reserve(messages: readonly ChatMessage[]): (() => void) | undefined {
    const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
    const most = this.#price({
      inputTokens: Math.ceil(characters / CHARACTERS_PER_TOKEN),
      outputTokens: this.#maxTokens,
    });
    if (this.#price(this) + this.#setAside + most > this.#most) return undefined;
    this.#setAside += most;
    return () => {
      this.#setAside -= most;
    };
  }

  spend(usage: TokenUsage | undefined): void {
    this.inputTokens += usage?.inputTokens ?? 0;
    this.outputTokens += usage?.outputTokens ?? 0;
  }

  #price(tokens: TokenUsage): number {
    return costOf(this.#prices, this.#model, tokens);
  }
}
