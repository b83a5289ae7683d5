import { judgeClause, judgeSlo, testedBound } from '../../src/objectives/judge.ts';
import { parseSlo } from '../../src/objectives/parse.ts';
import type { Clause, ClauseEvidence } from '../../src/objectives/slo.ts';
import { quantityOf } from '../../src/objectives/vocabulary.ts';
import type { ClauseRecord, PhaseRecord, SloRecord } from '../../src/records/schema.ts';
import { type HttpArrival, quantileOf } from './sample-http.ts';

const UNITS = { duration: 'ms', share: 'share', rate: 'per-second', cost: 'usd', score: 'score' } as const;

export interface JudgedPhase {
  readonly record: PhaseRecord;
  readonly arrivals: readonly HttpArrival[];
}

/** Clauses judged over a made phase. The intervals are of the right order, no more. */
export function clausesOf(slo: string, phase: JudgedPhase): ClauseRecord[] {
  const { clauses } = parseSlo(slo, { isMeasure: (name) => name.includes('@') });
  return clauses.map((clause) => {
    const { observed, tested, verdict, reason } = judgeClause(clause, evidenceOf(clause, phase));
    return {
      text: clause.text,
      observed,
      bound: clause.bound,
      unit: UNITS[quantityOf(clause.subject)],
      tested,
      testedBound: testedBound(clause),
      verdict,
      reason: reason ?? (verdict === 'INCONCLUSIVE' ? 'the interval holds the bound' : null),
    };
  });
}

export function sloOf(text: string, phases: readonly JudgedPhase[]): SloRecord {
  const judged = phases
    .filter(({ record }) => !record.warmup)
    .map((phase) => {
      const clauses = clausesOf(text, phase);
      const verdict = phase.record.valid ? judgeSlo(clauses) : 'INCONCLUSIVE';
      return { phase: phase.record.name, verdict, clauses };
    });
  return { text, verdict: judgeSlo(judged), phases: judged };
}

function evidenceOf({ subject, bound }: Clause, { record, arrivals }: JudgedPhase): ClauseEvidence {
  const n = arrivals.length;
  switch (subject.kind) {
    case 'quantile': {
      const of = (one: HttpArrival): number =>
        (subject.of === 'ttft' ? one.first : one.outcome === 'error' ? Number.NaN : one.end) - one.due;
      const within = arrivals.filter((one) => of(one) <= bound && one.outcome === 'completed').length;
      return { observed: quantileOf(arrivals, subject.quantile, of), tested: shareOf(n - within, n) };
    }
    case 'error':
      return { observed: record.errorRate, tested: shareOf(n - record.completed, n) };
    case 'attainment':
      return {
        observed: record.attainment,
        tested: shareOf(record.funnel['right-in-time']!, n - record.funnel.unscored!),
      };
    case 'measure': {
      const found = record.measures.find(({ name }) => name === subject.measure);
      if (!found?.ci95) return { observed: null, tested: UNKNOWN, reason: 'the target returns no passages' };
      const [low, high] = found.ci95;
      return { observed: found.mean, tested: { estimate: found.mean, low, high } };
    }
    default:
      throw new Error(`The samples have no ${subject.kind}.`);
  }
}

const UNKNOWN = { estimate: null, low: null, high: null };

function shareOf(part: number, whole: number): ClauseEvidence['tested'] {
  const estimate = part / whole;
  const half = 2.8 * Math.sqrt((estimate * (1 - estimate) + 1 / whole) / whole);
  return { estimate, low: Math.max(0, estimate - half), high: Math.min(1, estimate + half) };
}
