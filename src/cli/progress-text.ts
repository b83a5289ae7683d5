import type { ExperimentEvent } from '../experiments/events.ts';
import { count, significant } from '../reporting/format.ts';

export type Progressed = Extract<ExperimentEvent, { type: 'part.progress' }>;

/** A bar of `width` cells, `share` of it filled. */
export function barOf(share: number, width: number): readonly [filled: string, rest: string] {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return ['━'.repeat(filled), '─'.repeat(width - filled)];
}

/** Seconds as one waits for them: 18 s, 3 min 20 s. */
export function seconds(value: number): string {
  const whole = Math.max(0, Math.ceil(value));
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export interface Estimate {
  readonly perSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

/** How fast something counts up, from the first report on it. */
export class Pace {
  #key = '';
  #first = { done: 0, at: 0 };
  #done = 0;

  update({ name, unit, done, total }: Progressed, now: number): Estimate {
    const key = `${name}/${unit}`;
    // Another thing is being counted, or the same one from the start.
    if (key !== this.#key || done < this.#done) {
      this.#key = key;
      this.#first = { done, at: now };
    }
    this.#done = done;
    if (unit === 'seconds') {
      return { perSecond: undefined, secondsLeft: total === undefined ? undefined : total - done };
    }
    const elapsed = (now - this.#first.at) / 1000;
    const counted = done - this.#first.done;
    if (elapsed < 0.5 || counted <= 0) return { perSecond: undefined, secondsLeft: undefined };
    const perSecond = counted / elapsed;
    return { perSecond, secondsLeft: total === undefined ? undefined : (total - done) / perSecond };
  }
}

/** "1 200/5 183 documents · 310/s · 13 s left · read" */
export function describeProgress({ done, total, unit, detail }: Progressed, estimate: Estimate): string {
  const { perSecond, secondsLeft } = estimate;
  const of = total === undefined ? '' : `/${count(total)}`;
  return [
    unit === 'seconds' ? undefined : `${count(done)}${of} ${unit}`,
    perSecond === undefined ? undefined : `${significant(perSecond)}/s`,
    secondsLeft === undefined ? undefined : `${seconds(secondsLeft)} left`,
    detail,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}
