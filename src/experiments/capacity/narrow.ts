import type { Clause } from '../../objectives/slo.ts';
import { boundsOfCapacity, type CapacityBounds } from './bounds.ts';
import { failsForCertain, isValid, type Probe } from './probe.ts';
import { secondsToDecide } from './probe-length.ts';
import type { Prober } from './prober.ts';

/** An interval is probed so far to both sides of its middle, which shows how steeply the SLO breaks. */
const ASIDE = 0.07;

/** Above the highest rate that was tried, where none has failed but for want of evidence. */
const UPWARD = 1.2;

/** The middle is not sought further below the highest rate that held than this. */
const BELOW_HELD = 1.05;

/** The three confirmations may widen the interval a little: it is made narrower than it must be before. */
const SLACK = 0.005;

/** Below a rate that the generator can't reach. */
const BELOW_INVALID = 0.97;

export interface NarrowOptions {
  readonly clauses: readonly Clause[];
  /** Of the interval: high / low − 1. */
  readonly width: number;
  readonly maxNarrowing: number;
  readonly maxRate: number;
  readonly probeSeconds?: number | undefined;
}

/** Probes that are spent on a narrower interval, to both sides of its middle in turn. */
export class Narrowing {
  readonly #prober: Prober;
  readonly #options: NarrowOptions;
  #spent = 0;
  #ceiling: number;

  constructor(prober: Prober, options: NarrowOptions) {
    this.#prober = prober;
    this.#options = options;
    this.#ceiling = options.maxRate;
  }

  /**
   * Goes on until the interval is narrow, or the runs are used up: narrow from the rate that is confirmed already up to its
   * upper end, or so narrow by itself that a higher rate can be confirmed, of those up to `most`.
   */
  async until(confirmed: number | null, most: number): Promise<void> {
    while (this.#spent < this.#options.maxNarrowing) {
      const bounds = boundsOfCapacity(this.#prober.probes, this.#options.clauses);
      if (bounds === null || this.#isDone(bounds, confirmed, most)) return;
      this.#spent += 1;
      const rate = Math.min(this.#nextRate(bounds), this.#ceiling);
      const probe = await this.#prober.probe('narrow', rate, {
        runs: 1,
        seconds: this.#secondsAt(rate, bounds),
      });
      if (!isValid(probe)) this.#ceiling = BELOW_INVALID * rate;
    }
  }

  #isDone({ low, high }: CapacityBounds, confirmed: number | null, most: number): boolean {
    if (low === null || high === null) return false;
    const { width } = this.#options;
    if (confirmed !== null && high <= (1 + width) * Math.min(confirmed, low)) return true;
    const next = Math.min(low, most);
    return (confirmed === null || next > confirmed) && high <= (1 + width - SLACK) * next;
  }

  #nextRate(bounds: CapacityBounds): number {
    const { probes } = this.#prober;
    if (bounds.high === null && !probes.some(failsForCertain)) {
      return UPWARD * Math.max(...probes.map(({ rate }) => rate));
    }
    return (this.#spent % 2 === 0 ? 1 - ASIDE : 1 + ASIDE) * middleOf(bounds, probes);
  }

  /** As long as the clause that limits needs to be decided; never shorter than the other runs, nor than was asked for. */
  #secondsAt(rate: number, bounds: CapacityBounds): number {
    const clause = firstToBreak(bounds);
    const usual = this.#prober.secondsPerRun;
    if (clause === null || this.#options.probeSeconds !== undefined) return usual;
    return Math.max(usual, secondsToDecide(clause, rate));
  }
}

/** The clause that breaks first, as far as is known. */
function firstToBreak({ crossings }: CapacityBounds): Clause | null {
  const known = crossings.filter(({ crossing }) => crossing !== null);
  return known.toSorted((a, b) => a.crossing!.estimate - b.crossing!.estimate)[0]?.clause ?? null;
}

/** The estimate, kept from wandering off past rates that decidedly failed or held. */
function middleOf({ estimate }: CapacityBounds, probes: readonly Probe[]): number {
  const failed = Math.min(...probes.filter(failsForCertain).map(({ rate }) => rate));
  const held = Math.max(...probes.filter(({ verdict }) => verdict === 'PASS').map(({ rate }) => rate));
  return Math.max(Math.min(estimate, failed), Math.min(held, failed) / BELOW_HELD);
}
