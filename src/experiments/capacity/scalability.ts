import { fitScalability, type Throughput } from '../../statistics/usl.ts';
import { isValid, type Probe } from './probe.ts';
import type { CapacityResult } from './result.ts';

/**
 * The Universal Scalability Law over the closed loops, or, where those stopped growing before there were six, over the
 * open ones that were in a steady state. The two are not mixed: in an open loop the load is an average of what
 * comes and goes, in a closed one it is fixed.
 */
export function scalabilityOf(
  closed: CapacityResult['closed'],
  probes: readonly Probe[],
): CapacityResult['usl'] {
  const ofClosed = closed.map(({ run }) => ({ load: run.inFlight, perSecond: run.throughput }));
  const byClosed = fitScalability(ofClosed);
  if (byClosed !== null) return { law: byClosed, from: 'closed' };
  const ofOpen = probes.flatMap(({ runs }) =>
    runs.flatMap((run): Throughput[] =>
      isValid(run) && run.inFlight !== null && run.trend?.rising !== true
        ? [{ load: run.inFlight, perSecond: run.endedPerSecond }]
        : [],
    ),
  );
  const byOpen = fitScalability(ofOpen);
  return byOpen === null ? null : { law: byOpen, from: 'open' };
}
