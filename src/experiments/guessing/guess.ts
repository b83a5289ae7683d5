import { search } from '@jmespath-community/jmespath';
import type { Json } from './json-paths.ts';

/** How far a guess can be trusted: its name and its content speak for it, one of them does, or neither does strongly. */
export type Trust = 'high' | 'medium' | 'low';

/** A JMESPath expression that was evaluated on the reply, and why it is thought to be the one. */
export interface Guess {
  readonly expression: string;
  readonly trust: Trust;
  /** "a list named sources, of 5 objects with a text" */
  readonly reason: string;
  /** What the expression gives on this reply. */
  readonly sample: Json;
}

/** What an expression gives; undefined where it is none, cannot be evaluated, or finds nothing. Never throws. */
export function evaluate(expression: string, value: Json): Json | undefined {
  try {
    return (search(value as never, expression) as Json | undefined) ?? undefined;
  } catch {
    return undefined;
  }
}

/** A guess that gives what it should on this reply; undefined where it does not. */
export function verified(
  guess: Omit<Guess, 'sample'>,
  value: Json,
  fits: (found: Json) => boolean,
): Guess | undefined {
  const sample = evaluate(guess.expression, value);
  return sample !== undefined && fits(sample) ? { ...guess, sample } : undefined;
}

/** The best of these by their points; the first of equals. */
export function best<T extends { readonly points: number }>(candidates: readonly T[]): T | undefined {
  return candidates.reduce<T | undefined>(
    (leader, candidate) => (leader === undefined || candidate.points > leader.points ? candidate : leader),
    undefined,
  );
}

/** What is known of the question that was asked, which tells a lot about what came back. All of it may be missing. */
export interface Clues {
  readonly question?: string;
  /** Accepted answers of the question. */
  readonly answers?: readonly string[];
  /** Ids of the golden set's documents. */
  readonly documentIds?: ReadonlySet<string>;
  /** The same as `bareId` has them. */
  readonly bareIds?: ReadonlySet<string>;
}
