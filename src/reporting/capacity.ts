import type { CapacityRecord, PhaseRecord, RunRecord } from '../records/schema.ts';
import { chosenPerSecond, chosenRate, count, counted, interval, MISSING, ms, seconds } from './format.ts';
import { headlineProbe, openProbes, type Probe } from './phases.ts';
import { LIMITS } from './words.ts';

/** What a capacity search found, in words. */

export interface CapacityAnswer {
  /** "Holds 312–331 requests/s" */
  readonly claim: string;
  /** "Under p95 < 200ms, …; above it p95 < 200ms breaks first." */
  readonly sentence: string;
  /** Whether there is an answer at all. */
  readonly found: boolean;
}

export function capacityAnswer(record: RunRecord, capacity: CapacityRecord): CapacityAnswer {
  const { ratePerSecond, atLeast, slo } = capacity;
  if (isSweep(capacity)) return sweepAnswer(record, capacity);
  if (!ratePerSecond) {
    const slowest = openProbes(record).toSorted((a, b) => a.rate! - b.rate!)[0];
    const even = slowest ? ` even at ${chosenPerSecond(slowest.rate)}` : '';
    return {
      claim: 'No rate was found that holds',
      sentence: `Under ${slo}. ${broke(capacity, even)}`,
      found: false,
    };
  }
  return {
    claim: `Holds ${atLeast ? 'at least ' : ''}${rates(ratePerSecond)} requests/s`,
    sentence: `Under ${slo}. ${atLeast ? unbounded(capacity) : broke(capacity, ' above it')}`,
    found: true,
  };
}

/** An interval of rates, as one number where its ends are written alike. */
export function rates(ends: readonly [number, number]): string {
  return chosenRate(ends[0]) === chosenRate(ends[1]) ? chosenRate(ends[0]) : interval(ends, chosenRate);
}

/** Why there is no upper end. */
function unbounded(capacity: CapacityRecord): string {
  switch (capacity.limitKind) {
    case 'ceiling':
      return 'The search was allowed to go no higher.';
    case 'none':
      return 'No rate was seen to fail.';
    case 'generator':
      return broke(capacity, ' above it');
    default:
      return `${broke(capacity, ' above it')} How much more it holds, the probes cannot tell.`;
  }
}

/** "Above it p95 < 1.2s breaks first." */
function broke({ limitedBy, limitKind }: CapacityRecord, where: string): string {
  const start = where.trim() === '' ? '' : `${where.trim()[0]!.toUpperCase()}${where.trim().slice(1)} `;
  switch (limitKind) {
    case 'latency':
    case 'errors':
    case 'quality':
    case 'cost':
      return `${start}${limitedBy.join(' and ') || LIMITS[limitKind]} ${limitedBy.length > 1 ? 'break' : 'breaks'} first.`;
    case 'schedule':
      return `${start}the offered rate is no longer achieved.`;
    case 'backlog':
      return `${start}requests pile up: those in flight grow and grow.`;
    case 'generator':
      return `${start}the load generator, not the target, sets the limit.`;
    case 'ceiling':
      return 'The search ended at the ceiling of its rate.';
    case 'none':
      return `What breaks${where} was not found.`;
  }
}

export function isSweep({ probes }: CapacityRecord): boolean {
  return probes.some(({ step }) => step === 'sweep');
}

function sweepAnswer(record: RunRecord, { slo, probes }: CapacityRecord): CapacityAnswer {
  const swept = probes.flatMap(({ step, rate: at }) => (step === 'sweep' && at !== null ? [at] : []));
  const ends = [Math.min(...swept), Math.max(...swept)] as const;
  const held = headlineProbe(record);
  const under = slo === '' ? '' : ` under ${slo}`;
  const range = `${counted(swept.length, 'rate')} from ${chosenPerSecond(ends[0])} to ${chosenPerSecond(ends[1])}`;
  if (held?.verdict === 'PASS')
    return {
      claim: `Held up to ${chosenRate(held.rate)} requests/s`,
      sentence: `A sweep of ${range}${under}. ${missed(swept, held.rate!)}`,
      found: true,
    };
  return held
    ? { claim: 'No rate of the sweep held', sentence: `A sweep of ${range}${under}.`, found: false }
    : { claim: 'The whole curve', sentence: `A sweep of ${range}.`, found: true };
}

function missed(swept: readonly number[], held: number): string {
  const next = swept.filter((at) => at > held).sort((a, b) => a - b)[0];
  return next === undefined
    ? 'It did not reach a rate that breaks.'
    : `The next rate, ${chosenPerSecond(next)}, did not hold.`;
}

/** "19 probes, 9 min 50 s in all" */
export function searchEffort({ probes, seconds: sent }: CapacityRecord): string {
  return `${counted(probes.length, 'probe')}, ${seconds(sent)} in all`;
}

/** What a probe came to, all its runs together. */
export interface ProbeFigures {
  /** Phase of the first run; undefined where it was not kept. */
  readonly phase: PhaseRecord | undefined;
  /** Milliseconds, from the run with the shortest to the one with the longest p95: quantiles cannot be averaged. */
  readonly p95: readonly [number, number] | null;
  readonly right: number | null;
  readonly attainment: number | null;
  readonly errorRate: number | null;
}

/** Runs of a probe follow each other in the record; a warm-up between them is none of them. */
export function probeFigures({ load }: RunRecord, { phase, runs }: Probe): ProbeFigures {
  const phases = (load?.phases ?? [])
    .slice(phase)
    .filter(({ warmup }) => !warmup)
    .slice(0, runs);
  const scored = ({ arrivals, unscoredShare }: PhaseRecord): number => arrivals * (1 - unscoredShare);
  const p95s = phases.flatMap(({ latencyMs }) => latencyMs.p95 ?? []);
  return {
    phase: phases[0],
    p95: p95s.length > 0 && p95s.length === phases.length ? [Math.min(...p95s), Math.max(...p95s)] : null,
    right: pooled(phases, (one) => one.right, scored),
    attainment: pooled(phases, (one) => one.attainment, scored),
    errorRate: pooled(
      phases,
      (one) => one.errorRate,
      ({ arrivals }) => arrivals,
    ),
  };
}

/** A share over several phases, each by its weight; null where any of them has none. */
function pooled(
  phases: readonly PhaseRecord[],
  share: (phase: PhaseRecord) => number | null,
  weight: (phase: PhaseRecord) => number,
): number | null {
  const whole = phases.reduce((sum, phase) => sum + weight(phase), 0);
  if (whole === 0 || phases.some((phase) => share(phase) === null)) return null;
  return phases.reduce((sum, phase) => sum + share(phase)! * weight(phase), 0) / whole;
}

/** "640", "640–702" */
export function p95Text({ p95 }: ProbeFigures): string {
  if (p95 === null) return MISSING;
  return ms(p95[0]) === ms(p95[1]) ? ms(p95[0]) : interval(p95, ms);
}

/** "77 /s offered" or "16 askers" */
export function probeLoad({ rate: offered, concurrency }: Probe): string {
  if (offered !== null) return `${chosenPerSecond(offered)} offered`;
  return concurrency === 1 ? '1 asker' : `${count(concurrency)} askers`;
}

/** Requests per second with `inFlight` of them in flight, by the law that was fitted to the probes. */
export function uslRate(usl: NonNullable<CapacityRecord['usl']>, inFlight: number): number {
  const { gamma, alpha, beta } = usl;
  return (gamma * inFlight) / (1 + alpha * (inFlight - 1) + beta * inFlight * (inFlight - 1));
}
