export const HEALTH_STATES = ['healthy', 'degraded', 'unhealthy'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** What the health of a service is made of. */
export const COMPONENTS = ['store', 'index', 'embedder', 'generator', 'cache', 'disk'] as const;
export type ComponentName = (typeof COMPONENTS)[number];

export type Detail = string | number | boolean | null;

/** One part of the service, as `/health` shows it. */
export interface ComponentHealth {
  readonly status: HealthState;
  /** Mean of the latest calls, in milliseconds; null before the first. */
  readonly response_ms: number | null;
  readonly calls: number;
  /** Those of them that failed. */
  readonly errors: number;
  /** When it was last called or tried, ISO 8601; null where it never was. */
  readonly last_check: string | null;
  readonly details: Readonly<Record<string, Detail>>;
}

export type Components = Readonly<Partial<Record<ComponentName, ComponentHealth>>>;

/** The worst of them; healthy for none. */
export function worstOf(states: readonly HealthState[]): HealthState {
  return HEALTH_STATES[Math.max(0, ...states.map((state) => HEALTH_STATES.indexOf(state)))]!;
}

/** What this process has to say of itself. Plain data: it crosses from one process to another. */
export interface HealthReport {
  readonly status: HealthState | 'draining';
  /** Whether it should be asked. */
  readonly ready: boolean;
  /** Why it is not healthy; empty where it is. */
  readonly reasons: readonly string[];
  readonly queue: {
    readonly running: number;
    readonly waiting: number;
    /** Milliseconds that the one whose turn is next has waited. */
    readonly head_age_ms: number;
    /** New questions are refused, because the queue is too old. */
    readonly overloaded: boolean;
    /** Since the start, by why. */
    readonly refused: Readonly<Record<string, number>>;
  };
  readonly components: Components;
}
