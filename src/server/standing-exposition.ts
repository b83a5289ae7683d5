import type { Clock } from '../kernel/clock.ts';
import type { ExpositionFormat } from '../telemetry/openmetrics.ts';

/** All metrics as text. */
export type Exposition = (format: ExpositionFormat) => Promise<string>;

/** One reading of all metrics. Of two, the one with the higher number is the later one. */
export interface Reading {
  readonly number: number;
  readonly text: string;
}

/** Milliseconds for which a reading stands: whoever scrapes each second or less often gets numbers no older than that. */
export const STANDS_MS = 100;

/**
 * A reading that whoever asks within the next tenth of a second gets too, and whoever asks while it is made: a thousand scrapes a
 * second must not cost a thousand readings. No two readings of a format are made at once, so that nobody is given an earlier
 * one than somebody before him: a counter would seem to fall. One that fails does not stand.
 */
export function standingReadings(
  read: Exposition,
  clock: Pick<Clock, 'now'>,
): (format: ExpositionFormat) => Promise<Reading> {
  const standing = new Map<
    ExpositionFormat,
    { readonly since: number; readonly made: Promise<Reading>; isOver: boolean }
  >();
  let readings = 0;
  return (format) => {
    const last = standing.get(format);
    if (last !== undefined && !(last.isOver && clock.now() - last.since >= STANDS_MS)) return last.made;
    readings += 1;
    const number = readings;
    const made = read(format).then((text) => ({ number, text }));
    const one = { since: clock.now(), made, isOver: false };
    standing.set(format, one);
    made.then(
      () => {
        one.isOver = true;
      },
      () => standing.delete(format),
    );
    return made;
  };
}

/** The same, for whoever wants the text alone. */
export function standingExposition(read: Exposition, clock: Pick<Clock, 'now'>): Exposition {
  const reading = standingReadings(read, clock);
  return async (format) => (await reading(format)).text;
}
