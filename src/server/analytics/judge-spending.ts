/** What the model that judges live answers has cost: `judge.maxCostUsd` holds for a day (UTC). */
export interface JudgeSpending {
  /** Whether all processes of the service spend together, so that the bound holds for them as one. */
  readonly isShared: boolean;
  /** US dollars of that day (since 1970) so far. */
  spentUsd(day: number): number;
  /** Adds to those of today; resolves once it is kept, as far as it can be. */
  spend(usd: number): Promise<void>;
}

/** Of one process, for as long as it lives: where no analytics are kept. */
export function ownSpending(today: () => number): JudgeSpending {
  let spent = { day: Number.NaN, usd: 0 };
  return {
    isShared: false,
    spentUsd: (day) => (spent.day === day ? spent.usd : 0),
    async spend(usd) {
      const day = today();
      spent = { day, usd: usd + (spent.day === day ? spent.usd : 0) };
    },
  };
}
