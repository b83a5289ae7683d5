import type { Arm, BlockFigures, BlockOrder, LiveArm } from '../../../src/experiments/paired/port.ts';
import type { ManualClock } from '../../../src/kernel/clock.ts';

export interface Simulation {
  readonly clock: ManualClock;
  /** Every order that any arm was given, as it was given. */
  readonly orders: { readonly arm: string; readonly launch: number; readonly order: BlockOrder }[];
  /** Arms that are open now. */
  readonly open: Set<string>;
}

export interface ArmBehaviour {
  readonly launchMs?: number;
  /** Factor on how long a block takes. */
  readonly slower?: number;
  readonly failsLaunch?: (launch: number) => boolean;
  readonly failsBlock?: (nth: number) => boolean;
  /** Milliseconds of one question, of a slow target. */
  readonly answerMs?: number;
}

/** An arm that moves a clock instead of waiting, and keeps the contract of the port: an abort rejects. */
export function simulatedArm(name: string, simulation: Simulation, behaviour: ArmBehaviour = {}): Arm {
  const { clock, orders, open } = simulation;
  const { launchMs = 0, slower = 1, failsLaunch, failsBlock, answerMs = 10 } = behaviour;
  let launches = 0;
  let blocks = 0;
  return {
    name,
    launch: async (signal): Promise<LiveArm> => {
      const launch = launches++;
      await clock.advance(launchMs);
      signal?.throwIfAborted();
      if (failsLaunch?.(launch)) throw new Error('no such program');
      if (open.has(name)) throw new Error(`${name} is open already`);
      open.add(name);
      return {
        block: async (order, stop) => {
          stop?.throwIfAborted();
          orders.push({ arm: name, launch, order });
          const nth = blocks++;
          const startedAtEpochMs = clock.epoch();
          const takes = order.question === undefined ? order.seconds * 1000 * slower : answerMs * slower;
          await clock.advance(takes);
          stop?.throwIfAborted();
          if (failsBlock?.(nth)) throw new Error('it fell over');
          return figures({ order, startedAtEpochMs, latency: 10 * slower, answerMs: answerMs * slower });
        },
        close: async () => {
          open.delete(name);
        },
      };
    },
  };
}

function figures({
  order,
  startedAtEpochMs,
  latency,
  answerMs,
}: {
  order: BlockOrder;
  startedAtEpochMs: number;
  latency: number;
  answerMs: number;
}): BlockFigures {
  const users = order.users ?? 1;
  // Two users are served at once; more only wait.
  const throughput = order.rate ?? (1000 / answerMs) * Math.min(users, 2);
  return {
    startedAtEpochMs,
    seconds: order.seconds,
    offeredRate: order.rate,
    arrivals: order.question === undefined ? Math.round(throughput * order.seconds) : 1,
    indicators: { p50: latency, throughput, 'cost-per-query': 0.002 },
    stagesMs: {},
    valid: true,
    invalidReasons: [],
  };
}
