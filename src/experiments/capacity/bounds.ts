import type { Clause } from '../../objectives/slo.ts';
import { type Crossing, crossingOf, type Dose } from '../../statistics/crossing.ts';
import { doseOf, isShare, risingBound } from './evidence.ts';
import { isValid, type Probe } from './probe.ts';

/** What all probes of a search together say about the highest rate that holds. */
export interface CapacityBounds {
  readonly estimate: number;
  /** Null where the probes can't tell. */
  readonly low: number | null;
  readonly high: number | null;
  /** Where each clause breaks, judged alone; null for one of which nothing could be measured. */
  readonly crossings: readonly { readonly clause: Clause; readonly crossing: Crossing | null }[];
}

/**
 * A curve is straight only nearby: probes within a fifth of the crossing decide where it is, once there are enough of
 * them. Rates below half of the lowest that failed say nothing about it.
 */
const NEARBY = 1.2;
const ENOUGH_RUNS = 6;
const FAR = 0.5;

/**
 * The interval of capacity. A clause's own interval comes from `crossingOf` over all runs; the SLO holds as far as all
 * of its clauses do. A rate at which requests piled up for certain bounds it from above, and nothing is claimed above
 * the highest rate that was tried without.
 */
export function boundsOfCapacity(
  probes: readonly Probe[],
  clauses: readonly Clause[],
): CapacityBounds | null {
  const tried = probes.map(({ rate }) => rate);
  if (tried.length === 0) return null;
  const overloaded = Math.min(...probes.filter(isOverload).map(({ rate }) => rate));
  const highest = Math.max(...tried.filter((rate) => rate < overloaded), 0);
  const crossings = clauses.map((clause) => ({ clause, crossing: crossingOfClause(probes, clause) }));
  const lows = crossings.map(({ crossing }) => crossing?.low ?? null);
  const highs = crossings.flatMap(({ crossing }) => crossing?.high ?? []);
  const high = Math.min(overloaded, ...highs);
  const estimates = crossings.flatMap(({ crossing }) => crossing?.estimate ?? []);
  return {
    estimate: Math.min(overloaded, ...estimates),
    low: lows.includes(null) || highest === 0 ? null : Math.min(highest, ...lows.map(Number)),
    high: Number.isFinite(high) ? high : null,
    crossings,
  };
}

const isOverload = ({ failures }: Probe): boolean =>
  failures.some(({ kind, certain }) => kind !== 'clause' && certain);

function crossingOfClause(probes: readonly Probe[], clause: Clause): Crossing | null {
  const { all, far } = dosesOf(probes, clause);
  const bound = risingBound(clause);
  const kind = isShare(clause) ? 'share' : 'mean';
  const natural = naturalOf(far, { bound, kind });
  const cross = (doses: readonly Dose[]): Crossing | null =>
    crossingOf(doses, bound, { kind, levels: LEVELS, ...(natural !== null && { natural }) });
  let found = cross(all);
  for (let again = 0; again < 3 && found !== null; again += 1) {
    const { estimate } = found;
    const near = all.filter(({ x }) => x <= NEARBY * estimate && x >= estimate / NEARBY);
    if (near.length < ENOUGH_RUNS || near.length === all.length) break;
    const nearby = cross(near);
    if (nearby === null) break;
    if (nearby.low === null || nearby.high === null) return leftOpen(nearby, found);
    found = nearby;
  }
  return found;
}

/**
 * Nearby runs that leave a side open are too few yet. Runs further away may bound the crossing from below, since the curves
 * of queues bend upward and a straight line through all of it crosses too early; from above they may not.
 */
function leftOpen(nearby: Crossing, all: Crossing): Crossing {
  const low = nearby.low ?? (all.low === null ? null : Math.min(all.low, nearby.estimate));
  return { ...nearby, low };
}

/**
 * The confirmations keep the lower end low enough by themselves; nothing keeps the upper one high. With these levels the
 * interval misses the true capacity equally seldom on either side (bench/results/capacity/simulated.md).
 */
const LEVELS = { low: 0.96, high: 0.98 };

interface Doses {
  /** Those that tell where the clause breaks. */
  readonly all: readonly Dose[];
  /** Those at rates so low that what fails there fails at any. */
  readonly far: readonly Dose[];
}

function dosesOf(probes: readonly Probe[], clause: Clause): Doses {
  const failed = Math.min(...probes.filter(({ verdict }) => verdict !== 'PASS').map(({ rate }) => rate));
  const least = Number.isFinite(failed) ? FAR * failed : 0;
  const doses = probes.flatMap(({ rate, runs }) =>
    runs.filter(isValid).flatMap((run) => doseOf(clause, rate, run.evidence(clause)) ?? []),
  );
  return { all: doses.filter(({ x }) => x >= least), far: doses.filter(({ x }) => x < least) };
}

/** Of what the bound allows, at most so much is there without load: else the clause fails by itself. */
const MOST_NATURAL = 0.8;

/** What there is of a quantity at hardly any load; null where no probe was that low. */
function naturalOf(
  far: readonly Dose[],
  { bound, kind }: { bound: number; kind: 'share' | 'mean' },
): number | null {
  const size = far.reduce((sum, dose) => sum + dose.size, 0);
  if (size === 0) return null;
  const natural = far.reduce((sum, dose) => sum + dose.size * dose.estimate, 0) / size;
  // A share cannot exceed the bound's by chance alone and leave anything to fit; a mean has no such scale.
  return kind === 'share' ? Math.min(natural, MOST_NATURAL * bound) : natural;
}
