import type { Clause } from '../../objectives/slo.ts';
import { boundsOfCapacity, type CapacityBounds } from './bounds.ts';
import type { RateBracket } from './bracket.ts';
import { Narrowing } from './narrow.ts';
import { failsForCertain, isValid } from './probe.ts';
import type { Prober } from './prober.ts';

const CONFIRMATIONS = 3;
const STEP_DOWN = 0.98;

/** Rates tried for confirmation, at most. */
const ROUNDS = 6;

export interface ConfirmOptions {
  readonly clauses: readonly Clause[];
  /** Of the interval: high / low − 1. */
  readonly width: number;
  /** Runs that may be spent on narrowing it. */
  readonly maxNarrowing: number;
  readonly maxRate: number;
  /** Counted seconds of one run, where they were given. */
  readonly probeSeconds?: number | undefined;
}

export interface Confirmed {
  /** Held three times, or the probes together say that it holds below a rate that did. */
  readonly low: number;
  /** Null where no rate failed. */
  readonly high: number | null;
}

/**
 * Turns a bracket into an interval: probes near the estimate until it is narrow enough, then three fresh probes at its
 * lower end. Where they don't hold, 2 % lower, and again; where later probes show that the end was needlessly low, once
 * more at a higher one. Null when no rate could be confirmed.
 */
export async function confirmCapacity(
  prober: Prober,
  { held, failed }: RateBracket,
  options: ConfirmOptions,
): Promise<Confirmed | null> {
  const narrowing = failed === null ? null : new Narrowing(prober, options);
  const boundsNow = (): CapacityBounds | null => boundsOfCapacity(prober.probes, options.clauses);
  let most = failed === null ? held : Number.POSITIVE_INFINITY;
  let confirmed: number | null = null;
  for (let round = 0; round < ROUNDS; round += 1) {
    await narrowing?.until(confirmed, most);
    const bounds = boundsNow();
    if (confirmed !== null && (narrowing === null || isNear(bounds, confirmed, options))) break;
    const rate = Math.min(bounds?.low ?? held, most);
    if (confirmed !== null && rate <= confirmed) break;
    const low = await confirm(prober, rate, options);
    if (low === null) most = STEP_DOWN * rate;
    else confirmed = Math.max(confirmed ?? 0, low);
  }
  if (confirmed === null) return null;
  // What was learnt since may lower the claim, never raise it.
  const bounds = boundsNow();
  return {
    low: Math.min(confirmed, bounds?.low ?? confirmed),
    high: narrowing === null ? null : (bounds?.high ?? null),
  };
}

function isNear(bounds: CapacityBounds | null, low: number, { width }: ConfirmOptions): boolean {
  return bounds !== null && bounds.high !== null && bounds.high <= (1 + width) * low;
}

/**
 * Three probes at a rate, none of which may fail, and after which all probes together must still put the capacity there, or
 * no further below than one step. A single one is seldom long enough to decide every clause for itself: "undecided" is no
 * failure here. What may be claimed of the rate, or null.
 */
async function confirm(prober: Prober, rate: number, { clauses }: ConfirmOptions): Promise<number | null> {
  if (!(await holdsThrice(prober, rate))) return null;
  const low = Math.min(rate, boundsOfCapacity(prober.probes, clauses)?.low ?? 0);
  return low >= STEP_DOWN * rate ? low : null;
}

async function holdsThrice(prober: Prober, rate: number): Promise<boolean> {
  for (let time = 0; time < CONFIRMATIONS; time += 1) {
    const probe = await prober.probe('confirm', rate, { runs: 1 });
    const keepsUp = probe.failures.every(({ kind }) => kind === 'clause');
    if (!isValid(probe) || !keepsUp || failsForCertain(probe)) return false;
  }
  return true;
}
