import type { DrillArrivals } from '../../../src/experiments/drill/arrivals.ts';
import { DEGRADATION_CODES } from '../../../src/records/columns.ts';

/** One arrival as a test says it: answered in full in 10 ms and right, unless said otherwise. */
export interface MadeArrival {
  readonly due: number;
  readonly latency?: number;
  readonly level?: (typeof DEGRADATION_CODES)[number];
  /** No answer came. */
  readonly failed?: boolean;
  readonly right?: boolean | null;
  readonly late?: boolean;
  readonly score?: number;
}

/** Arrivals, `perSecond` evenly spread over `seconds`, each as `of` has it. */
export function evenly(
  seconds: number,
  perSecond: number,
  of: (due: number) => Omit<MadeArrival, 'due'> = () => ({}),
): MadeArrival[] {
  return Array.from({ length: seconds * perSecond }, (_, index) => {
    const due = (index * 1000) / perSecond;
    return { due, ...of(due) };
  });
}

export function madeArrivals(made: readonly MadeArrival[]): DrillArrivals {
  const number = (of: (one: MadeArrival) => number) => Float64Array.from(made, of);
  const levelOf = ({ failed, level = 'none' }: MadeArrival) => (failed ? 'unknown' : level);
  const isRight = ({ failed, right = true, level }: MadeArrival): boolean | null =>
    right === null ? null : right && !failed && level !== 'canned' && level !== 'last-resort';
  const asNumber = (value: boolean | null): number => (value === null ? Number.NaN : Number(value));
  return {
    length: made.length,
    due: number(({ due }) => due),
    latency: number(({ failed, latency = 10 }) => (failed ? Number.NaN : latency)),
    available: Uint8Array.from(made, (one) => (one.failed || one.level === 'last-resort' ? 0 : 1)),
    full: Uint8Array.from(made, (one) => (!one.failed && levelOf(one) === 'none' ? 1 : 0)),
    degraded: Uint8Array.from(made, (one) => DEGRADATION_CODES.indexOf(levelOf(one))),
    right: number((one) => asNumber(isRight(one))),
    good: number((one) => asNumber(isRight(one) === null ? null : isRight(one) === true && !one.late)),
    measures: [{ name: 'ndcg@10', values: number(({ failed, score = 1 }) => (failed ? 0 : score)) }],
  };
}
