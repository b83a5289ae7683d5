import type { Clause } from '../../objectives/slo.ts';
import { boundsOfCapacity } from './bounds.ts';
import type { RateBracket } from './bracket.ts';
import { Narrowing } from './narrow.ts';
import { failsForCertain, isValid } from './probe.ts';
import type { Prober } from './prober.ts';

const CONFIRMATIONS = 3;
const STEP_DOWN = 0.98;

/** Rates tried for confirmation, at most. */
const ROUNDS = 6;

/** The three confirmations may widen the interval a little: it is made narrower than it must be before. */
const SLACK = 0.005;

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
 * lower end, each of which must not fail, and all of which together must still put the capacity there (within the 2 %
 * of one step). Else 2 % lower, and again. Null when no rate could be confirmed.
 *
 * A single confirmation is seldom long enough to decide every clause for itself: "undecided" is no failure here, since
 * what all probes say together decides.
 */
export async function confirmCapacity(
  prober: Prober,
  { held, failed }: RateBracket,
  options: ConfirmOptions,
): Promise<Confirmed | null> {
  const narrowing = failed === null ? null : new Narrowing(prober, options);
  let most = failed === null ? held : Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    await narrowing?.until(options.width - SLACK);
    const rate = Math.min(lowOf(prober, options) ?? held, most);
    if (await holdsThrice(prober, rate)) {
      const low = Math.min(rate, lowOf(prober, options) ?? 0);
      if (low >= STEP_DOWN * rate) return settle(prober, low, { options, narrowing });
    }
    most = STEP_DOWN * rate;
  }
  return null;
}

async function holdsThrice(prober: Prober, rate: number): Promise<boolean> {
  for (let time = 0; time < CONFIRMATIONS; time += 1) {
    const probe = await prober.probe('confirm', rate, { runs: 1 });
    const keepsUp = probe.failures.every(({ kind }) => kind === 'clause');
    if (!isValid(probe) || !keepsUp || failsForCertain(probe)) return false;
  }
  return true;
}

/** The upper end, narrowed where the confirmation left it too far away. What is learnt by that may lower the claim, never raise it. */
async function settle(
  prober: Prober,
  low: number,
  { options, narrowing }: { readonly options: ConfirmOptions; readonly narrowing: Narrowing | null },
): Promise<Confirmed> {
  if (narrowing === null) return { low, high: null };
  await narrowing.until(options.width, low);
  const bounds = boundsOfCapacity(prober.probes, options.clauses);
  return { low: Math.min(low, bounds?.low ?? low), high: bounds?.high ?? null };
}

const lowOf = ({ probes }: Prober, { clauses }: ConfirmOptions): number | null =>
  boundsOfCapacity(probes, clauses)?.low ?? null;
