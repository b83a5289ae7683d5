import type { Clause } from '../../objectives/slo.ts';
import { boundsOfCapacity } from './bounds.ts';
import type { Losses } from './port.ts';
import { type Failure, isValid, type Probe } from './probe.ts';
import type { Limit, LimitKind } from './result.ts';

/**
 * What breaks first: all that fails for certain at the lowest rate above `held` where anything does. Where nothing fails so
 * clearly, the clause that the probes together see break first.
 */
export function limitsAbove(
  held: number,
  probes: readonly Probe[],
  clauses: readonly Clause[],
): readonly Limit[] {
  const above = probes.filter(({ rate }) => rate > held).toSorted((a, b) => a.rate - b.rate);
  for (const probe of above) {
    const certain = probe.failures.filter(({ certain }) => certain);
    if (certain.length > 0) return certain.map((failure) => limitOf(failure, probe, probes));
  }
  const crossings = boundsOfCapacity(probes, clauses)?.crossings ?? [];
  const first = crossings
    .filter(({ crossing }) => crossing !== null && crossing.high !== null)
    .toSorted((a, b) => a.crossing!.estimate - b.crossing!.estimate)[0];
  const last = above.at(-1);
  return first === undefined || last === undefined
    ? []
    : [{ kind: kindOf(first.clause, last, probes), clause: first.clause }];
}

export function limitOf(failure: Failure, probe: Probe, probes: readonly Probe[]): Limit {
  if (failure.kind !== 'clause') return { kind: failure.kind, clause: null };
  return { kind: kindOf(failure.clause, probe, probes), clause: failure.clause };
}

/** To which part of the SLO a clause belongs; attainment, which joins them, to what it was lost by as the load grew. */
function kindOf({ subject }: Clause, probe: Probe, probes: readonly Probe[]): LimitKind {
  switch (subject.kind) {
    case 'quantile':
    case 'mean':
    case 'throughput':
      return 'latency';
    case 'error':
      return 'errors';
    case 'attainment':
    case 'goodput':
      return lostBy(probe, probes);
    case 'cost':
      return 'cost';
    case 'right':
    case 'cache-hits':
    case 'measure':
      return 'quality';
  }
}

const LOST: readonly (readonly [keyof Losses, LimitKind])[] = [
  ['late', 'latency'],
  ['failed', 'errors'],
  ['wrong', 'quality'],
];

/** By what more attainment is lost than at the lowest rate that was probed. */
function lostBy(probe: Probe, probes: readonly Probe[]): LimitKind {
  const lowest = probes.reduce((a, b) => (b.rate < a.rate ? b : a));
  const now = lossesOf(probe);
  const then = lossesOf(lowest);
  if (now === null || then === null) return 'quality';
  const grown = ([loss]: (typeof LOST)[number]): number =>
    lowest.rate < probe.rate ? now[loss] - then[loss] : now[loss];
  return LOST.reduce((a, b) => (grown(b) > grown(a) ? b : a))[1];
}

function lossesOf({ runs }: Probe): Losses | null {
  const told = runs.filter((run) => isValid(run) && run.losses !== undefined);
  const arrivals = told.reduce((sum, run) => sum + run.arrivals, 0);
  if (arrivals === 0) return null;
  const share = (loss: keyof Losses): number =>
    told.reduce((sum, run) => sum + run.arrivals * run.losses![loss], 0) / arrivals;
  return { late: share('late'), failed: share('failed'), wrong: share('wrong') };
}
