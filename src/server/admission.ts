import type { Clock } from '../kernel/clock.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { Random } from '../kernel/random.ts';
import { milliseconds } from '../kernel/units.ts';
import { HoldTimes } from './hold-times.ts';
import { Overload } from './overload.ts';
import { Refusal } from './problem.ts';

export interface AdmissionLimits {
  /** Places: so much work is done at once. */
  readonly concurrent: number;
  /** So many wait for a place, at most. */
  readonly queued: number;
  /** So long, in milliseconds; undefined is for as long as it takes. */
  readonly maxWaitMs: number | undefined;
  /** When a queue is too old to grow (`Overload`); undefined is never. */
  readonly age?: { readonly targetMs: number; readonly intervalMs: number } | undefined;
}

/**
 * `queue_full`: so many wait already. `queue_age`: who waits has waited for too long already. `queue_wait`: no turn came in time.
 * `deadline`: the answer would come too late for its caller. `draining`: the service is going down.
 */
export const REFUSED_FOR = ['queue_full', 'queue_age', 'queue_wait', 'deadline', 'draining'] as const;
export type RefusedFor = (typeof REFUSED_FOR)[number];

export interface AdmissionSetting {
  readonly limits: AdmissionLimits;
  readonly clock: Clock;
  /** Spreads the moments at which refused callers come again. */
  readonly random: Random;
  /** Of one that is given a place. */
  readonly onAdmitted?: (waitedMs: number) => void;
  readonly onRefused?: (reason: RefusedFor) => void;
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
  readonly since: number;
  admit(): void;
  refuse(reason: RefusedFor): void;
}

/** What a refused caller is told to wait at least and at most, in seconds, before what spreads the callers is added. */
const RETRY_SECONDS = { least: 1, most: 30 };

/**
 * Lets in so much work at once, and so many wait, first come, first served. Past that, past the longest wait, when the queue
 * is too old, or when its caller would not have it in time any more, work is refused with a `Refusal`, which says when to come
 * again: refusing at once costs both sides least.
 *
 * First in, first out, also under overload: since a queue that is too old takes nobody in, those who wait in it are served within
 * its target, and the order in which they are matters little. Last in, first out would answer the newest a little sooner, and
 * let the oldest, who have waited most, wait for nothing.
 */
