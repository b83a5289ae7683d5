import { z } from 'zod';

const number = z.coerce.number();

/** How drills are judged, whatever they break. */
export const drillOptions = z.strictObject({
  availability: number
    .gt(0)
    .lt(1)
    .default(0.999)
    .describe('Share of questions that are promised a real answer: what is left over is the error budget.'),
  budgetDays: number.gt(0).default(30).describe('Days that the error budget is for.'),
  timeoutMs: number.gt(0).default(10_000).describe('Patience with one question of a drill; then it is lost.'),
});
