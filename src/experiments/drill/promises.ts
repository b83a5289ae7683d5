import { GroundspeedError } from '../../kernel/errors.ts';
import { pointAt } from '../../objectives/fault.ts';
import { type Quantity, readValue } from '../../objectives/quantity.ts';
import type { DrillArmRecord, DrillWindowRecord, PromiseRecord } from '../../records/schema.ts';
import { shareEvidence } from '../../statistics/share-evidence.ts';
import { nearest } from '../../text/nearest.ts';
import type { DrillArrivals } from './arrivals.ts';
import { figuresOf, firstDue } from './windows.ts';

/**
 * What a policy promises of a drill, one promise a line:
 *
 *   availability >= 99% during          share of arrivals with a real answer; so attainment, right, degraded
 *   p95 <= 2x before, after             relative to the window before the faults
 *   p95 <= 2s during                    so p50, p99
 *   ndcg@10 >= 0.4 during               any measure of the drill
 *   recovery <= 61s                     from the end of the faults to full answers again; so detection
 *   amplification <= 1.2                the worst of all dependencies; so herd
 *   lost <= 100                         arrivals without a real answer
 *
 * The window is before, during, after or whole; `during` unless one is named, and always the whole for recovery, detection,
 * amplification, herd and lost.
 */
export interface DrillPromise {
  readonly text: string;
  readonly subject: string;
  readonly comparison: '<' | '<=' | '>' | '>=';
  /** Milliseconds, a share, a ratio, a count, a score; or a multiple of the window before. */
  readonly bound: number;
  readonly relative: boolean;
  readonly window: PromiseRecord['window'];
}

const SHARES = ['availability', 'attainment', 'right', 'degraded'] as const;
const LATENCIES = ['p50', 'p95', 'p99'] as const;
const TIMES = ['recovery', 'detection'] as const;
const RATIOS = ['amplification', 'herd'] as const;
const COUNTS = ['lost'] as const;
const NAMES: readonly string[] = [...SHARES, ...LATENCIES, ...TIMES, ...RATIOS, ...COUNTS];
const WINDOWS = ['before', 'during', 'after', 'whole'] as const;

/** Whether what a promise is about is a quality measure. */
export const isMeasured = (subject: string): boolean => !NAMES.includes(subject);

const isOneOf = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name);

const FORM = 'Write for example: availability >= 99% during; p95 <= 2x before, after; recovery <= 61s';

const PROMISE =
  /^\s*(?<name>[\p{L}][\p{L}\p{N}@_.-]*)\s*(?<comparison><=|>=|<|>)\s*(?<number>\d+(?:\.\d+)?)\s*(?<unit>(?:%|x|ms|min|s|[uµμ]s)?)(?![\p{L}])(?<rest>.*)$/isu;

export interface PromiseOptions {
  /** File and field, for errors. */
  readonly where: string;
  /** Whether a quality measure bears the name. */
  readonly isMeasure: (name: string) => boolean;
}