export class Admission {
  readonly #setting: AdmissionSetting;
  readonly #waiters = new Set<Waiter>();
  readonly #held = new HoldTimes();
  readonly #overload: Overload | undefined;
  readonly #refused: Record<RefusedFor, number> = {
    queue_full: 0,
    queue_age: 0,
    queue_wait: 0,
    deadline: 0,
    draining: 0,
  };
  #running = 0;
  #closed = false;

  constructor(setting: AdmissionSetting) {
    this.#setting = setting;
    const { age } = setting.limits;
    this.#overload = age && new Overload(age);
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** How long the one whose turn is next has waited, in milliseconds; 0 where nobody waits. */
  get headAgeMs(): number {
    const [head] = this.#waiters;
    return head === undefined ? 0 : this.#setting.clock.now() - head.since;
  }

  /** Whether the queue is too old to grow. */
  get overloaded(): boolean {
    return this.#watchAge();
  }

  /** How many were refused since the start. */
  get refused(): Readonly<Record<RefusedFor, number>> {
    return this.#refused;
  }

  /**
   * Resolves once there is a place. Rejects with a `Refusal`, or with `query.aborted` when the signal aborts first. `withinMs`:
   * the time, from now, after which the caller has no use for what is done in the place. Who need not wait is let in however
   * short that is: what needs no time may still be of use.
   */
  async enter(signal: AbortSignal, withinMs: number = Number.POSITIVE_INFINITY): Promise<Place> {
    const { limits, clock } = this.#setting;
    const start = clock.now();
    if (signal.aborted) throw this.#withdrawn(signal);
    if (this.#closed) throw this.#refusal('draining');
    if (this.#running >= limits.concurrent) {
      const against = this.#against(withinMs);
      if (against !== undefined) throw this.#refusal(against);
      await this.#wait(signal, withinMs);
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

  /** What speaks against one more who waits. */
  #against(withinMs: number): RefusedFor | undefined {
    const { limits } = this.#setting;
    const expectedMs = this.#expectedWaitMs();
    if (this.#waiters.size >= limits.queued) return 'queue_full';
    if (expectedMs + this.#held.leastMs > withinMs) return 'deadline';
    const isTooOld =
      Math.max(this.headAgeMs, expectedMs) > (limits.age?.targetMs ?? Number.POSITIVE_INFINITY);
    if (!this.#watchAge() || !isTooOld) return undefined;
    this.#overload?.shed(this.#setting.clock.now());
    return 'queue_age';
  }

  #watchAge(): boolean {
    const [head] = this.#waiters;
    return this.#overload?.watch(this.#setting.clock.now(), head?.since) ?? false;
  }

  /** Who admits a waiter has taken the place for it: so nobody else can take it before the waiter goes on. */
  #wait(signal: AbortSignal, withinMs: number): Promise<void> {
    const { limits, clock } = this.#setting;
    // What is left at its turn must do for the quickest work at least.
    const usefulMs = Math.max(0, withinMs - this.#held.leastMs);
    const patienceMs = Math.min(limits.maxWaitMs ?? Number.POSITIVE_INFINITY, usefulMs);
    return new Promise((resolve, reject) => {
      const waking = new AbortController();
      const settle = (action: () => void): void => {
        if (!this.#waiters.has(waiter)) return; // settled already
        signal.removeEventListener('abort', leave);
        waking.abort();
        this.#watchAge();
        this.#waiters.delete(waiter);
        this.#watchAge();
        action();
      };
      const leave = (): void => settle(() => reject(this.#withdrawn(signal)));
      const waiter: Waiter = {
        since: clock.now(),
        admit: () => settle(resolve),
        refuse: (reason) => settle(() => reject(this.#refusal(reason))),
      };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', leave, { once: true });
      if (patienceMs === Number.POSITIVE_INFINITY) return;
      clock.sleep(milliseconds(patienceMs), waking.signal).then(
        () => waiter.refuse(usefulMs <= patienceMs ? 'deadline' : 'queue_wait'),
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
        this.#held.add(clock.now() - start);
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

  #refusal(reason: RefusedFor): Refusal {
    this.#refused[reason] += 1;
    this.#setting.onRefused?.(reason);
    const seconds = this.#retrySeconds();
    const { concurrent, queued, maxWaitMs } = this.#setting.limits;
    switch (reason) {
      case 'draining':
        return new Refusal('engine.closed', 'The service is shutting down', seconds);
      case 'queue_full':
        return busy(`${concurrent} at once is its limit, and ${queued} wait already`, seconds);
      case 'queue_age':
        return busy('those who wait have waited for too long already', seconds);
      case 'queue_wait':
        return busy(`no turn came within ${maxWaitMs} ms`, seconds);
      case 'deadline':
        return busy('the answer would come after the time that the request allows', seconds);
    }
  }

  /** How long one who comes now would wait, by how long places were held of late. */
  #expectedWaitMs(): number {
    return (this.#held.meanMs * (this.#waiters.size + 1)) / this.#setting.limits.concurrent;
  }

  /**
   * When those who wait now will have had their turns, and up to as long again and a second: callers who were refused together must
   * not come back together.
   */
  #retrySeconds(): number {
    const seconds = Math.ceil(this.#expectedWaitMs() / 1000);
    const base = Math.min(RETRY_SECONDS.most, Math.max(RETRY_SECONDS.least, seconds));
    return base + this.#setting.random.integer(base + 2);
  }
}

function busy(why: string, seconds: number): Refusal {
  return new Refusal('engine.overloaded', `The service is busy: ${why}`, seconds);
}
