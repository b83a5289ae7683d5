import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Customer, WorkerQueue } from '../../../bench/load/servers/worker-queue.ts';

/** Time that only moves from one appointment to the next. */
class SimulatedTime {
  now = 0;
  #waiting: { at: number; action: () => void }[] = [];

  at(moment: number, action: () => void): void {
    this.#waiting.push({ at: moment, action });
    this.#waiting.sort((a, b) => a.at - b.at);
  }

  run(until = Number.POSITIVE_INFINITY): void {
    while (this.#waiting.length > 0 && this.#waiting[0]!.at <= until) {
      const { at, action } = this.#waiting.shift()!;
      this.now = at;
      action();
    }
  }
}

interface Arrival {
  readonly at: number;
  readonly service: number;
}

/** When each customer is served, in the order of arrival; NaN for who never is. */
function departures(
  workers: number,
  arrivals: readonly Arrival[],
  leave: ReadonlyMap<number, number> = new Map(),
) {
  const time = new SimulatedTime();
  const services = arrivals.map(({ service }) => service);
  const queue = new WorkerQueue({ workers, service: () => services.shift()!, timer: time });
  const served = new Array<number>(arrivals.length).fill(Number.NaN);
  arrivals.forEach(({ at }, nth) => {
    time.at(at, () => {
      const customer: Customer = {
        left: false,
        served: () => {
          served[nth] = time.now;
        },
      };
      const leaves = leave.get(nth);
      if (leaves !== undefined) {
        time.at(leaves, () => {
          customer.left = true;
        });
      }
      queue.arrive(customer, at);
    });
  });
  time.run();
  return served;
}

describe('a queue before workers', () => {
  it('serves in the order of arrival, by whoever is free first', () => {
    const arrivals = [0, 1, 2, 3].map((at) => ({ at, service: 10 }));
    expect(departures(1, arrivals)).toEqual([10, 20, 30, 40]);
    expect(departures(2, arrivals)).toEqual([10, 11, 20, 21]);
    expect(departures(4, arrivals)).toEqual([10, 11, 12, 13]);
  });

  it('keeps the recursion of Kiefer and Wolfowitz: each begins when it has come and a worker is free', () => {
    const arrival = fc.record({
      gap: fc.double({ min: 0, max: 20, noNaN: true }),
      service: fc.double({ min: 0.1, max: 40, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(arrival, { minLength: 1, maxLength: 60 }),
        (workers, steps) => {
          let at = 0;
          const arrivals = steps.map(({ gap, service }) => {
            at += gap + 1e-6;
            return { at, service };
          });
          const free = new Array<number>(workers).fill(0);
          const expected = arrivals.map((one) => {
            const worker = free.indexOf(Math.min(...free));
            free[worker] = Math.max(free[worker]!, one.at) + one.service;
            return free[worker]!;
          });
          const found = departures(workers, arrivals);
          found.forEach((departure, nth) => {
            expect(departure).toBeCloseTo(expected[nth]!, 6);
          });
        },
      ),
    );
  });

  it('does no work for those who have left the line', () => {
    const arrivals = [0, 1, 2].map((at) => ({ at, service: 10 }));
    expect(departures(1, arrivals, new Map([[1, 5]]))).toEqual([10, Number.NaN, 20]);
  });

  it('finishes what it has begun, for nobody', () => {
    const arrivals = [0, 1].map((at) => ({ at, service: 10 }));
    expect(departures(1, arrivals, new Map([[0, 5]]))).toEqual([Number.NaN, 20]);
  });

  it('begins a service when the one before was to end, however late the timer is', () => {
    const late: (() => void)[] = [];
    const times: number[] = [];
    const queue = new WorkerQueue({
      workers: 1,
      service: () => 10,
      timer: {
        at: (moment, action) => {
          times.push(moment);
          late.push(action);
        },
      },
    });
    for (const at of [0, 1]) queue.arrive({ left: false, served: () => undefined }, at);
    late.shift()!(); // at 13, say
    expect(times).toEqual([10, 20]);
  });
});
