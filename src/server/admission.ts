import type { Clock } from '../kernel/clock.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { milliseconds } from '../kernel/units.ts';
import type { RefusalReason } from '../telemetry/catalogue.ts';
import { Refusal } from './problem.ts';

export interface AdmissionLimits {
  /** Places: so much work is done at once. */
  readonly concurrent: number;
  /** So many wait for a place, at most. */
  readonly queued: number;
  /** So long, in milliseconds; undefined is for as long as it takes. */
  readonly maxWaitMs: number | undefined;
}

export interface AdmissionSetting {
  readonly limits: AdmissionLimits;
  readonly clock: Clock;
  /** Of one that is given a place. */
  readonly onAdmitted?: (waitedMs: number) => void;
  readonly onRefused?: (reason: RefusalReason) => void;
  /** Of one that leaves before it has a place. */
  readonly onWithdrawn?: () => void;
}

/** A place that work has. */
export interface Place {
  /** From the call to `enter`, in milliseconds. */
  readonly waitedMs: number;
  /** Gives it to the next. Calling it again does nothing. */
  leave(): void;
}

interface Waiter {
  admit(): void;
  refuse(reason: RefusalReason): void;
}

/** What a refused caller is told to wait at least and at most, in seconds. */
const RETRY_SECONDS = { least: 1, most: 30 };
/** Weight of the newest in the running mean of how long a place is held. */
const NEWEST = 0.2;

/**
 * Lets in so much work at once, and so many wait, first come, first served. Past that, or past the longest wait, work is
 * refused with a `Refusal`, which says when to come again: refusing at once costs both sides least.
 */
export class Admission {
  readonly #setting: AdmissionSetting;
  readonly #waiters = new Set<Waiter>();
  #running = 0;
  #heldMs = 0;
  #closed = false;

  constructor(setting: AdmissionSetting) {
    this.#setting = setting;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** Resolves once there is a place. Rejects with a `Refusal`, or with `query.aborted` when the signal aborts first. */
  async enter(signal: AbortSignal): Promise<Place> {
    const { limits, clock } = this.#setting;
    const start = clock.now();
    if (signal.aborted) throw this.#withdrawn(signal);
    if (this.#closed) throw this.#refusal('draining');
    if (this.#running >= limits.concurrent) {
      if (this.#waiters.size >= limits.queued) throw this.#refusal('queue_full');
      await this.#wait(signal);
    } else {
      this.#running += 1;
    }
    const waitedMs = clock.now() - start;
    this.#setting.onAdmitted?.(waitedMs);
    return this.#place(waitedMs);
  }

  /** Turns away those who wait, and whoever comes from now on. Those who have a place keep it. */
  close(): void {
    this.#closed = true;
    for (const waiter of [...this.#waiters]) waiter.refuse('draining');
  }

  /** Who admits a waiter has taken the place for it: so nobody else can take it before the waiter goes on. */
  #wait(signal: AbortSignal): Promise<void> {
    const { limits, clock } = this.#setting;
    return new Promise((resolve, reject) => {
      const waking = new AbortController();
      const settle = (action: () => void): void => {
        if (!this.#waiters.delete(waiter)) return; // settled already
        signal.removeEventListener('abort', leave);
        waking.abort();
        action();
      };
      const leave = (): void => settle(() => reject(this.#withdrawn(signal)));
      const waiter: Waiter = {
        admit: () => settle(resolve),
        refuse: (reason) => settle(() => reject(this.#refusal(reason))),
      };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', leave, { once: true });
      if (limits.maxWaitMs === undefined) return;
      clock.sleep(milliseconds(limits.maxWaitMs), waking.signal).then(
        () => waiter.refuse('queue_wait'),
        () => undefined, // the wait was over before
      );
    });
  }

  #place(waitedMs: number): Place {
    const { clock } = this.#setting;
    const start = clock.now();
    let left = false;
    return {
      waitedMs,
      leave: () => {
        if (left) return;
        left = true;
        this.#heldMs += NEWEST * (clock.now() - start - this.#heldMs);
        this.#pass();
      },
    };
  }

  #pass(): void {
    const [next] = this.#waiters;
    if (next === undefined) this.#running -= 1;
    else next.admit();
  }

  #withdrawn(signal: AbortSignal): GroundspeedError {
    this.#setting.onWithdrawn?.();
    return new GroundspeedError('query.aborted', 'The request was withdrawn before its turn came', {
      cause: signal.reason,
    });
  }

  #refusal(reason: RefusalReason): Refusal {
    this.#setting.onRefused?.(reason);
    const seconds = this.#secondsUntilFree();
    if (reason === 'draining') return new Refusal('engine.closed', 'The service is shutting down', seconds);
    const { concurrent, queued, maxWaitMs } = this.#setting.limits;
    const message =
      reason === 'queue_full'
        ? `The service is busy: ${concurrent} at once is its limit, and ${queued} wait already`
        : `The service is busy: no turn came within ${maxWaitMs} ms`;
    return new Refusal('engine.overloaded', message, seconds);
  }

  /** By how long places were held of late: when those who wait now will have had theirs. */
  #secondsUntilFree(): number {
    const { concurrent } = this.#setting.limits;
    const seconds = Math.ceil((this.#heldMs * (this.#waiters.size + 1)) / concurrent / 1000);
    return Math.min(RETRY_SECONDS.most, Math.max(RETRY_SECONDS.least, seconds));
  }
}
