import { fixed, type Table } from '../harness/report.ts';
import { type Tallies, type Tally, writeTally } from './coverage.ts';
import type { Outcome, Outcomes } from './intervals.ts';

interface Trials {
  readonly trials: number;
  readonly of: string;
  readonly size: number;
}

/** Adds the outcomes of so many trials to the cells of a table. */
export function addTrials(tallies: Tallies, { trials, of, size }: Trials, trial: () => Outcomes): void {
  for (let index = 0; index < trials; index += 1) {
    for (const [interval, outcome] of Object.entries(trial())) {
      const cells = entryOf(
        entryOf(tallies, interval, () => new Map()),
        of,
        () => new Map<number, Tally>(),
      );
      cells.set(size, plus(cells.get(size) ?? { trials: 0, covered: 0, withheld: 0 }, outcome));
    }
  }
}

function plus({ trials, covered, withheld }: Tally, outcome: Outcome): Tally {
  return {
    trials: trials + 1,
    covered: covered + (outcome === 'covered' ? 1 : 0),
    withheld: withheld + (outcome === 'withheld' ? 1 : 0),
  };
}

function entryOf<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

export function coverageTable(caption: string, tallies: Tallies, sizes: readonly number[]): Table {
  return {
    caption,
    columns: ['interval', 'of', ...sizes.map((size) => `${fixed(size, 0)} samples`)],
    words: 2,
    rows: [...tallies].flatMap(([interval, rows]) =>
      [...rows].map(([of, cells]) => [interval, of, ...sizes.map((size) => writeTally(cells.get(size)!))]),
    ),
  };
}

export function judgeBounds(bounds: { low: number; high: number } | null, truth: number): Outcome {
  if (bounds === null) return 'withheld';
  // Bounds are averages of samples: a sum in another order must not decide where they are the truth itself.
  const slack = 1e-12 * Math.max(1, Math.abs(truth));
  return bounds.low <= truth + slack && truth - slack <= bounds.high ? 'covered' : 'missed';
}
