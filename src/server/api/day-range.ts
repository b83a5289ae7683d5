import { z } from 'zod';
import { dayOf } from '../analytics/fact.ts';
import type { DayRange } from '../analytics/store-reads.ts';

const MOST_LISTED = 1000;
const USUAL_DAYS = 7;
const USUAL_LISTED = 50;

const whole = (most: number, what: string) => {
  const error = `must be a whole number from 1 to ${most}${what}`;
  return z.coerce.number({ error }).int({ error }).min(1, { error }).max(most, { error });
};

/** `days` of a query string: no more than are kept. */
export const daysField = (retentionDays: number) =>
  whole(retentionDays, ' (analytics.retentionDays)').default(Math.min(USUAL_DAYS, retentionDays));

/** `limit` of a query string: the length of lists. */
export const limitField = () => whole(MOST_LISTED, '').default(USUAL_LISTED);

/** So many days, up to today (UTC). */
export function lastDays(days: number, now: number): DayRange {
  const to = dayOf(now);
  return { from: to - days + 1, to };
}
