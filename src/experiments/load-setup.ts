import type { ArrivalSchedule } from '../load/arrivals.ts';
import type { QuestionOrder } from '../load/question-order.ts';
import type { Shape } from '../load/shapes.ts';
import { bustsCaches } from '../load/targets/http/http-target.ts';
import type { Slo } from '../objectives/slo.ts';
import type { RunSetup, TargetSetup } from './setup.ts';

/** What load is sent. Times are milliseconds, rates per second. */
export type LoadShape =
  /** One phase a rate; more than one shows how quality and latency change with the load. */
  | { readonly loop: 'open'; readonly rates: readonly number[]; readonly duration: number }
  | { readonly loop: 'shape'; readonly shape: Shape; readonly duration: number }
  | { readonly loop: 'replay'; readonly schedule: ArrivalSchedule; readonly source: string }
  | {
      readonly loop: 'closed';
      readonly concurrencies: readonly number[];
      readonly duration: number;
      readonly thinkTimeMs: number;
    };

/** How requests are sent and judged, whatever their number. Times are milliseconds. */
export interface LoadRules {
  readonly arrivals: 'poisson' | 'constant';
  /** By default passes over all questions, or Zipf where the target's caches are its own affair. */
  readonly order?: QuestionOrder | undefined;
  readonly warmup: number;
  readonly timeout: number;
  readonly deadline: number;
  readonly firstTokenDeadline?: number | undefined;
  /** By default worked out from rate and timeout. */
  readonly maxInFlight?: number | undefined;
  /** A ceiling for what is offered, in requests per second: there is one beyond this machine. */
  readonly maxRate?: number | undefined;
  readonly maxRequests?: number | undefined;
  readonly maxCostUsd?: number | undefined;
  readonly slo?: Slo | undefined;
  /** Of the requests: those that begin a trace. */
  readonly traceShare?: number | undefined;
}

export interface LoadSetup extends RunSetup {
  readonly target: TargetSetup;
  readonly rules: LoadRules;
}

/** Requests that are all unlike no cache knows; otherwise the target's caches are its own affair, and in the figures. */
export function cacheModeOf({ target }: Pick<LoadSetup, 'target'>): 'uncached' | 'as-configured' {
  return target.kind === 'http' && bustsCaches(target.description) ? 'uncached' : 'as-configured';
}

/** Everything that is in flight within a timeout twice over, within reason: a cap that only a target in trouble meets. */
export function inFlightCap({ maxInFlight, timeout }: LoadRules, rate: number): number {
  return maxInFlight ?? Math.ceil(Math.min(10_000, Math.max(1024, (2 * rate * timeout) / 1000)));
}
