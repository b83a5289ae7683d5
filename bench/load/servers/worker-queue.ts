/** Calls back at a moment of its own time axis. */
export interface Appointments {
  at(moment: number, action: () => void): void;
}

export interface WorkerQueueOptions {
  readonly workers: number;
  /** How long the next request takes a worker; drawn when its service begins. */
  readonly service: () => number;
  readonly timer: Appointments;
}

/** Someone who waits for a worker, or has one. */
export interface Customer {
  /** Called at the moment at which the service is over. */
  readonly served: () => void;
  /** Has left the queue; one who left while being served keeps the worker busy all the same. */
  left: boolean;
}

/**
 * Workers who serve one customer at a time, in the order of arrival: M/M/k or M/D/k when arrivals are Poisson and service
 * is exponential or constant. A service begins at the moment at which the one before was to end, not when the timer said
 * so: a late timer costs no capacity.
 */
export class WorkerQueue {
  readonly #options: WorkerQueueOptions;
  readonly #waiting: { readonly customer: Customer; readonly since: number }[] = [];
  #head = 0;
  #idle: number;

  constructor(options: WorkerQueueOptions) {
    this.#options = options;
    this.#idle = options.workers;
  }

  /** How many are waiting for a worker. */
  get length(): number {
    return this.#waiting.length - this.#head;
  }

  arrive(customer: Customer, now: number): void {
    if (this.#idle > 0) {
      this.#idle -= 1;
      this.#serve(customer, now);
    } else {
      this.#waiting.push({ customer, since: now });
    }
  }

  #serve(customer: Customer, from: number): void {
    const { timer, service } = this.#options;
    const end = from + service();
    timer.at(end, () => {
      if (!customer.left) customer.served();
      const next = this.#nextInLine();
      if (next === undefined) this.#idle += 1;
      else this.#serve(next.customer, Math.max(end, next.since));
    });
  }

  #nextInLine(): { readonly customer: Customer; readonly since: number } | undefined {
    while (this.#head < this.#waiting.length) {
      const next = this.#waiting[this.#head++]!;
      if (this.#head === this.#waiting.length) {
        this.#waiting.length = 0;
        this.#head = 0;
      }
      if (!next.customer.left) return next;
    }
    return undefined;
  }
}
