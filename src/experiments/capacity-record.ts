import type { Slo } from '../objectives/slo.ts';
import type { CapacityRecord } from '../records/schema.ts';
import type { OpenRun } from './capacity/port.ts';
import type { Probe } from './capacity/probe.ts';
import type { CapacityResult } from './capacity/result.ts';
import type { SweepResult } from './capacity/sweep.ts';
import { clauseRecord } from './slo-record.ts';

type ProbeRecord = CapacityRecord['probes'][number];

/** What a search found, as the record keeps it. Its phases are its runs: the closed ones first, then those of each probe. */
export function capacityRecord(slo: Slo, result: CapacityResult): CapacityRecord {
  const { capacity, atLeast, limitedBy, saturation, notes, elapsedSeconds } = result;
  return {
    slo: slo.text,
    ratePerSecond: rateOf(capacity, atLeast),
    atLeast: atLeast !== null,
    limitedBy: limitedBy.map(({ clause, kind }) => clause?.text ?? kind),
    limitKind: limitKind(result),
    maximum: saturation,
    probes: probeRecords(result, ({ phase }) => phase),
    usl: uslRecord(result.usl),
    seconds: elapsedSeconds,
    notes: [...notes],
  };
}

/** The same of a sweep, which looks for no limit. */
export function sweepRecord(slo: Slo | undefined, result: SweepResult): CapacityRecord {
  return {
    slo: slo?.text ?? '',
    ratePerSecond: null,
    atLeast: false,
    limitedBy: [],
    limitKind: 'none',
    maximum: result.saturation,
    probes: probeRecords(result, () => 'sweep'),
    usl: uslRecord(result.usl),
    seconds: result.elapsedSeconds,
    notes: [...result.notes],
  };
}

function rateOf(
  capacity: CapacityResult['capacity'],
  atLeast: number | null,
): CapacityRecord['ratePerSecond'] {
  if (capacity !== null) return [capacity.low, capacity.high];
  return atLeast === null ? null : [atLeast, atLeast];
}

function limitKind({ limitedBy, ceiling }: CapacityResult): CapacityRecord['limitKind'] {
  if (ceiling === 'generator') return 'generator';
  if (ceiling === 'max-rate') return 'ceiling';
  return limitedBy[0]?.kind ?? 'none';
}

function probeRecords(
  { closed, probes }: Pick<CapacityResult, 'closed' | 'probes'>,
  stepOf: (probe: Probe) => ProbeRecord['step'],
): ProbeRecord[] {
  let next = closed.length;
  return [
    ...closed.map(({ concurrency, run }, phase): ProbeRecord => {
      return {
        phase,
        runs: 1,
        step: 'closed',
        rate: null,
        concurrency,
        seconds: run.elapsedSeconds,
        achievedRate: run.throughput,
        inFlightMean: run.inFlight,
        verdict: null,
        clauses: [],
        reasons: [],
      };
    }),
    ...probes.map((probe): ProbeRecord => {
      const phase = next;
      next += probe.runs.length;
      return probeRecord(probe, { phase, step: stepOf(probe) });
    }),
  ];
}

function probeRecord(probe: Probe, place: Pick<ProbeRecord, 'phase' | 'step'>): ProbeRecord {
  const { rate, runs, clauses, failures, invalidReasons, verdict } = probe;
  const seconds = sumOf(runs, (run) => run.seconds);
  return {
    ...place,
    runs: runs.length,
    rate,
    concurrency: null,
    seconds,
    achievedRate: seconds === 0 ? 0 : sumOf(runs, (run) => run.sentOnSchedule) / seconds,
    inFlightMean: seconds === 0 ? 0 : sumOf(runs, (run) => (run.inFlight ?? 0) * run.seconds) / seconds,
    verdict: invalidReasons.length > 0 ? 'INCONCLUSIVE' : clauses.length === 0 ? null : verdict,
    clauses: clauses.map(clauseRecord),
    reasons: [...failures.map(({ text }) => text), ...invalidReasons],
  };
}

const sumOf = (runs: readonly OpenRun[], figure: (run: OpenRun) => number): number =>
  runs.reduce((sum, run) => sum + figure(run), 0);

function uslRecord(usl: CapacityResult['usl']): CapacityRecord['usl'] {
  if (usl === null) return null;
  const { gamma, alpha, beta, peakLoad, peakPerSecond, rSquared } = usl.law;
  return { gamma, alpha, beta, kneeInFlight: peakLoad, kneeRate: peakPerSecond, r2: rSquared };
}
