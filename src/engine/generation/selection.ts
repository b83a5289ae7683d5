import type { Passage } from '../ports.ts';
import type { Candidate } from './evidence.ts';

/** Scores this close are nearly equal: then what took effect later wins. */
const NEAR = 0.12;
/** Further units of an answer score at least this share of the best. */
const WORTH_ADDING = 0.75;

export interface Selection {
  /** The last day that the question speaks of (ISO); undefined where it names none. */
  readonly asOf: string | undefined;
  readonly passages: readonly Passage[];
  /** Units in an answer, at most. */
  readonly limit: number;
}

/**
 * The units that make the answer, best first. Among nearly equal ones, the passage whose `metadata.effective` (an ISO
 * date) is latest wins: what supersedes says nearly the same words, and what it supersedes must not stand beside it. A
 * passage that takes effect after every day that the question names says nothing about those days, and comes last.
 */
export function selectUnits(
  candidates: readonly Candidate[],
  { asOf, passages, limit }: Selection,
): Candidate[] {
  const effective = passages.map(effectiveDate);
  const dateOf = ({ passage }: Candidate): string | undefined => effective[passage];
  const tooLate = (candidate: Candidate): boolean => later(dateOf(candidate), asOf);
  const ranked = [...candidates].sort(
    (a, b) => Number(tooLate(a)) - Number(tooLate(b)) || b.score - a.score || a.passage - b.passage,
  );
  const top = ranked[0];
  if (top === undefined) return [];
  const best = ranked
    .filter(
      (other) => tooLate(other) === tooLate(top) && other.score >= top.score - NEAR && other.cue >= top.cue,
    )
    .reduce((winner, other) => (later(dateOf(other), dateOf(winner)) ? other : winner));
  const chosen = [best];
  for (const other of ranked) {
    if (chosen.length >= limit) break;
    if (other.score < best.score * WORTH_ADDING || other.unit.kind === 'heading') continue;
    if (other.passage !== best.passage && later(dateOf(best), dateOf(other))) continue;
    if (chosen.every(({ unit }) => unit.text !== other.unit.text)) chosen.push(other);
  }
  return chosen;
}

function effectiveDate({ metadata }: Passage): string | undefined {
  const date = metadata.effective;
  return typeof date === 'string' && /^\d{4}-\d{2}-\d{2}/.test(date) ? date : undefined;
}

/** ISO dates sort as texts. A passage without a date is neither later nor earlier. */
function later(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a > b;
}
