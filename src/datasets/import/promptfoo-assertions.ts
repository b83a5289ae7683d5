import type { Losses } from '../loss.ts';
import { type Entry, plainText } from './entry.ts';

/** One check that promptfoo makes of an answer. */
export interface Assertion {
  readonly type: string;
  readonly value: unknown;
}

/** Answers that are right (aliases) and values that must not stand in one. */
export interface AssertedAnswers {
  readonly answers: readonly string[];
  readonly forbidden: readonly string[];
}

/** What `__expected` may name before its colon; anything else before a colon is part of the expected text. */
const TYPES = new Set(
  `answer-relevance bleu classifier contains contains-all contains-any contains-html contains-json contains-sql
  contains-xml context-faithfulness context-recall context-relevance conversation-relevance cost equals eval factuality
  file finish-reason fn g-eval gleu grade guardrails icontains icontains-all icontains-any is-html is-json
  is-refusal is-sql is-valid-function-call is-valid-openai-function-call is-valid-openai-tools-call is-xml javascript
  latency levenshtein llm-rubric meteor model-graded-closedqa model-graded-factuality moderation perplexity
  perplexity-score pi python regex rouge-n ruby similar starts-with trace-error-spans trace-span-count webhook`.split(
    /\s+/,
  ),
);

/** `icontains-any: a, b`, `not-contains: x`, `similar(0.8): y`; a text without a type is what the answer must equal. */
export function parseExpected(cell: string): Assertion {
  const match = /^\s*(not-)?([a-z-]+)(?:\([^()]*\))?(?::([\s\S]*))?$/.exec(cell);
  const type = match?.[2] ?? '';
  const bare = match?.[3] === undefined;
  if (
    match === null ||
    !TYPES.has(type) ||
    (bare && !/^(is|contains)-(html|json|sql|xml|refusal)/.test(type))
  ) {
    return { type: 'equals', value: cell };
  }
  const value = (match[3] ?? '').trim();
  const list = /-(any|all)$/.test(type) ? value.split(',').map((item) => item.trim()) : value;
  return { type: `${match[1] ?? ''}${type}`, value: list };
}

const ONE = new Set(['equals', 'contains', 'icontains']);
const ANY = new Set(['contains-any', 'icontains-any']);
const ALL = new Set(['contains-all', 'icontains-all']);
const NOT = new Set(['not-contains', 'not-icontains', 'not-contains-any', 'not-icontains-any']);

/**
 * Takes from assertions what a golden question can say: one text, or any of several, as answers; what must not stand in
 * the answer as forbidden. Assertions hold all together while answers are aliases, so that of several required texts the
 * first is taken; the others, and every other type, are losses by name.
 */
export function answersOf(assertions: readonly Assertion[], entry: Entry, losses: Losses): AssertedAnswers {
  const answers: string[] = [];
  const forbidden: string[] = [];
  const lose = (kind: string, what: string, value: unknown): void => {
    const found = plainText(value) ?? JSON.stringify(value) ?? '';
    losses.add({ kind, of: 'detail', what, where: () => entry.where(), found });
  };
  for (const { type, value } of assertions) {
    const texts = (Array.isArray(value) ? value : [value]).map(plainText);
    const filled = texts.filter((text) => text !== undefined && text.trim() !== '') as string[];
    const plain = texts.length > 0 && texts.every((text) => text !== undefined);
    if (!plain || !(ONE.has(type) || ANY.has(type) || ALL.has(type) || NOT.has(type))) {
      const name = type.length > 40 ? `${type.slice(0, 40)}…` : type;
      lose('assertion', `the assertion \`${name}\` has no counterpart in a golden question`, value);
    } else if (NOT.has(type)) forbidden.push(...filled);
    else if (answers.length > 0) lose('assertion-and', ALSO, value);
    else if (ALL.has(type)) {
      answers.push(...filled.slice(0, 1));
      for (const other of filled.slice(1)) lose('assertion-and', ALSO, other);
    } else answers.push(...filled);
  }
  return { answers, forbidden };
}

const ALSO = 'a text that is required beside another: golden answers are aliases, and the first is taken';
