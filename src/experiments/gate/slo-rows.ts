import { formatClause } from '../../objectives/format.ts';
import { judgeClause, judgeSlo } from '../../objectives/judge.ts';
import type { Clause, ClauseEvidence, Slo, Verdict } from '../../objectives/slo.ts';
import { nameOf } from '../../objectives/vocabulary.ts';
import type { BlockRecord, GateRow, IndicatorName, PhaseRecord, RunRecord } from '../../records/schema.ts';
import { hodgesLehmann } from '../../statistics/hodges-lehmann.ts';
import { signedRankBounds } from '../../statistics/signed-rank.ts';
import { blankRow } from './gate-row.ts';

export interface SloInput {
  readonly slo: Slo | null;
  readonly baseline: RunRecord;
  readonly candidate: RunRecord;
  /** Of the candidate, valid and past warm-up, where it ran in interleaved blocks. */
  readonly blocks?: readonly BlockRecord[] | undefined;
}

/** One clause over one part of a run. */
interface Judged {
  readonly verdict: Verdict;
  readonly observed: number | null;
  readonly where: string;
  readonly reason: string | null;
  readonly n: number;
}

/**
 * The clauses of an SLO, absolutely: what the candidate must hold whatever the baseline did. By the verdicts of its own run
 * where that judged the same clause, request by request; else by the figures and intervals of its phases, its blocks or its
 * quality. What none of them can bound is INCONCLUSIVE, as is an invalid phase.
 */
export function sloRows({ slo, baseline, candidate, blocks }: SloInput): GateRow[] {
  return (slo?.clauses ?? []).map((clause) => {
    const parts = partsOf(clause, candidate, blocks ?? []).map((part) =>
      byItsDeadline(part, clause, slo!, candidate),
    );
    const verdict = parts.length === 0 ? 'INCONCLUSIVE' : judgeSlo(parts);
    const telling = parts.find((part) => part.verdict === verdict);
    const before = partsOf(clause, baseline, []).find(({ where }) => where === telling?.where);
    return blankRow({
      subject: 'slo',
      name: clause.text,
      baseline: before?.observed ?? null,
      candidate: telling?.observed ?? null,
      n: telling?.n ?? 0,
      verdict,
      why: whyOf(verdict, telling),
    });
  });
}

/** What is right *and in time* means nothing to an objective with another deadline than the phase had. */
function byItsDeadline(part: Judged, { subject }: Clause, slo: Slo, { load }: RunRecord): Judged {
  const inTime =
    subject.kind === 'attainment' ||
    subject.kind === 'goodput' ||
    (subject.kind === 'cost' && subject.per === 'good');
  const phase = load?.phases.find(({ name }) => name === part.where);
  if (!inTime || phase === undefined) return part;
  const others = [
    [slo.deadlineMs, phase.deadlineMs] as const,
    [slo.firstTokenDeadlineMs, phase.firstTokenDeadlineMs] as const,
  ].filter(([asked, had]) => asked !== null && asked !== had);
  if (others.length === 0) return part;
  const [asked, had] = others[0]!;
  const reason = `the run had another deadline, ${had === null ? 'none' : `${had} ms`} instead of ${asked} ms`;
  return { ...part, verdict: 'INCONCLUSIVE', reason };
}

function whyOf(verdict: Verdict, telling: Judged | undefined): string {
  if (telling === undefined) return 'the record of the candidate holds nothing to judge it by';
  const { where, reason } = telling;
  if (verdict === 'PASS') return `holds in ${where}`;
  if (verdict === 'FAIL') return `does not hold in ${where}`;
  return `cannot be told in ${where}${reason === null ? '' : `: ${reason}`}`;
}

function partsOf(clause: Clause, record: RunRecord, blocks: readonly BlockRecord[]): Judged[] {
  const own = judgedByRun(clause, record);
  if (own.length > 0) return own;
  const ofPhases = phasesOf(record).map((phase) => ofPhase(clause, phase));
  if (ofPhases.length > 0) return ofPhases;
  const ofBlocks = blocks.length === 0 ? null : overBlocks(clause, blocks);
  return [ofBlocks ?? ofQuality(clause, record)].filter((part) => part !== null);
}

function judgedByRun(clause: Clause, { load }: RunRecord): Judged[] {
  const canonical = new Set([clause.text, formatClause(clause)]);
  return (load?.slo?.phases ?? []).flatMap(({ phase, clauses }) => {
    const found = clauses.find(({ text }) => canonical.has(text));
    const valid = load!.phases.find(({ name }) => name === phase)?.valid ?? true;
    const n = load!.phases.find(({ name }) => name === phase)?.arrivals ?? 0;
    if (found === undefined) return [];
    const { verdict, observed, reason } = found;
    return [
      valid
        ? { verdict, observed, reason, where: phase, n }
        : { verdict: 'INCONCLUSIVE' as const, observed, reason: 'the phase was invalid', where: phase, n },
    ];
  });
}

/**
 * The phases that an objective is about: open loop where there is any, since a closed one measures how fast the target can go.
 * None of a capacity search, which drives past the limit on purpose.
 */
function phasesOf({ load, capacity }: RunRecord): PhaseRecord[] {
  if (capacity !== undefined) return [];
  const measured = (load?.phases ?? []).filter(({ warmup }) => !warmup);
  const open = measured.filter(({ loop }) => loop === 'open');
  return open.length > 0 ? open : measured;
}

