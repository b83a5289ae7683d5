import { GroundspeedError } from '../kernel/errors.ts';
import type { Slo, Subject } from './slo.ts';
import { nameOf } from './vocabulary.ts';

/** What a target returns, or a golden set holds, that an objective may need; each as the end of "needs …". */
export const ABILITIES = {
  'answer-or-passages': 'an answer or the passages that were found',
  passages: 'the passages that were found',
  firstToken: 'the time of the first token, which only a stream has',
  outputTokens: 'the number of output tokens',
  cost: 'the cost of a request, or its tokens and their price',
  cache: 'whether a response came from a cache',
  scored: 'golden questions that say what is right',
} as const;

export type Ability = keyof typeof ABILITIES;

/** A measure knows by itself what it reads; whether that is there is decided by whoever knows the measures. */
export type MeasureNeed = `measure:${string}`;

export type Need = Ability | MeasureNeed;

/** Right or wrong can be told: the target shows something, and the golden question says what is right. */
const RIGHTNESS: readonly Need[] = ['answer-or-passages', 'scored'];

/** What must be there for the subject to be had at all. Nothing, for what the load generator sees by itself. */
export function needsOf(subject: Subject): readonly Need[] {
  switch (subject.kind) {
    case 'quantile':
    case 'mean':
      if (subject.of === 'tpot') return ['firstToken', 'outputTokens'];
      return subject.of === 'ttft' ? ['firstToken'] : [];
    case 'error':
    case 'throughput':
      return [];
    case 'attainment':
    case 'right':
    case 'goodput':
      return RIGHTNESS;
    case 'cache-hits':
      return ['cache'];
    case 'cost':
      return subject.per === 'query' ? ['cost'] : ['cost', ...RIGHTNESS];
    case 'measure':
      return [`measure:${subject.measure}`];
  }
}

/** A term of an SLO, as written, and what it needs. */
export interface Requirement {
  readonly term: string;
  /** The canonical name of what the term bounds. */
  readonly name: string;
  readonly needs: readonly Need[];
}

/**
 * What each term needs, in order; terms that need nothing are left out. A first-token deadline is part of "in time" and
 * needs first tokens whether or not a clause is about them.
 */
export function requirements({ clauses, firstTokenDeadlineMs }: Slo): readonly Requirement[] {
  const ofClauses = clauses.map(({ text, subject }) => ({
    term: text,
    name: nameOf(subject),
    needs: needsOf(subject),
  }));
  const ofDeadline: Requirement = { term: 'ttft.deadline', name: 'ttft.deadline', needs: ['firstToken'] };
  return [...ofClauses, ...(firstTokenDeadlineMs === null ? [] : [ofDeadline])].filter(
    ({ needs }) => needs.length > 0,
  );
}

/** Null where the need is met; else what is missing, as the end of "needs …" (`ABILITIES` has the words). */
export type Lack = (need: Need) => string | null;

/**
 * Throws `slo.unsupported`, with a problem for each need that is not met, before any load is sent: a figure that can't be
 * had would leave the SLO inconclusive for ever.
 */
export function requireSupport(slo: Slo, lack: Lack, { where = '--slo', target }: SupportOptions): void {
  const problems = requirements(slo).flatMap(({ term, needs }) => {
    const missing = needs.map(lack).filter((words) => words !== null);
    return missing.length === 0 ? [] : [`${term} needs ${missing.join(', and ')}`];
  });
  if (problems.length === 0) return;
  throw new GroundspeedError('slo.unsupported', `The SLO asks for what ${target} does not give.`, {
    where,
    problems,
    hint: 'Leave these terms out, or let the description of the target say where it returns them.',
  });
}

export interface SupportOptions {
  /** What errors say the SLO came from. */
  readonly where?: string;
  /** The name of the target, without credentials. */
  readonly target: string;
}
