import { PerformanceObserver } from 'node:perf_hooks';

/** Milliseconds that the garbage collector held up this thread. */
export interface Pauses {
  readonly total: number;
  readonly longest: number;
}

export interface CollectionWatch {
  /** Of the collections that were heard of since the last call: the runtime tells of one in the turn after it. */
  lap(): Pauses;
  stop(): void;
}

/** Watches the garbage collector of this thread; every other thread has one of its own. */
export function watchCollections(): CollectionWatch {
  let [total, longest] = [0, 0];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      total += duration;
      longest = Math.max(longest, duration);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return {
    lap() {
      const pauses = { total, longest };
      [total, longest] = [0, 0];
      return pauses;
    },
    stop: () => observer.disconnect(),
  };
}
