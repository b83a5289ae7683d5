import { fixed, type Table } from '../harness/report.ts';
import type { Outcome, Outcomes } from './intervals.ts';

/** Below this the tool calls an interval approximate. */
export const NOMINAL_ENOUGH = 0.93;

/** How one interval fared over many trials. */
export interface Tally {
  readonly trials: number;
  readonly covered: number;
  readonly withheld: number;
}

/** Tallies by interval, then by what it was taken of, then by size: the rows and columns of a table. */
export type Tallies = Map<string, Map<string, Map<number, Tally>>>;

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

/** `.951`; `.902, approximate`; `.94 (12 % withheld)`; a dash where none was printed. */
export function writeTally({ trials, covered, withheld }: Tally): string {
  const printed = trials - withheld;
  if (printed === 0) return '—';
  const share = covered / printed;
  const mark = share < NOMINAL_ENOUGH ? ', approximate' : '';
  const percent = (100 * withheld) / trials;
  const none = withheld === 0 ? '' : ` (${percent < 1 ? '< 1' : fixed(percent, 0)} % withheld)`;
  return `${fixed(share, 3).replace(/^0/, '')}${mark}${none}`;
}

export function coverageTable(
  caption: string,
  tallies: Tallies,
  { sizes, unit = 'samples' }: { readonly sizes: readonly number[]; readonly unit?: string },
): Table {
  return {
    caption,
    columns: ['interval', 'of', ...sizes.map((size) => `${fixed(size, 0)} ${unit}`)],
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
