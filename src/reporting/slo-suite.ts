import type { CapacityRecord, ClauseRecord, PhaseRecord, RunRecord } from '../records/schema.ts';
import { capacityAnswer, isSweep } from './capacity.ts';
import { clauseRow } from './clauses.ts';
import { seconds } from './format.ts';
import type { JUnitCase, JUnitSuite } from './junit.ts';

/**
 * The SLO of a load as test cases: one a clause and phase, named by the clause, in a class named by the phase. FAIL is a
 * failure, INCONCLUSIVE is skipped with its reason, and so is every clause of a phase that is invalid. A capacity search
 * is one case: it fails where no rate was found that holds, and is skipped where it was interrupted before. A run without an SLO has no cases.
 */
export function sloSuite(record: RunRecord): JUnitSuite {
  const { load, capacity } = record;
  const judged = load?.slo?.phases ?? [];
  const cases = judged.flatMap(({ phase: name, clauses }) => {
    const phase = load?.phases.find((candidate) => candidate.name === name);
    return clauses.map((clause) => clauseCase(clause, name, phase));
  });
  const name = `groundspeed ${record.kind}${load ? ` ${load.target}` : ''}`;
  return {
    name,
    cases: [...cases, ...(capacity && !isSweep(capacity) ? [capacityCase(record, capacity)] : [])],
  };
}

function clauseCase(clause: ClauseRecord, name: string, phase: PhaseRecord | undefined): JUnitCase {
  const base = { name: clause.text, classname: name, seconds: phase?.scheduledSeconds ?? 0 };
  if (phase && !phase.valid)
    return { ...base, skipped: `the phase is invalid: ${phase.invalidReasons.join('; ')}` };
  const row = clauseRow(clause);
  const evidence = `${row.tested} ${row.judged} (95 % interval ${row.interval}), allowed is ${row.allowed}`;
  if (clause.verdict === 'FAIL') {
    const message = `${clause.text} failed: observed ${row.observed}`;
    const details = [
      message,
      evidence,
      ...(row.reason === '' ? [] : [row.reason]),
      ...(phase
        ? [
            `${phase.arrivals} arrivals in ${seconds(phase.scheduledSeconds)}: ${phase.errors} errors, ${phase.timeouts} timeouts, ${phase.dropped} drops`,
          ]
        : []),
    ];
    return { ...base, failure: { message, details: details.join('\n') } };
  }
  return clause.verdict === 'INCONCLUSIVE'
    ? { ...base, skipped: `inconclusive: ${row.reason || evidence}` }
    : base;
}

function capacityCase(record: RunRecord, capacity: CapacityRecord): JUnitCase {
  const { claim, sentence } = capacityAnswer(record, capacity);
  const base = { name: capacity.slo, classname: 'capacity', seconds: capacity.seconds };
  if (capacity.ratePerSecond) return base;
  return !record.complete
    ? { ...base, skipped: 'the search was interrupted' }
    : { ...base, failure: { message: claim, details: `${claim}\n${sentence}` } };
}