/** Throws `drill.format` that points at the character which is wrong. */
export function parsePromise(text: string, { where, isMeasure }: PromiseOptions): DrillPromise {
  const fail = (at: number, message: string, hint = FORM): never => {
    throw new GroundspeedError('drill.format', message, { where, hint, problems: [pointAt(text, at)] });
  };
  const found = PROMISE.exec(text)?.groups;
  if (found === undefined) {
    const after = /^\s*[\p{L}][\p{L}\p{N}@_.-]*\s*/u.exec(text)?.[0].length ?? 0;
    return fail(after, 'A promise is a name, a comparison and a bound.');
  }
  const subject = found.name!.toLowerCase();
  if (!NAMES.includes(subject) && !isMeasure(subject)) {
    const meant = nearest(subject, NAMES);
    return fail(
      text.indexOf(found.name!),
      `Nothing is called ${JSON.stringify(found.name)}.`,
      meant === undefined ? `Names are ${NAMES.join(', ')}, and quality measures.` : `Did you mean ${meant}?`,
    );
  }
  const { number, unit } = { number: found.number!, unit: found.unit!.toLowerCase() };
  const unitAt = text.indexOf(number, text.indexOf(found.comparison!)) + number.length;
  const rest = found.rest!.trim();
  const relative = unit === 'x' && !isOneOf(RATIOS, subject);
  const words = rest
    .split(/[\s,]+/u)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
  if (relative && words.shift() !== 'before')
    return fail(
      unitAt,
      'A bound in multiples is one of the window before.',
      'Write: p95 <= 2x before, after',
    );
  const window = words.shift() ?? defaultWindow(subject);
  if (!isOneOf(WINDOWS, window) || words.length > 0) {
    return fail(
      text.length - rest.length,
      `${JSON.stringify(rest)} is no window.`,
      'Windows are before, during, after and whole.',
    );
  }
  if (window !== 'whole' && defaultWindow(subject) === 'whole')
    return fail(text.length - rest.length, `${subject} is of the whole drill.`);
  const bound = relative ? Number(number) : readBound(subject, number, unit);
  if (bound === undefined)
    return fail(unitAt, `${number}${found.unit} is no bound of ${subject}.`, hintOnUnit(subject));
  const comparison = found.comparison as DrillPromise['comparison'];
  return { text: text.trim(), subject, comparison, bound, relative, window };
}

const defaultWindow = (subject: string): PromiseRecord['window'] =>
  isOneOf([...TIMES, ...RATIOS, ...COUNTS], subject) ? 'whole' : 'during';

function readBound(subject: string, number: string, unit: string): number | undefined {
  if (isOneOf(RATIOS, subject)) return unit === '' || unit === 'x' ? Number(number) : undefined;
  if (isOneOf(COUNTS, subject)) return unit === '' ? Number(number) : undefined;
  return readValue(quantityOf(subject), number, unit);
}

function quantityOf(subject: string): Quantity {
  if (isOneOf([...LATENCIES, ...TIMES], subject)) return 'duration';
  return isOneOf(SHARES, subject) ? 'share' : 'score';
}

function hintOnUnit(subject: string): string {
  if (isOneOf([...LATENCIES, ...TIMES], subject)) return 'Units of time are ms, s and min.';
  if (isOneOf([...RATIOS, ...COUNTS], subject)) return 'Write a bare number.';
  return 'Write a percentage or a bare number from 0 to 1.';
}

/** What a promise is judged by. */
export interface Drilled {
  readonly arm: DrillArmRecord;
  readonly arrivals: DrillArrivals;
  readonly durationMs: number;
}

/**
 * PASS: what was observed holds it. FAIL: it was broken; where a share could be a matter of chance at this number of arrivals,
 * its 95 % bound must break it too, else INCONCLUSIVE. INCONCLUSIVE: it could not be observed, or the run is not valid.
 */
export function judgePromise(promise: DrillPromise, drilled: Drilled): PromiseRecord {
  const { text, window, subject } = promise;
  const observation = observe(promise, drilled);
  const bound = promise.relative ? relativeBound(promise, drilled) : promise.bound;
  const common = { text, window, unit: unitOf(subject), bound: bound ?? promise.bound };
  const { observed } = observation;
  if (!drilled.arm.valid)
    return { ...common, observed, verdict: 'INCONCLUSIVE', reason: drilled.arm.invalidReasons.join('; ') };
  if (observed === null || bound === null) {
    // Full answers that never came back break any bound on how soon they did.
    if (subject === 'recovery' && observation.never === true)
      return {
        ...common,
        observed,
        verdict: 'FAIL',
        reason: 'full answers did not come back within the drill',
      };
    const reason = observation.reason ?? `there is nothing to hold it against before the faults`;
    return { ...common, observed, verdict: 'INCONCLUSIVE', reason };
  }
  if (holds(observed, promise.comparison, bound))
    return { ...common, observed, verdict: 'PASS', reason: null };
  const { likeliest } = observation;
  if (likeliest !== undefined && (likeliest === null || holds(likeliest, promise.comparison, bound))) {
    return { ...common, observed, verdict: 'INCONCLUSIVE', reason: 'too few arrivals to rule chance out' };
  }
  return { ...common, observed, verdict: 'FAIL', reason: null };
}

