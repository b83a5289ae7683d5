import { judgeClause, judgeSlo, testedBound } from '../objectives/judge.ts';
import type { ClauseVerdict, Slo, Verdict } from '../objectives/slo.ts';
import { quantityOf } from '../objectives/vocabulary.ts';
import type { ClauseRecord, PhaseRecord, SloRecord } from '../records/schema.ts';
import { evidenceOf, type JudgedPhase } from './slo-evidence.ts';

/** Each clause, judged over one phase. */
export function judgePhase(slo: Slo, phase: JudgedPhase): ClauseVerdict[] {
  return slo.clauses.map((clause) => judgeClause(clause, evidenceOf(clause, phase)));
}

/**
 * The SLO over all measured phases. An invalid phase is INCONCLUSIVE, whatever its figures say: they may be the
 * generator's. Null for an SLO of deadlines alone, which promises nothing that could be missed.
 */
export function sloRecord(
  slo: Slo,
  phases: readonly { readonly judged: JudgedPhase; readonly record: PhaseRecord }[],
): SloRecord | null {
  if (slo.clauses.length === 0) return null;
  const judged = phases
    .filter(({ record }) => !record.warmup)
    .map(({ judged: phase, record }) => {
      const verdicts = judgePhase(slo, phase);
      const verdict: Verdict = record.valid ? judgeSlo(verdicts) : 'INCONCLUSIVE';
      return { phase: record.name, verdict, clauses: verdicts.map(clauseRecord) };
    });
  return { text: slo.text, verdict: judgeSlo(judged), phases: judged };
}

const UNITS = { duration: 'ms', share: 'share', rate: 'per-second', cost: 'usd', score: 'score' } as const;

export function clauseRecord(judged: ClauseVerdict): ClauseRecord {
  const { clause, observed, tested, verdict, reason } = judged;
  return {
    text: clause.text,
    observed,
    bound: clause.bound,
    unit: UNITS[quantityOf(clause.subject)],
    tested: { estimate: tested.estimate, low: tested.low, high: tested.high },
    testedBound: testedBound(clause),
    verdict,
    reason: reason ?? null,
  };
}
