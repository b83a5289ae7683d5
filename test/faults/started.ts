import { createFaultInjector, type FaultInjector, type InjectorOptions } from '../../src/faults/injector.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { faultsOf } from './reading.ts';

export interface Started {
  readonly injector: FaultInjector;
  readonly clock: ManualClock;
}

/** An injector on a clock that is turned by hand, started at its 0. */
export function started(
  faults: string,
  {
    seed = 1,
    start = true,
    onInjected,
  }: { seed?: number; start?: boolean; onInjected?: NonNullable<InjectorOptions['onInjected']> } = {},
): Started {
  const clock = new ManualClock();
  const injector = createFaultInjector({
    faults: faultsOf(faults),
    permit: 'test',
    clock,
    random: seededRandom(seed),
    ...(onInjected && { onInjected }),
  });
  if (start) injector.start();
  return { injector, clock };
}
