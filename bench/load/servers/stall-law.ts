/** A server that stands still at the end of each cycle, and else answers after a constant time. Milliseconds. */
export interface StallLaw {
  readonly cycle: number;
  /** How long it stands still. */
  readonly stall: number;
  /** From a request to its answer, while it does not. */
  readonly service: number;
}

/** Stands still for 500 ms of every 3 s, else answers in 10 ms. */
export const STALL_LAW: StallLaw = { cycle: 3000, stall: 500, service: 10 };

/**
 * The latency of a request that comes `since` milliseconds after a cycle began: who comes while the server stands still
 * waits until it goes on, and then as long as anybody else.
 */
export function lawfulLatency({ cycle, stall, service }: StallLaw, since: number): number {
  const within = ((since % cycle) + cycle) % cycle;
  return within < cycle - stall ? service : cycle - within + service;
}

/** The quantile of the latency of requests that are spread evenly over time. */
export function lawfulQuantile({ cycle, stall, service }: StallLaw, p: number): number {
  return service + Math.max(0, stall - (1 - p) * cycle);
}
