import { betterOf, subjectOf } from '../objectives/vocabulary.ts';
import type { ClauseRecord, RunRecord, SloRecord } from '../records/schema.ts';
import {
  bound,
  chosenPerSecond,
  chosenShare,
  duration,
  fineShare,
  interval,
  MISSING,
  perSecond,
  score,
  usd,
} from './format.ts';

/** How clauses of an SLO are read: what was observed, what was judged, and against what. */

type Unit = ClauseRecord['unit'];
type Write = (value: number | null | undefined) => string;

const WRITE: Readonly<Record<Unit, Write>> = {
  ms: duration,
  share: fineShare,
  'per-second': perSecond,
  usd,
  score,
};

/** Subject of a clause, by the name that it begins with; undefined for the name of a measure. */
function subject({ text }: Pick<ClauseRecord, 'text'>) {
  return subjectOf(/^[^\s<>=≤≥]*/u.exec(text)![0].toLowerCase());
}

/** Whether the clause bounds a quantile, so that what was judged is a share of arrivals. */
export function isOfQuantile(clause: Pick<ClauseRecord, 'text'>): boolean {
  return subject(clause)?.kind === 'quantile';
}

/** Whether less is better. A name that is no subject is a measure's. */
export function isLowerBetter(clause: Pick<ClauseRecord, 'text'>): boolean {
  const found = subject(clause);
  return found !== undefined && betterOf(found) === 'lower';
}

/** The writer of what a clause was judged by. */
export function testedWriter(clause: Pick<ClauseRecord, 'text' | 'unit'>): Write {
  return isOfQuantile(clause) ? fineShare : WRITE[clause.unit];
}

/** "slower than 1.5 s, or failed"; the name of the figure itself where that was judged. */
export function testedName(clause: Pick<ClauseRecord, 'text' | 'bound' | 'unit'>): string {
  if (isOfQuantile(clause)) return `slower than ${bound(clause.bound)}, or failed`;
  return /^[^\s<>=≤≥]*/u.exec(clause.text)![0];
}

const UNDECIDED = 'the interval reaches to both sides of the bound';

export interface ClauseRow {
  /** As written. */
  readonly objective: string;
  readonly verdict: ClauseRecord['verdict'];
  /** The figure that people know. */
  readonly observed: string;
  /** What was judged, in words: "slower than 1.5 s, or failed". */
  readonly judged: string;
  readonly tested: string;
  readonly interval: string;
  /** "at most 5 %" */
  readonly allowed: string;
  /** Why there is no verdict, or no more than this; empty where nothing is to be said. */
  readonly reason: string;
}

export function clauseRow(clause: ClauseRecord): ClauseRow {
  const write = testedWriter(clause);
  return {
    objective: clause.text,
    verdict: clause.verdict,
    observed: WRITE[clause.unit](clause.observed),
    judged: testedName(clause),
    tested: write(clause.tested.estimate),
    interval: testedInterval(clause),
    allowed: allowedBy(clause),
    reason: clause.reason ?? (clause.verdict === 'INCONCLUSIVE' ? UNDECIDED : ''),
  };
}

/** "at most 5 %" */
export function allowedBy(clause: ClauseRecord): string {
  return `${isLowerBetter(clause) ? 'at most' : 'at least'} ${boundOf(clause)}`;
}

/** The bound that `tested` was held against, as it was chosen. */
function boundOf(clause: ClauseRecord): string {
  if (clause.unit === 'ms' && !isOfQuantile(clause)) return bound(clause.testedBound);
  if (clause.unit === 'share' || isOfQuantile(clause)) return chosenShare(clause.testedBound);
  return clause.unit === 'per-second'
    ? chosenPerSecond(clause.testedBound)
    : testedWriter(clause)(clause.testedBound);
}

/** The interval of what was judged: "3.1–4.9 %"; "≤ 4.9 %" where only one end is known. */
function testedInterval(clause: ClauseRecord): string {
  const { low, high } = clause.tested;
  const write = testedWriter(clause);
  if (low === null && high === null) return MISSING;
  if (low === null) return `≤ ${write(high)}`;
  return high === null ? `≥ ${write(low)}` : interval([low, high], write);
}

/** The SLO of a load, unless it asks for nothing: deadlines alone promise nothing that could be missed. */
export function judgedSlo({ load }: RunRecord): SloRecord | undefined {
  const slo = load?.slo;
  return slo?.phases.some(({ clauses }) => clauses.length > 0) ? slo : undefined;
}

/** Clauses of one verdict, in the order in which they first occur, each once. */
export function clausesThat(verdict: ClauseRecord['verdict'], slo: SloRecord): string[] {
  const texts = slo.phases.flatMap(({ clauses }) =>
    clauses.filter((clause) => clause.verdict === verdict).map(({ text }) => text),
  );
  return [...new Set(texts)];
}
