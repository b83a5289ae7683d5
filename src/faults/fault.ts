/** What can be made to fail: the ports of the engine, a service behind a proxy, this process, the disk below the store. */
export const TARGETS = [
  'embedder',
  'vectors',
  'keywords',
  'generator',
  'cache',
  'store',
  'http',
  'process',
  'disk',
] as const;
export type Target = (typeof TARGETS)[number];

/** Why a call fails, where it does. `generic` is whatever the target would say of a failure that it cannot explain. */
export const ERROR_CLASSES = [
  'generic',
  'http4xx',
  'http5xx',
  'connect',
  'dns',
  'reset',
  'busy',
  'corrupt',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** What becomes of corrupted vectors: another direction, a number that is none, one number too few. */
export const CORRUPTIONS = ['noise', 'nan', 'dimension'] as const;
export type Corruption = (typeof CORRUPTIONS)[number];

/** Time that is added, in milliseconds. Log-normal: by its median and the deviation of its logarithm. */
export type Delay =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number }
  | { readonly kind: 'uniform'; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'exponential'; readonly meanMs: number };

export type Effect =
  | { readonly kind: 'error'; readonly error: ErrorClass; readonly status: number | null }
  /** The call is never answered; it ends when its caller gives up. */
  | { readonly kind: 'timeout' }
  | { readonly kind: 'latency'; readonly delay: Delay }
  | { readonly kind: 'drip'; readonly perSecond: number; readonly unit: 'bytes' | 'tokens' }
  /** What comes back ends early, without saying so. `keep` is the share that comes. */
  | { readonly kind: 'truncate'; readonly keep: number }
  | { readonly kind: 'malformed' }
  | { readonly kind: '429'; readonly retryAfterMs: number | null }
  /** The connection is torn down in the middle of the reply. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'corrupt'; readonly how: Corruption }
  | { readonly kind: 'empty' }
  /** The calendar is wrong by so much; `monotonic`: the clock that durations are taken from jumps too. */
  | { readonly kind: 'jump'; readonly byMs: number; readonly monotonic: boolean }
  | { readonly kind: 'full' }
  | { readonly kind: 'memory'; readonly bytes: number }
  | { readonly kind: 'kill' }
  /** The process stands still: it holds its connections and answers nothing. */
  | { readonly kind: 'hang' };
export type EffectKind = Effect['kind'];

/** Fails and works by turns, from the moment at which the fault begins. */
export interface Flap {
  readonly upMs: number;
  readonly downMs: number;
  readonly first: 'up' | 'down';
}

/** One thing that goes wrong on purpose. Times are milliseconds on the run's timeline, which begins at 0. */
export interface Fault {
  readonly target: Target;
  readonly effect: Effect;
  /** Of the calls that it could hit, above 0 and up to 1. */
  readonly share: number;
  readonly flap: Flap | null;
  readonly fromMs: number;
  /** Null for a fault that lasts until the end. It is no longer active at this very moment. */
  readonly toMs: number | null;
}

/** Whether the fault is in force at a moment of the run; for `kill`, from its moment on. */
export function isActiveAt({ fromMs, toMs, flap }: Fault, ms: number): boolean {
  if (ms < fromMs || (toMs !== null && ms >= toMs)) return false;
  if (flap === null) return true;
  const into = (ms - fromMs) % (flap.upMs + flap.downMs);
  return flap.first === 'up' ? into >= flap.upMs : into < flap.downMs;
}

export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When the fault is in force, up to the end of a run: its turns, where it flaps. For a moment, from there to the end. */
export function intervalsOf({ fromMs, toMs, flap }: Fault, untilMs: number): readonly Interval[] {
  const end = Math.min(toMs ?? untilMs, untilMs);
  if (fromMs >= end) return [];
  if (flap === null) return [{ fromMs, toMs: end }];
  const intervals: Interval[] = [];
  const turn = flap.upMs + flap.downMs;
  const first = fromMs + (flap.first === 'up' ? flap.upMs : 0);
  for (let count = 0; first + count * turn < end; count += 1) {
    const start = first + count * turn;
    intervals.push({ fromMs: start, toMs: Math.min(start + flap.downMs, end) });
  }
  return intervals;
}
