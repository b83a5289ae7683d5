/**
 * The parts of a request's latency beside the target's own stages. With those they make up the whole of it:
 * lag + queue + stages + outside = end − due.
 */

/** sent − due: the generator's own, not the target's. */
export const LAG = 'lag';

/** The wait for a turn, as the target tells it: a column beside those of its stages. */
export const QUEUE = 'queue';

/** What neither the generator nor the target accounts for: network, HTTP, gaps, and the queue of a target that does not tell it. */
export const OUTSIDE = 'outside';

/** In records of earlier versions, lag, queue and outside together. */
export const WAITING = 'waiting';
