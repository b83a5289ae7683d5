import type { Clock } from '../../kernel/clock.ts';
import { milliseconds } from '../../kernel/units.ts';

/** The timeline of a drill, for what happens beside the load. */
export interface Timeline {
  /** Aborts when the load is over. */
  readonly over: AbortSignal;
  /** Waits for a moment of the timeline, in milliseconds; false where the end comes first. */
  until(ms: number): Promise<boolean>;
}

/** One that begins now. */
export function timelineFrom(clock: Clock, over: AbortSignal): Timeline {
  const origin = clock.now();
  return {
    over,
    async until(ms) {
      const left = origin + ms - clock.now();
      if (over.aborted) return false;
      if (left <= 0) return true;
      return clock.sleep(milliseconds(left), over).then(
        () => true,
        (thrown: unknown) => {
          if (!over.aborted) throw thrown;
          return false;
        },
      );
    },
  };
}
