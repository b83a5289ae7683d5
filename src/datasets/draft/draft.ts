import type { EvidenceQuote } from '../golden.ts';

/** Kinds that a model is asked for, in turn. */
export const MODEL_KINDS = ['lookup', 'paraphrase', 'numeric', 'multi-hop', 'unanswerable'] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** Kinds that are made by rules alone, and named so that nobody takes them for people's questions. */
export const RULE_KINDS = ['cloze', 'known-item'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** Every drafted question bears it, so that results can be sliced by it. */
export const GENERATED_TAG = 'generated';

/** What stands in a cloze question for the words that were taken out. */
export const GAP = '___';

/** A question that was drafted, and not yet looked at by anybody. */
export interface Draft {
  readonly question: string;
  /** Aliases of each other; empty for known items, which are judged by their evidence, and where there is no answer. */
  readonly answers: readonly string[];
  /** The answer is computed from the evidence, and stands nowhere in it. */
  readonly derived: boolean;
  readonly kind: string;
  readonly difficulty: string | undefined;
  readonly answerable: boolean;
  /** Every quote is needed. Of an unanswerable question, none. */
  readonly evidence: readonly EvidenceQuote[];
  /** What whoever reviews it should look at, a sentence each. */
  readonly doubts: readonly string[];
}

/** Why a draft is not put before anybody, in words. */
export const REFUSALS = {
  malformed: 'the reply was no JSON of the form that was asked for',
  declined: 'the model said that the passage allows no such question',
  'no-question': 'there is no question in it',
  'too-long': 'the question or the answer is far too long',
  'not-a-question': 'it does not end as a question does',
  'names-its-source': 'it speaks of “the passage” or “the document”, which no user sees',
  'no-answer': 'it has no answer',
  'no-quote': 'it lacks a quote, or one from each of two passages',
  'invented-quote': 'a quote does not stand in its document',
  'repeated-quote': 'a quote stands more than once in its document, also with the sentences around it',
  'answer-not-quoted': 'the answer does not stand in the quotes, and is not marked as derived',
  'leaked-answer': 'the question holds its answer',
  'near-duplicate': 'it is another draft again, or almost',
  ambiguous: 'another sentence fits the same question, with another answer or in another document',
  answerable: 'a passage has every word of a question that was meant to have no answer',
} as const;
export type Refusal = keyof typeof REFUSALS;

export interface RefusedDraft {
  readonly reason: Refusal;
  /** What exactly is wrong. */
  readonly detail: string;
  /** Empty where there was none. */
  readonly question: string;
  readonly kind: string;
  /** The documents that it was drafted from. */
  readonly documents: readonly string[];
}

/** How many were refused for each reason, and the first few. Nothing is refused without being counted here. */
export class Refusals {
  readonly #byReason = new Map<Refusal, { count: number; examples: RefusedDraft[] }>();
  readonly #kept: number;

  constructor(examples = 10) {
    this.#kept = examples;
  }

  add(refused: RefusedDraft): void {
    const group = this.#byReason.get(refused.reason) ?? { count: 0, examples: [] };
    group.count += 1;
    if (group.examples.length < this.#kept) group.examples.push(refused);
    this.#byReason.set(refused.reason, group);
  }

  get total(): number {
    return [...this.#byReason.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** The most frequent first. */
  list(): RefusalCount[] {
    return [...this.#byReason]
      .map(([reason, { count, examples }]) => ({ reason, meaning: REFUSALS[reason], count, examples }))
      .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
  }
}

export interface RefusalCount {
  readonly reason: Refusal;
  readonly meaning: string;
  readonly count: number;
  readonly examples: readonly RefusedDraft[];
}
