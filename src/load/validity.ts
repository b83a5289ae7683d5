import type { PhaseRecord } from '../records/schema.ts';
import type { Distribution } from './distribution.ts';
import type { PhaseSetting } from './phase-setting.ts';

/** Of the arrivals of an open loop, the share that must have been sent before the schedule was over. */
const LEAST_ON_SCHEDULE = 0.98;

/** A lag that matters: this many milliseconds in the tail, or this share of a typical latency where that is more. */
const MOST_LAG_MS = 5;
const MOST_LAG_SHARE = 0.1;

/** A generator thread that is this busy sends late, sooner or later. */
const MOST_LOOP_UTILISATION = 0.8;
const MOST_CORES_PER_THREAD = 0.9;
const MOST_LOOP_DELAY_MS = 10;

export interface ValidityFacts
  extends Pick<PhaseRecord, 'arrivals' | 'completed' | 'dropped' | 'achievedRate'> {
  /** The highest of p99, p95 and p50 that the requests are enough to carry: of few requests, p99 is the one worst. */
  readonly lagTail: { readonly name: string; readonly value: number } | undefined;
  /** Milliseconds; NaN where nothing came. */
  readonly latencyP50: number;
}

/**
 * Why the numbers of a phase cannot be trusted; none where they can. Over HTTP the generator must have been on time and
 * at ease: what it added or held back is no fact about the target. In one process with the engine its lag is the engine's
 * own doing, and is reported, not judged.
 */
export function reasonsAgainst(facts: ValidityFacts, setting: PhaseSetting): string[] {
  return [
    ...reasonsOfOutcome(facts, setting),
    ...(setting.loop === 'open' && facts.arrivals > 0 ? reasonsOfSchedule(facts, setting) : []),
    ...(facts.arrivals > 0 ? reasonsOfGenerator(facts, setting) : []),
  ];
}

/**
 * The same without what is a fact about the target: that it gave no answer, or (in one process with the engine, where nothing
 * else takes the time) that it was too slow for the schedule. Held against another target under the same load, that is the finding.
 */
export function reasonsBesidesTarget(facts: ValidityFacts, setting: PhaseSetting): string[] {
  const asked = facts.arrivals > 0;
  const http = setting.targetKind === 'http';
  return [
    ...reasonsOfOutcome({ ...facts, completed: facts.arrivals }, setting),
    ...(http && setting.loop === 'open' && asked ? reasonsOfSchedule(facts, setting) : []),
    ...(asked ? reasonsOfGenerator(facts, setting) : []),
  ];
}

/** What a phase's record tells of its validity. Where requests are too few for a median, their mean stands in for it. */
export function validityFacts(record: PhaseRecord): ValidityFacts {
  const { arrivals, completed, dropped, achievedRate, lagMs, latencyMs } = record;
  const carried = TAILS.map(([name]) => ({ name, value: lagMs[name] }));
  const lagTail = carried.find((tail): tail is { name: 'p99'; value: number } => tail.value !== null);
  return {
    arrivals,
    completed,
    dropped,
    achievedRate,
    lagTail,
    latencyP50: latencyMs.p50 ?? latencyMs.mean ?? Number.NaN,
  };
}

function reasonsOfOutcome(
  { arrivals, completed }: Pick<ValidityFacts, 'arrivals' | 'completed'>,
  { duration, endedBy }: PhaseSetting,
): string[] {
  const reasons: string[] = [];
  if (endedBy === 'interrupted') reasons.push(`interrupted after ${seconds(duration)}`);
  if (arrivals === 0) reasons.push('no request was made');
  else if (completed === 0) reasons.push('no request was answered');
  return reasons;
}

function reasonsOfSchedule(facts: ValidityFacts, { duration, targetKind }: PhaseSetting): string[] {
  const { arrivals, dropped, achievedRate } = facts;
  const reasons: string[] = [];
  const onSchedule = (achievedRate * duration) / 1000 / arrivals;
  // Over HTTP a drop is the target's: it had as many requests as were allowed, and did not answer. It counts as an error there.
  const held = targetKind === 'http' ? onSchedule + dropped / arrivals : onSchedule;
  if (held < LEAST_ON_SCHEDULE) {
    const who = targetKind === 'http' ? 'the generator' : 'the generator or the engine';
    reasons.push(`only ${percent(held)} of the schedule was sent in time: ${who} fell behind`);
  }
  if (targetKind !== 'http' && dropped > 0) {
    reasons.push(`${dropped} requests found no room in flight and were dropped`);
  }
  return reasons;
}

/** What the generator itself added or could not do, over HTTP: nothing here is the target's doing. */
export function reasonsOfGenerator(
  { lagTail, latencyP50 }: Pick<ValidityFacts, 'lagTail' | 'latencyP50'>,
  { usage, threads, targetKind, loop }: Pick<PhaseSetting, 'usage' | 'threads' | 'targetKind' | 'loop'>,
): string[] {
  if (targetKind !== 'http') return [];
  const { eventLoopUtilisation, cpuShare, eventLoopDelayP99Ms } = usage;
  const reasons: string[] = [];
  const share = MOST_LAG_SHARE * (Number.isNaN(latencyP50) ? 0 : latencyP50);
  const most = Math.max(MOST_LAG_MS, share);
  if (loop === 'open' && lagTail !== undefined && lagTail.value > most) {
    reasons.push(
      `the generator sent late: lag ${lagTail.name} ${lagTail.value.toFixed(1)} ms, above ${most.toFixed(1)} ms (${MOST_LAG_MS} ms, or a tenth of the latency's median)`,
    );
  }
  if (eventLoopUtilisation > MOST_LOOP_UTILISATION) {
    reasons.push(
      `the generator was busy ${percent(eventLoopUtilisation)} of the time, above ${percent(MOST_LOOP_UTILISATION)}: use more --generators, or another machine`,
    );
  }
  const cores = cpuShare / threads;
  if (cores > MOST_CORES_PER_THREAD) {
    reasons.push(`the generator took ${cores.toFixed(2)} of a core, above ${MOST_CORES_PER_THREAD}`);
  }
  // As with lag: a target that takes the processors for itself delays the generator by less than it delays its answers.
  const mostDelay = Math.max(MOST_LOOP_DELAY_MS, share);
  if (eventLoopDelayP99Ms !== null && eventLoopDelayP99Ms > mostDelay) {
    const above =
      share > MOST_LOOP_DELAY_MS
        ? `${share.toFixed(1)} ms (a tenth of the latency's median)`
        : `${MOST_LOOP_DELAY_MS} ms`;
    reasons.push(
      `the generator's event loop was held up: delay p99 ${eventLoopDelayP99Ms.toFixed(1)} ms, above ${above}`,
    );
  }
  return reasons;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const TAILS = [
  ['p99', 0.99],
  ['p95', 0.95],
  ['p50', 0.5],
] as const;

/** The highest of p99, p95 and p50 that there are enough samples for. */
export function tailOf(distribution: Pick<Distribution, 'carried'>): ValidityFacts['lagTail'] {
  for (const [name, p] of TAILS) {
    const value = distribution.carried(p);
    if (value !== null) return { name, value };
  }
  return undefined;
}
