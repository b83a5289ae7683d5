import { rankingOf } from './changes.ts';
import type { QuestionPair } from './common-questions.ts';
import { isRetrieval } from './measure-kind.ts';
import { type GatePolicy, type MeasureRule, RIGHT } from './policy.ts';
import { scoreOf } from './question-score.ts';

export interface ScoredPolicy {
  /** Without the optional measures that nothing could be said of. */
  readonly policy: GatePolicy;
  /** What was left out, and why, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Leaves out the optional measures that the baseline has no score of: a target that returns only answers would be undecided
 * for ever in a measure of rankings that nobody asked for. Measures that the user named stay, and say why they are open.
 */
export function withoutUnscored(policy: GatePolicy, pairs: readonly QuestionPair[]): ScoredPolicy {
  const isLeftOut = ({ name, optional }: MeasureRule): boolean =>
    optional === true && pairs.length > 0 && pairs.every(({ before }) => scoreOf(before, name) === null);
  return {
    policy: { ...policy, measures: policy.measures.filter((rule) => !isLeftOut(rule)) },
    notes: policy.measures
      .filter(isLeftOut)
      .map(({ name }) => `${name} is not gated: not scored: ${unscoredReason(name, pairs)}.`),
  };
}

/** Why a measure has no score in both runs: "the target returns no ranking". */
export function unscoredReason(name: string, pairs: readonly QuestionPair[]): string {
  const [before, after] = (['before', 'after'] as const).map((side) =>
    pairs.some((pair) => scoreOf(pair[side], name) !== null),
  );
  if (before && after) return 'no question has a score in both runs';
  if (before) return `the candidate has none of it: ${cause(name, pairs, 'after')}`;
  if (after) return `the baseline has none of it: ${cause(name, pairs, 'before')}`;
  return cause(name, pairs, 'after');
}

function cause(name: string, pairs: readonly QuestionPair[], side: 'before' | 'after'): string {
  if (pairs.length === 0) return 'no question is in both runs';
  if (name === RIGHT) return 'no question says what answer is right';
  if (!isRetrieval(name)) return 'the run did not take it, or no model judged the answers';
  if (pairs.every((pair) => rankingOf(pair[side].returned) === null)) return 'the target returns no ranking';
  if (pairs.every(({ before: { expected } }) => expected.relevant.length + expected.evidence.length === 0))
    return 'the golden set names no relevant documents';
  return 'the run did not take it';
}
