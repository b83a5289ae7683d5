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
  /** A block that never ends, whatever it is told; nor does the arm then close. */
  readonly hangsBlock?: (nth: number) => boolean;
  /** US dollars of an answer; null where it does not tell. */
  readonly costUsd?: number | null;
  /** Arrivals a second that the generator in front of it can send; undefined: it is in the arm's own process. */
  readonly sendsAtMost?: number;
  /** Milliseconds of one question, of a slow target. */
  readonly answerMs?: number;
}

/** An arm that moves a clock instead of waiting, and keeps the contract of the port: an abort rejects. */
export function simulatedArm(name: string, simulation: Simulation, behaviour: ArmBehaviour = {}): Arm {
  const { clock, orders, open } = simulation;
  const { launchMs = 0, slower = 1, failsLaunch, failsBlock, hangsBlock, answerMs = 10 } = behaviour;
  const { costUsd = 0.002, sendsAtMost = Number.POSITIVE_INFINITY } = behaviour;
  let launches = 0;
  let blocks = 0;
  return {
    name,
    isRemote: behaviour.sendsAtMost !== undefined,
    launch: async (signal): Promise<LiveArm> => {
      const launch = launches++;
      await clock.advance(launchMs);
      signal?.throwIfAborted();
      if (failsLaunch?.(launch)) throw new Error('no such program');
      if (open.has(name)) throw new Error(`${name} is open already`);
      open.add(name);
      let hangs = false;
      /** Moves the clock as far as anybody waits: 96 s for a block of 3 s, 90 s for a question, 60 s for the end. */
      const forEver = async (waits: number): Promise<never> => {
        await Promise.resolve(); // whoever waits has begun to wait
        await clock.advance(waits);
        return new Promise(() => undefined);
      };
      return {
        block: async (order, stop) => {
          stop?.throwIfAborted();
          orders.push({ arm: name, launch, order });
          const nth = blocks++;
          const startedAtEpochMs = clock.epoch();
          if (hangsBlock?.(nth)) {
            hangs = true;
            return forEver(90_000 + 2000 * order.seconds);
          }
          const takes = order.question === undefined ? order.seconds * 1000 * slower : answerMs * slower;
          await clock.advance(takes);
          stop?.throwIfAborted();
          if (failsBlock?.(nth)) throw new Error('it fell over');
          const late = (order.rate ?? 0) > sendsAtMost;
          return {
            ...figures({
              order,
              startedAtEpochMs,
              latency: 10 * slower,
              answerMs: answerMs * slower,
              costUsd,
            }),
            ...(late && { valid: false, invalidReasons: ['the generator was busy 91.0 % of the time'] }),
          };
        },
        close: async () => {
          open.delete(name);
          if (hangs) await forEver(60_000);
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
  costUsd,
}: {
  order: BlockOrder;
  startedAtEpochMs: number;
  latency: number;
  answerMs: number;
  costUsd: number | null;
}): BlockFigures {
  const users = order.users ?? 1;
  // Two users are served at once; more only wait.
  const throughput = order.rate ?? (1000 / answerMs) * Math.min(users, 2);
  return {
    startedAtEpochMs,
    seconds: order.seconds,
    offeredRate: order.rate,
    arrivals: order.question === undefined ? Math.round(throughput * order.seconds) : 1,
    indicators: { p50: latency, throughput, 'cost-per-query': costUsd },
    stagesMs: {},
    valid: true,
    invalidReasons: [],
  };
}
