import type { Clause } from '../../objectives/slo.ts';
import type { ScalabilityLaw } from '../../statistics/usl.ts';
import type { ClosedRun } from './port.ts';
import type { Probe } from './probe.ts';

/** What a search for the highest rate that holds the SLO found. Rates are offered requests per second. */
export interface CapacityResult {
  /** The interval: `low` was confirmed by three probes, above `high` the SLO fails. Null where the search did not get there. */
  readonly capacity: { readonly low: number; readonly high: number } | null;
  /** Where no upper end was found, the confirmed rate that the capacity is at least. */
  readonly atLeast: number | null;
  /** What kept the search from going higher, where anything but the target did. */
  readonly ceiling: 'max-rate' | 'generator' | null;
  /** What breaks first above the capacity; empty where nothing did. */
  readonly limitedBy: readonly Limit[];
  /** The highest rate that a probe saw to hold, and the lowest that one saw to fail for certain. */
  readonly highestHeld: number | null;
  readonly lowestFailed: number | null;
  /** The most that closed loops got done, per second. */
  readonly saturation: number | null;
  readonly closed: readonly { readonly concurrency: number; readonly run: ClosedRun }[];
  /** In the order in which they were made. */
  readonly probes: readonly Probe[];
  /** An annotation: what the law says of the whole curve, from closed loops or from open ones. */
  readonly usl: { readonly law: ScalabilityLaw; readonly from: 'closed' | 'open' } | null;
  /** What a reader must know, in sentences. */
  readonly notes: readonly string[];
  readonly interrupted: boolean;
  /** Counted requests of all open-loop runs. */
  readonly arrivals: number;
  /** How long the search took, with warm-ups and drains. */
  readonly elapsedSeconds: number;
}

export type LimitKind = 'latency' | 'errors' | 'quality' | 'cost' | 'schedule' | 'backlog';

export interface Limit {
  readonly kind: LimitKind;
  /** The clause that breaks; null for schedule and backlog, which break whatever the SLO says. */
  readonly clause: Clause | null;
}
