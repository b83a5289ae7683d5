import type { Prober } from './prober.ts';

/** A doubling of the users that adds less than this has found the most that the target can do. */
const LEAST_GAIN = 1.05;

export interface SaturationOptions {
  readonly maxConcurrency: number;
  /** Requests per second that must not be exceeded. */
  readonly maxRate: number;
}

/** The target's throughput with ever more users (1, 2, 4…) who wait for their answers: where it stops growing. */
export async function findSaturation(
  prober: Prober,
  { maxConcurrency, maxRate }: SaturationOptions,
): Promise<number> {
  let most = 0;
  for (let users = 1; users <= maxConcurrency; users *= 2) {
    const { throughput } = await prober.saturate(users);
    const before = most;
    most = Math.max(most, throughput);
    if (throughput < LEAST_GAIN * before || most >= maxRate || most === 0) break;
  }
  return most;
}
