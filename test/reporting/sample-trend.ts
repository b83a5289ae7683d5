import { sha256 } from '../../src/kernel/digest.ts';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import type { TrendSeries } from '../../src/reporting/trend.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 12, 2);

export interface TrendOptions {
  readonly nights?: number;
  /** The night from which it ran on another machine. */
  readonly change?: number;
}

/** Nights that never were: seeded series around given values, on two machines. */
export function sampleTrend({ nights = 40, change = 17 }: TrendOptions = {}): TrendSeries[] {
  const random = seededRandom(23);
  const make = (
    name: string,
    unit: string,
    shape: { value: number; sd: number; last?: number },
  ): TrendSeries => ({
    name,
    unit,
    points: Array.from({ length: nights }, (_, night) => {
      const slower = unit === 'ms' && night >= change ? 0.82 : 1;
      const last = night === nights - 1 ? (shape.last ?? 1) : 1;
      const value = shape.value * slower * last * (1 + shape.sd * normal(random));
      const missing = night === 9 && name === 'p95';
      return {
        at: new Date(START + night * DAY).toISOString(),
        value: missing ? null : value,
        low: missing || name === 'goodput' ? null : value * (1 - 2 * shape.sd),
        high: missing || name === 'goodput' ? null : value * (1 + 2 * shape.sd),
        fingerprint: sha256(night < change ? 'old machine' : 'new machine'),
        id: `night-${night}`,
      };
    }),
  });
  return [
    make('right', 'share', { value: 0.79, sd: 0.006 }),
    make('ndcg@10', 'score', { value: 0.812, sd: 0.003, last: 0.97 }),
    make('p50', 'ms', { value: 12.4, sd: 0.03 }),
    make('p95', 'ms', { value: 41, sd: 0.07, last: 1.5 }),
    make('goodput', 'per second', { value: 71, sd: 0.02 }),
    make('<b>|mine', 'usd', { value: 0.0011, sd: 0.01 }),
  ];
}
