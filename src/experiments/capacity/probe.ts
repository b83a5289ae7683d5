import { judgeClause, judgeSlo } from '../../objectives/judge.ts';
import type { Clause, ClauseVerdict, Verdict } from '../../objectives/slo.ts';
import { poolEvidence } from './evidence.ts';
import type { OpenRun } from './port.ts';

export type ProbePhase = 'climb' | 'bisect' | 'narrow' | 'confirm';

/** Of the requests that were due, the share that must have been sent, and must have ended, within the time. */
const LEAST_KEPT_UP = 0.98;

/** A shortfall smaller than its own standard error may be the queue's ordinary coming and going. */
const LEAST_T = 1;

/** Why a probe failed. A reason that isn't certain may be chance, or too little load to tell. */
export type Failure =
  | { readonly kind: 'clause'; readonly clause: Clause; readonly certain: boolean; readonly text: string }
  /** Requests could not be sent when they were due, through the target's doing. */
  | { readonly kind: 'schedule'; readonly certain: boolean; readonly text: string }
  /** Requests pile up: fewer end than are due. */
  | { readonly kind: 'backlog'; readonly certain: boolean; readonly text: string };

/** All runs at one rate that answered one question of the search. */
export interface Probe {
  readonly name: string;
  readonly phase: ProbePhase;
  /** Offered requests per second. */
  readonly rate: number;
  readonly runs: readonly OpenRun[];
  /** Of each clause, over all valid runs. */
  readonly clauses: readonly ClauseVerdict[];
  readonly failures: readonly Failure[];
  /** INCONCLUSIVE counts as a failure where the search must choose; so does a FAIL of the schedule, or a backlog. */
  readonly verdict: Verdict;
  /** Why no run of it can be trusted; empty for a probe that is valid. */
  readonly invalidReasons: readonly string[];
}

export type ProbeHead = Pick<Probe, 'name' | 'phase' | 'rate'>;

/** Of a run, or of a probe: whether anything can be told from it. */
export const isValid = ({ invalidReasons }: Pick<OpenRun, 'invalidReasons'>): boolean =>
  invalidReasons.length === 0;

/** Judges what the valid runs of a probe show together. */
export function judgeProbe(head: ProbeHead, runs: readonly OpenRun[], clauses: readonly Clause[]): Probe {
  const valid = runs.filter(isValid);
  const judged = clauses.map((clause) =>
    judgeClause(
      clause,
      poolEvidence(
        clause,
        valid.map((run) => run.evidence(clause)),
      ),
    ),
  );
  const ofClauses = judged.filter(({ verdict }) => verdict !== 'PASS').map(failureOf);
  const failures = [...scheduleFailures(valid), ...backlogFailures(valid), ...ofClauses];
  const verdict = failures.some(({ kind }) => kind !== 'clause') ? 'FAIL' : judgeSlo(judged);
  const invalidReasons = valid.length > 0 ? [] : [...new Set(runs.flatMap((run) => run.invalidReasons))];
  return { ...head, runs, clauses: judged, failures, verdict, invalidReasons };
}

function failureOf({ clause, verdict, reason }: ClauseVerdict): Failure {
  const certain = verdict === 'FAIL';
  const because = reason === undefined ? '' : `: ${reason}`;
  return {
    kind: 'clause',
    clause,
    certain,
    text: `${clause.text} ${certain ? 'fails' : `is undecided${because}`}`,
  };
}

const sumOf = (runs: readonly OpenRun[], figure: (run: OpenRun) => number): number =>
  runs.reduce((sum, run) => sum + figure(run), 0);

function scheduleFailures(runs: readonly OpenRun[]): Failure[] {
  const sent = sumOf(runs, (run) => run.sentOnSchedule) / sumOf(runs, ({ arrivals }) => arrivals);
  if (!(sent < LEAST_KEPT_UP)) return [];
  const text = `only ${(100 * sent).toFixed(1)} % of the requests could be sent when they were due`;
  return [{ kind: 'schedule', certain: true, text }];
}

function backlogFailures(runs: readonly OpenRun[]): Failure[] {
  if (runs.some(({ trend }) => trend?.rising === true)) {
    return [{ kind: 'backlog', certain: true, text: 'the requests in flight rise throughout' }];
  }
  const ended =
    sumOf(runs, (run) => run.endedPerSecond * run.seconds) / sumOf(runs, ({ arrivals }) => arrivals);
  const rises = runs.every(({ trend }) => trend === null || trend.t > LEAST_T);
  if (!(ended < LEAST_KEPT_UP) || !rises) return [];
  const text = `only ${(100 * ended).toFixed(1)} % as many requests ended as were due`;
  return [{ kind: 'backlog', certain: false, text }];
}

/** Whether more load could decide what is undecided. */
export function canBeDecided({ verdict, clauses }: Probe): boolean {
  const open = clauses.filter((clause) => clause.verdict === 'INCONCLUSIVE');
  return (
    verdict === 'INCONCLUSIVE' && open.every(({ tested }) => tested.low !== null || tested.high !== null)
  );
}

/** Whether the target, and not chance, made the probe fail. */
export const failsForCertain = ({ failures }: Probe): boolean => failures.some(({ certain }) => certain);
