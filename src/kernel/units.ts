/**
 * Numbers that know their unit. A branded number is a plain number at run time; the brand only stops a rate from
 * being passed where a duration is meant.
 */
declare const unit: unique symbol;

export type Branded<T, U extends string> = T & { readonly [unit]: U };

/** A duration, or a point on a monotonic clock, in milliseconds. */
export type Milliseconds = Branded<number, 'ms'>;

/** Events per second. */
export type RatePerSecond = Branded<number, '1/s'>;

export const milliseconds = (value: number): Milliseconds => value as Milliseconds;

export const ratePerSecond = (value: number): RatePerSecond => value as RatePerSecond;