interface Observation {
  readonly observed: number | null;
  /** Why there is none. */
  readonly reason?: string;
  /** Of a share, the bound of its interval that is kindest to the promise; null where it has none. */
  readonly likeliest?: number | null;
  readonly never?: boolean;
}

function observe({ subject, window, comparison }: DrillPromise, drilled: Drilled): Observation {
  const { arm } = drilled;
  if (subject === 'recovery')
    return { observed: arm.recoveredMs, never: arm.recoveredMs === null, reason: 'there was no fault' };
  if (subject === 'detection') return { observed: arm.detectedMs, reason: 'no breaker opened' };
  if (subject === 'lost') return { observed: arm.lost };
  if (isOneOf(RATIOS, subject)) {
    const told = arm.dependencies.flatMap((one) => one[subject] ?? []);
    return {
      observed: told.length === 0 ? null : Math.max(...told),
      reason: 'no dependency was asked, or the target does not tell',
    };
  }
  const bounds = boundsOf(window, drilled);
  if (bounds === undefined) return { observed: null, reason: `the drill has no window ${window}` };
  const figures = figuresOf(drilled.arrivals, bounds.fromMs, bounds.toMs);
  if (isOneOf(LATENCIES, subject))
    return { observed: figures.latencyMs[subject], reason: `too few answers for ${subject}` };
  if (isOneOf(SHARES, subject)) return observeShare(subject, { drilled, bounds, comparison });
  const measure = figures.measures.find(({ name }) => name === subject);
  return { observed: measure?.mean ?? null, reason: `${subject} says nothing of these arrivals` };
}

function observeShare(
  subject: (typeof SHARES)[number],
  of: {
    readonly drilled: Drilled;
    readonly bounds: Pick<DrillWindowRecord, 'fromMs' | 'toMs'>;
    readonly comparison: DrillPromise['comparison'];
  },
): Observation {
  const { arrivals } = of.drilled;
  const from = firstDue(arrivals.due, of.bounds.fromMs);
  const to = firstDue(arrivals.due, of.bounds.toMs);
  const all = {
    availability: arrivals.available,
    attainment: arrivals.good,
    right: arrivals.right,
    degraded: Uint8Array.from(
      { length: arrivals.length },
      (_, row) => arrivals.available[row]! & (1 - arrivals.full[row]!),
    ),
  }[subject];
  const ones = Array.from(all.subarray(from, to)).filter((value) => !Number.isNaN(value));
  const { estimate, low, high } = shareEvidence(ones);
  return {
    observed: estimate,
    reason: 'nothing was asked meanwhile',
    likeliest: of.comparison.startsWith('>') ? high : low,
  };
}

function boundsOf(
  window: DrillPromise['window'],
  { arm, durationMs }: Drilled,
): Pick<DrillWindowRecord, 'fromMs' | 'toMs'> | undefined {
  if (window === 'whole') return { fromMs: 0, toMs: durationMs };
  return arm.windows.find(({ name }) => name === window);
}

/** A multiple of what the window before shows; null where that shows nothing. */
function relativeBound(promise: DrillPromise, drilled: Drilled): number | null {
  const { observed } = observe({ ...promise, window: 'before' }, drilled);
  return observed === null ? null : promise.bound * observed;
}

function holds(value: number, comparison: DrillPromise['comparison'], bound: number): boolean {
  switch (comparison) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
  }
}

function unitOf(subject: string): PromiseRecord['unit'] {
  if (isOneOf(SHARES, subject)) return 'share';
  if (isOneOf(LATENCIES, subject)) return 'ms';
  if (isOneOf(TIMES, subject)) return 'ms';
  if (isOneOf(RATIOS, subject)) return 'ratio';
  return isOneOf(COUNTS, subject) ? 'count' : 'score';
}
