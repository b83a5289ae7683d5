import { isValid, type Probe } from './probe.ts';
import type { Prober } from './prober.ts';

/** Of the saturation: where the climb begins, and where it goes when that fails already. */
const FIRST = 0.3;
const BELOW_FIRST = [0.1, 0.03];
const STEP = 1.5;

/** Bisection ends when the rates that hold and that don't are this close. */
const CLOSE = 1.05;
const BISECTIONS = 8;

/** The highest rate that was seen to hold, and the lowest above it that was not. */
export interface RateBracket {
  readonly held: number;
  /** Null when no rate failed. */
  readonly failed: number | null;
  /** The lowest rate at which the generator could not keep up, where nothing failed below. */
  readonly invalid: number | null;
}

export interface BracketOptions {
  readonly saturation: number;
  readonly maxRate: number;
  /** Of climb and bisection together. */
  readonly maxProbes: number;
}

const holds = ({ verdict }: Probe): boolean => verdict === 'PASS';

/**
 * Rates from 0.3 of the saturation, each half as high again, until one doesn't hold; lower ones where the first doesn't.
 * Null when none holds. Undecided counts as failed.
 */
export async function climb(
  prober: Prober,
  { saturation, maxRate, maxProbes }: BracketOptions,
): Promise<RateBracket | null> {
  let held: number | null = null;
  let rate = Math.min(FIRST * saturation, maxRate);
  while (prober.probes.length < maxProbes) {
    const probe = await prober.probe('climb', rate);
    if (!holds(probe)) {
      return held === null ? descend(prober, saturation, probe) : { held, ...limit(probe) };
    }
    held = rate;
    if (rate >= maxRate) break;
    rate = Math.min(STEP * rate, maxRate);
  }
  return held === null ? null : { held, failed: null, invalid: null };
}

async function descend(prober: Prober, saturation: number, first: Probe): Promise<RateBracket | null> {
  let above = first;
  for (const share of BELOW_FIRST) {
    const rate = share * saturation;
    if (rate >= above.rate) continue;
    const probe = await prober.probe('climb', rate);
    if (holds(probe)) return { held: rate, ...limit(above) };
    above = probe;
  }
  return null;
}

/** What a probe that doesn't hold bounds the search by: the target's failure, or the generator's. */
const limit = (probe: Probe): Pick<RateBracket, 'failed' | 'invalid'> =>
  isValid(probe) ? { failed: probe.rate, invalid: null } : { failed: null, invalid: probe.rate };

/**
 * Halves the bracket, in ratio, until its ends are within 5 % or the probes are used up. An invalid probe ends the search
 * upward as a failure does, but a rate that fails below it makes up for it.
 */
export async function bisect(
  prober: Prober,
  bracket: RateBracket,
  { maxProbes }: Pick<BracketOptions, 'maxProbes'>,
): Promise<RateBracket> {
  let found = bracket;
  for (let step = 0; step < BISECTIONS && prober.probes.length < maxProbes; step += 1) {
    const top = found.failed ?? found.invalid;
    if (top === null || top / found.held <= CLOSE) break;
    const probe = await prober.probe('bisect', Math.sqrt(found.held * top));
    if (holds(probe)) found = { ...found, held: probe.rate };
    else if (isValid(probe) || found.failed === null) found = { held: found.held, ...limit(probe) };
    else break;
  }
  return found;
}
