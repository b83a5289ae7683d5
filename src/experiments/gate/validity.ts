import type { PhaseRecord, RunRecord } from '../../records/schema.ts';
import type { Pairing } from '../paired/block-pairs.ts';
import { LEAST_PAIRS } from '../paired/scales.ts';

/** More pairs lost than this, and those that are left may be the lucky ones. */
const MOST_INVALID = 0.25;

/** Reasons that are told: each has its own figures, and a line of a thousand characters tells nothing. */
const REASONS = 2;

/** Why a run cannot be trusted with a PASS; empty where it can. An interrupted one was not measured to its end. */
export function invalidReasons(baseline: RunRecord, candidate: RunRecord): string[] {
  return [
    ...(candidate.complete ? [] : ['the run of the candidate was interrupted']),
    ...measuredPhases(candidate).flatMap(({ valid, name, invalidReasons: reasons }) =>
      valid ? [] : [`phase ${name} of the candidate was invalid: ${reasons.join('; ')}`],
    ),
    ...[['baseline', baseline] as const, ['candidate', candidate] as const].flatMap(([role, record]) =>
      answeredNothing(record) ? [`none of the questions of the ${role} was answered`] : [],
    ),
  ];
}

/** Probes of a capacity search may well be invalid, past the limit of the generator. */
function measuredPhases({ load, capacity }: RunRecord): PhaseRecord[] {
  return capacity === undefined ? (load?.phases ?? []).filter(({ warmup }) => !warmup) : [];
}

/** Of a target that was not there nothing can be said, least of all that it got worse or better. */
export function answeredNothing({ questions = [] }: RunRecord): boolean {
  return questions.length > 0 && questions.every(({ error }) => error !== null);
}

/** Why a batch of interleaved blocks cannot be trusted. */
export function invalidPairs({ pairs, invalid, reasons }: Pairing): string[] {
  const ran = pairs.length + invalid;
  const tooMany = invalid > MOST_INVALID * ran;
  const tooFew = ran >= LEAST_PAIRS && pairs.length < LEAST_PAIRS;
  if (!tooMany && !tooFew) return [];
  const more = reasons.length > REASONS ? `; and ${reasons.length - REASONS} more like it` : '';
  const why = reasons.length === 0 ? '' : `: ${reasons.slice(0, REASONS).join('; ')}${more}`;
  return [`${invalid} of ${ran} pairs of blocks were invalid${why}`];
}
