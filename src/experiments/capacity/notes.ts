import type { Clause } from '../../objectives/slo.ts';
import { boundsOfCapacity } from './bounds.ts';
import { isValid, type Probe } from './probe.ts';
import type { CapacityResult } from './result.ts';

export interface NotesContext {
  readonly clauses: readonly Clause[];
  readonly width: number;
  readonly maxRate: number;
}

/** Rates are known to a percent or so. */
const perSecond = (rate: number): string => `${Number(rate.toPrecision(3))}/s`;

/** What whoever reads the result must know, most telling first. Nothing that went wrong goes without a sentence. */
export function notesOf(result: CapacityResult, context: NotesContext): string[] {
  return [
    ...ofEnding(result, context),
    ...ofNothing(result, context),
    ...ofCeiling(result, context),
    ...ofWidth(result, context),
    ...ofUndecided(result, context),
  ];
}

function ofEnding(result: CapacityResult, { clauses }: NotesContext): string[] {
  const { interrupted, saturation } = result;
  const notes: string[] = [];
  if (interrupted)
    notes.push(`The search was interrupted, and nothing is confirmed: ${knownOf(result, clauses)}.`);
  if (saturation === 0) notes.push('A closed loop got no answer at all, so that no rate was tried.');
  return notes;
}

/** What an unfinished search knows. */
function knownOf({ highestHeld, probes }: CapacityResult, clauses: readonly Clause[]): string {
  if (highestHeld === null) return 'no rate was seen to hold';
  const held = `${perSecond(highestHeld)} was seen to hold`;
  const { low = null, high = null } = boundsOfCapacity(probes, clauses) ?? {};
  if (low === null || high === null) return held;
  return `${held}, and the probes put the capacity between ${perSecond(low)} and ${perSecond(high)}`;
}

function ofNothing(result: CapacityResult, { clauses }: NotesContext): string[] {
  const { interrupted, highestHeld, capacity, atLeast, probes } = result;
  if (probes.length === 0 || interrupted) return [];
  if (highestHeld !== null) {
    if (capacity !== null || atLeast !== null) return [];
    return [`No rate could be confirmed three times, though ${knownOf(result, clauses)}.`];
  }
  const lowest = probes.reduce((a, b) => (b.rate < a.rate ? b : a));
  const why = [...lowest.invalidReasons, ...lowest.failures.map(({ text }) => text)].join('; ');
  const steady = clauses.filter((clause) => isNoMatterOfLoad(clause, probes));
  return [
    `No rate holds, down to ${perSecond(lowest.rate)}: ${why}.`,
    ...steady.map(
      ({ text }) =>
        `${text} fails as much at the lowest rate as at the highest that was tried: it is no matter of load.`,
    ),
  ];
}

/** Whether a clause fails at every rate, by shares or means that can't be told apart. */
function isNoMatterOfLoad(clause: Clause, probes: readonly Probe[]): boolean {
  const verdicts = probes
    .toSorted((a, b) => a.rate - b.rate)
    .map(({ clauses }) => clauses.find((judged) => judged.clause === clause));
  const [first, last] = [verdicts[0]?.tested, verdicts.at(-1)?.tested];
  if (verdicts.length < 2 || !verdicts.every((judged) => judged?.verdict === 'FAIL')) return false;
  const [low, high] = [
    Math.max(first?.low ?? 0, last?.low ?? 0),
    Math.min(first?.high ?? 0, last?.high ?? 0),
  ];
  return low <= high;
}

function ofCeiling({ atLeast, ceiling, probes }: CapacityResult, { maxRate }: NotesContext): string[] {
  const least = atLeast === null ? '' : `; the capacity is at least ${perSecond(atLeast)}`;
  if (ceiling === 'generator') {
    const invalid = probes.filter((probe) => !isValid(probe));
    const lowest = perSecond(Math.min(...invalid.map(({ rate }) => rate)));
    const why = [...new Set(invalid.flatMap(({ invalidReasons }) => invalidReasons))].join('; ');
    return [`At ${lowest} the generator, not the target, is the limit (${why})${least}.`];
  }
  if (ceiling === 'max-rate')
    return [`The search goes no higher than ${perSecond(maxRate)}, which holds${least}.`];
  if (atLeast === null) return [];
  return [`No upper end was found${least}: the probes were used up, or the SLO hardly depends on the rate.`];
}

function ofWidth({ capacity, probes }: CapacityResult, { width }: NotesContext): string[] {
  if (capacity === null || capacity.high <= (1 + width) * capacity.low) return [];
  const wide = (100 * (capacity.high / capacity.low - 1)).toFixed(0);
  const narrowing = probes.filter(({ phase }) => phase === 'narrow').length;
  return [
    `The interval is ${wide} % wide, more than the ${(100 * width).toFixed(0)} % that was wanted, after ${narrowing} further runs: the clause breaks gradually, or the runs scatter. Longer runs narrow it.`,
  ];
}

function ofUndecided({ probes }: CapacityResult, { clauses }: NotesContext): string[] {
  return clauses.flatMap((clause) => {
    const judged = probes.flatMap((probe) => probe.clauses.filter((one) => one.clause === clause));
    if (judged.length === 0 || judged.some(({ verdict }) => verdict !== 'INCONCLUSIVE')) return [];
    const reason = judged.find((one) => one.reason !== undefined)?.reason;
    return [`${clause.text} stayed undecided at every rate${reason === undefined ? '' : `: ${reason}`}.`];
  });
}