function ofPhase(clause: Clause, phase: PhaseRecord): Judged {
  const figure = phaseFigure(clause, phase);
  const part = { observed: figure.observed, where: phase.name, n: phase.arrivals };
  if (!phase.valid) return { ...part, verdict: 'INCONCLUSIVE', reason: 'the phase was invalid' };
  return { ...part, verdict: verdictOf(clause, figure), reason: figure.reason ?? null };
}

interface Figure {
  readonly observed: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

/** Of the quantile itself, not of the share beyond the bound: all that a record keeps once requests are gone. */
function verdictOf(clause: Clause, { observed, low, high }: Figure): Verdict {
  const evidence: ClauseEvidence = { observed, tested: { estimate: observed, low, high } };
  // A mean of the same words is judged by its own bound, where a quantile's would be a share.
  const subject =
    clause.subject.kind === 'quantile' ? ({ kind: 'mean', of: 'latency' } as const) : clause.subject;
  return judgeClause({ ...clause, subject }, evidence).verdict;
}

const NO_INTERVAL = 'the record holds no interval of it; judge it as part of the run (--slo)';

const withInterval = (observed: number | null, interval: [number, number] | null): Figure =>
  interval === null
    ? { observed, low: null, high: null, reason: NO_INTERVAL }
    : { observed, low: interval[0], high: interval[1] };

const exactly = (value: number): Figure => ({ observed: value, low: value, high: value });

function phaseFigure({ subject }: Clause, phase: PhaseRecord): Figure {
  switch (subject.kind) {
    case 'quantile':
    case 'mean':
      return durationFigure(nameOf(subject), phase, subject.kind === 'quantile');
    case 'error':
      return withInterval(phase.errorRate, phase.errorCi95);
    case 'attainment':
      return withInterval(phase.attainment, phase.attainmentCi95);
    case 'right':
      return withInterval(phase.right, phase.rightCi95);
    case 'goodput':
      return withInterval(phase.goodputPerSecond, phase.goodputCi95);
    case 'throughput':
      return exactly(phase.throughputPerSecond);
    case 'cache-hits':
      return withInterval(phase.cacheHitRate, null);
    case 'cost': {
      const cost = phase.cost;
      const each = { query: cost?.perQueryUsd, right: cost?.perRightUsd, good: cost?.perGoodUsd };
      return withInterval(each[subject.per] ?? null, null);
    }
    case 'measure': {
      const found = phase.measures.find(({ name }) => name === subject.measure);
      return withInterval(found?.mean ?? null, found?.ci95 ?? null);
    }
  }
}

/**
 * Failed and dropped requests count as too late, but have no latency in the record: with any of them the interval can only
 * tell that the bound is missed.
 */
function durationFigure(name: string, phase: PhaseRecord, isQuantile: boolean): Figure {
  const { latencyMs, latencyCi95 } = phase;
  if (!Object.hasOwn(latencyMs, name)) return withInterval(null, null);
  const observed = latencyMs[name as keyof typeof latencyMs];
  const interval = Object.hasOwn(latencyCi95, name) ? latencyCi95[name as keyof typeof latencyCi95] : null;
  const figure = withInterval(observed, interval);
  if (!isQuantile || phase.errors + phase.dropped === 0) return figure;
  return { ...figure, high: null, reason: 'requests failed, and count as too late' };
}

/** The indicator that a subject is, where it is one. */
const INDICATOR_OF: Readonly<Record<string, IndicatorName>> = {
  p50: 'p50',
  p95: 'p95',
  p99: 'p99',
  mean: 'mean',
  throughput: 'throughput',
  goodput: 'goodput',
  error: 'error-rate',
  attainment: 'attainment',
  cost: 'cost-per-query',
};

/** One-sided each: 95 % together. */
const TAIL = 0.025;

/** The centre of the blocks' own figures, with its signed-rank interval. Null where blocks have no such figure. */
function overBlocks(clause: Clause, blocks: readonly BlockRecord[]): Judged | null {
  const name = INDICATOR_OF[nameOf(clause.subject)];
  if (name === undefined) return null;
  const values = blocks.flatMap(({ indicators }) => indicators[name] ?? []);
  const bounds = signedRankBounds(values, TAIL);
  const figure = { observed: hodgesLehmann(values), low: bounds?.low ?? null, high: bounds?.high ?? null };
  const rates = [...new Set(blocks.flatMap(({ offeredRate }) => offeredRate ?? []))];
  const at = rates.length === 1 ? ` at ${Number(rates[0]!.toPrecision(3))}/s` : '';
  return {
    verdict: verdictOf(clause, figure),
    observed: figure.observed,
    where: `${values.length} blocks${at}`,
    reason: bounds === null ? 'the blocks that have it are too few' : null,
    n: values.length,
  };
}

/** Right answers and measures, of a run that asked each question once. */
function ofQuality(clause: Clause, { quality }: RunRecord): Judged | null {
  const { subject } = clause;
  if (quality === undefined || (subject.kind !== 'right' && subject.kind !== 'measure')) return null;
  const found =
    subject.kind === 'right' ? quality.right : quality.measures.find(({ name }) => name === subject.measure);
  if (found === undefined || found.mean === null) return null;
  const figure = withInterval(found.mean, found.ci95);
  return {
    verdict: verdictOf(clause, figure),
    observed: found.mean,
    where: `${found.n} questions, each asked once`,
    reason: figure.reason ?? null,
    n: found.n,
  };
}
