import type { Clock } from '../../kernel/clock.ts';
import { milliseconds } from '../../kernel/units.ts';

/** Something that is to be ended at a time, unless it has ended by itself before. */
export interface Timeout {
  /** On the clock, in milliseconds. */
  due: number;
  readonly expire: () => void;
  /** Where the timer keeps it; undefined while it does not run. */
  bucket?: Set<Timeout> | undefined;
}

/** The clock is asked to sleep no longer than this at once, so that a finished program waits no longer for it. */
const LONGEST_SLEEP_MS = 20;

/**
 * Any number of timeouts on few sleeps of the clock: starting and stopping one costs no timer of its own. One expires
 * never before it is due, and later by no more than a 32nd of its time or two milliseconds, as far as the clock's own sleeps are on time.
 */
export class SharedTimer {
  readonly #clock: Clock;
  /** By the time at which all in it expire. */
  readonly #buckets = new Map<number, Set<Timeout>>();
  #running = 0;
  /** When the timer wakes next. */
  #wakesAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Timeouts that run. */
  get running(): number {
    return this.#running;
  }

  /** Runs it until it is due. One that is due at infinity never expires. */
  start(timeout: Timeout, now: number): void {
    if (timeout.due === Number.POSITIVE_INFINITY) return;
    const end = bucketEnd(timeout.due, now);
    let bucket = this.#buckets.get(end);
    if (bucket === undefined) {
      bucket = new Set();
      this.#buckets.set(end, bucket);
    }
    bucket.add(timeout);
    timeout.bucket = bucket;
    this.#running += 1;
    this.#wakeBy(end, now);
  }

  stop(timeout: Timeout): void {
    if (timeout.bucket === undefined) return;
    timeout.bucket.delete(timeout);
    timeout.bucket = undefined;
    this.#running -= 1;
  }

  #wakeBy(end: number, now: number): void {
    const at = Math.min(end, now + LONGEST_SLEEP_MS);
    if (this.#wakesAt <= at) return;
    this.#wakesAt = at;
    void this.#clock.sleep(milliseconds(Math.max(0, at - now))).then(() => this.#wake(at));
  }

  #wake(at: number): void {
    if (this.#wakesAt === at) this.#wakesAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [end, bucket] of this.#buckets) {
      if (end <= now) {
        this.#buckets.delete(end);
        for (const timeout of bucket) {
          this.stop(timeout);
          timeout.expire();
        }
      } else if (bucket.size === 0) this.#buckets.delete(end);
      else next = Math.min(next, end);
    }
    if (next < Number.POSITIVE_INFINITY) this.#wakeBy(next, now);
  }
}

/** Buckets are the wider, the longer the time that is left: a 64th to a 32nd of it, in powers of two. */
function bucketEnd(due: number, now: number): number {
  const left = Math.min(Math.max(due - now, 0), 2 ** 30);
  const width = 1 << Math.max(0, 26 - Math.clz32(left));
  return Math.ceil(due / width) * width;
}
