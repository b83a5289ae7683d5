/** Milliseconds by which the machine's monotonic clock, the same for all processes, is ahead of this one's `performance.now()`. */
const ahead = (): number => Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** A moment of this process's `performance.now()`, on the machine's monotonic clock. */
export const monotonic = (moment: number): number => moment + ahead();

/** A moment of the machine's monotonic clock, on this process's `performance.now()`. */
export const fromMonotonic = (moment: number): number => moment - ahead();
