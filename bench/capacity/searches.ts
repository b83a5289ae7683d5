import type { CapacityResult } from '../../src/experiments/capacity/result.ts';
import { type CapacityOptions, findCapacity } from '../../src/experiments/capacity/search.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import type { Clause } from '../../src/objectives/slo.ts';
import { bisect } from '../../src/statistics/distributions.ts';
import { lateShare, type Queue, saturationOf } from './queues.ts';
import { type KnownTarget, simulatedPort, trueCapacity } from './target.ts';

/** What is searched for: a target, the clauses that it must hold, made anew for every search. */
export interface Setting {
  readonly name: string;
  make(random: Random): { readonly target: KnownTarget; readonly clauses: readonly Clause[] };
}

/** One search, next to the truth that it did not know. */
export interface Outcome {
  readonly truth: number;
  readonly result: CapacityResult;
}

/** Utilisation at the true capacity, drawn for each search: so no grid of rates fits the truth by chance. */
export interface Utilisations {
  readonly from: number;
  readonly to: number;
}

/** `p95 < T`, with T such that the true capacity lies at a utilisation drawn from the given ones. */
export function latencySetting(queue: Queue, { from, to }: Utilisations): Setting {
  return {
    name: queue.name,
    make(random) {
      const limit = limitAt(queue, from + (to - from) * random.next(), 0.05);
      return { target: { ...NEVER_FAILS, queue }, clauses: [p95(1000 * limit)] };
    },
  };
}

const NEVER_FAILS = { timeout: Number.POSITIVE_INFINITY, deadline: Number.POSITIVE_INFINITY, wrong: 0 };

/** One answer in ten is wrong, whatever the load; 85 % must be right and in time, and fewer than 1 % time out. */
export function jointSetting(queue: Queue, { from, to }: Utilisations): Setting {
  return {
    name: `${queue.name}, attainment and errors`,
    make(random) {
      const draw = (): number => from + (to - from) * random.next();
      const [deadline, timeout] = [limitAt(queue, draw(), 0.05), limitAt(queue, draw(), 0.01)];
      const target = { queue, wrong: 0.1, deadline: Math.min(deadline, timeout), timeout };
      return { target, clauses: [ATTAINMENT, ERRORS] };
    },
  };
}

/** The time that a share of requests exceeds at the given utilisation. */
export function limitAt(queue: Queue, utilisation: number, share: number): number {
  const rate = utilisation * saturationOf(queue);
  return bisect((limit) => share - lateShare(queue, rate, limit), 0, 400 / saturationOf(queue));
}

export const p95 = (milliseconds: number): Clause => ({
  text: `p95 < ${milliseconds.toFixed(0)}ms`,
  subject: { kind: 'quantile', of: 'latency', quantile: 0.95 },
  comparison: '<',
  bound: milliseconds,
});

const ATTAINMENT: Clause = {
  text: 'attainment >= 85.5%',
  subject: { kind: 'attainment' },
  comparison: '>=',
  // 0.9 × 0.95: the deadline's share of late answers is 5 %.
  bound: 0.855,
};

const ERRORS: Clause = { text: 'error < 1%', subject: { kind: 'error' }, comparison: '<', bound: 0.01 };

/** The search of one seed. */
export async function searchOnce(
  { name, make }: Setting,
  seed: number | string,
  options: Omit<CapacityOptions, 'clauses'> = {},
): Promise<Outcome> {
  const random = seededRandom(`${seed}`).fork(name);
  const { target, clauses } = make(random.fork('setting'));
  const result = await findCapacity(simulatedPort(target, random.fork('runs')), { clauses, ...options });
  return { truth: trueCapacity(target, clauses), result };
}
