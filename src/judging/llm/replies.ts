import type { z } from 'zod';
import type { Judgement } from '../options.ts';
import { HIGHEST_GRADE, REPLIES } from './prompts.ts';

/** One judgement, read from a model's reply. */
export interface Verdict {
  /** From 0 to 1; null where the answer holds nothing to judge (no claim). */
  readonly score: number | null;
  /** Short, on one line. */
  readonly reason: string;
  /** What the score is a share of: claims or passages; undefined for a grade. */
  readonly counts: { readonly yes: number; readonly of: number } | undefined;
}

/** Characters of a reason that are kept. */
const LONGEST_REASON = 240;
/** Characters past which a reply is not looked at: what rambles on is malformed. */
const LONGEST_REPLY = 500_000;

/** Reads a reply; a text says what is wrong with it, for whoever counts failures. */
export function readReply(
  judgement: Judgement,
  text: string,
  shown: { readonly passages: number },
): Verdict | string {
  const value = jsonIn(text);
  if (value === undefined) return 'the reply is not JSON';
  switch (judgement) {
    case 'faithfulness': {
      const reply = REPLIES.faithfulness.safeParse(value);
      return reply.success ? shareSupported(reply.data) : problem(reply.error);
    }
    case 'context-relevance': {
      const reply = REPLIES['context-relevance'].safeParse(value);
      return reply.success ? shareRelevant(reply.data, shown.passages) : problem(reply.error);
    }
    default: {
      const reply = REPLIES[judgement].safeParse(value);
      if (!reply.success) return problem(reply.error);
      return { score: reply.data.grade / HIGHEST_GRADE, reason: short(reply.data.reason), counts: undefined };
    }
  }
}

/** Supported claims over all claims (Es et al., “RAGAs”, EACL 2024, §3). */
function shareSupported({ claims }: z.infer<typeof REPLIES.faithfulness>): Verdict {
  const failed = claims.filter(({ supported }) => !supported);
  const first = failed[0];
  const counts = { yes: claims.length - failed.length, of: claims.length };
  if (claims.length === 0) return { score: null, reason: 'The answer claims nothing.', counts };
  const reason =
    first === undefined
      ? 'Every claim is supported.'
      : short(`Not supported: ${first.claim} – ${first.reason}`);
  return { score: counts.yes / counts.of, reason, counts };
}

/** Relevant passages over all passages that were shown. Each must be judged exactly once. */
function shareRelevant(
  { passages }: z.infer<(typeof REPLIES)['context-relevance']>,
  shown: number,
): Verdict | string {
  const numbers = new Set(passages.map(({ number }) => number));
  const complete = Array.from({ length: shown }, (_, index) => index + 1).every((number) =>
    numbers.has(number),
  );
  if (!complete || passages.length !== shown) {
    return `the reply judges passages ${passages.map(({ number }) => number).join(', ') || 'none'}, not each of the ${shown} once`;
  }
  const yes = passages.filter(({ relevant }) => relevant).length;
  const first = passages.find(({ relevant }) => !relevant) ?? passages[0];
  return {
    score: yes / shown,
    reason: short(first === undefined ? '' : `Passage ${first.number}: ${first.reason}`),
    counts: { yes, of: shown },
  };
}

/** The JSON of a reply, also where a model puts it into a fence; undefined where there is none. */
function jsonIn(text: string): unknown {
  if (text.length > LONGEST_REPLY) return undefined;
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/i.exec(text);
  try {
    return JSON.parse(fenced?.[1] ?? text);
  } catch {
    return undefined;
  }
}

function problem(error: z.ZodError): string {
  const first = error.issues[0];
  const where = first?.path.join('.');
  return `the reply does not keep to the schema${where ? ` at ${where}` : ''}`;
}

/** On one line, cut at a word where it is long. */
function short(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  if (line.length <= LONGEST_REASON) return line;
  return `${line.slice(0, LONGEST_REASON - 1).replace(/\s*\S*$/u, '')} …`;
}
