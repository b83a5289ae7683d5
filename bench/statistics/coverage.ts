import { seededRandom } from '../../src/kernel/random.ts';
import type { BenchContext, BenchProgram } from '../harness/program.ts';
import { countOf } from '../harness/program.ts';
import { fixed, type Report, type Table } from '../harness/report.ts';
import { independentOutcomes, type Outcomes, queueOutcomes, shareOutcomes } from './intervals.ts';
import { POPULATIONS, sojournTimes } from './populations.ts';

/** How often the 95 % intervals that the tool prints hold the truth, by simulation. */
export const coverage: BenchProgram = {
  usage: '[--trials N] [--queue-trials N]',
  options: { trials: '1000', 'queue-trials': '500' },
  async run(args, context) {
    const trials = countOf(args, 'trials');
    const queueTrials = countOf(args, 'queue-trials');
    return report(simulate({ trials, queueTrials }, context), { trials, queueTrials });
  },
};

const SIZES = [30, 200, 1000];
const SHARES = [0.5, 0.95, 0.99];
const UTILISATIONS = [0.5, 0.8, 0.9];
const REQUESTS = [3000, 10_000, 20_000, 100_000];
/** Below this the tool calls an interval approximate. */
const NOMINAL_ENOUGH = 0.93;

/** How one interval fared over many trials. */
export interface Tally {
  readonly trials: number;
  readonly covered: number;
  readonly withheld: number;
}

/** Tallies by interval, then by what it was taken of, then by size: the rows and columns of a table. */
export type Tallies = Map<string, Map<string, Map<number, Tally>>>;

export interface Coverage {
  readonly independent: Tallies;
  readonly queue: Tallies;
}

export function simulate(
  { trials, queueTrials }: { trials: number; queueTrials: number },
  { seed, progress }: Pick<BenchContext, 'seed' | 'progress'>,
): Coverage {
  const root = seededRandom(seed);
  const independent: Tallies = new Map();
  for (const size of SIZES) {
    for (const population of POPULATIONS) {
      progress(`${fixed(size, 0)} samples, ${population.name}`);
      const random = root.fork(`${population.name}/${size}`);
      repeat(trials, { into: independent, of: population.name, size }, () => {
        const samples = Float64Array.from({ length: size }, () => population.draw(random));
        return independentOutcomes(population, samples, random);
      });
    }
    for (const share of SHARES) {
      const random = root.fork(`share/${share}/${size}`);
      const of = `yes or no, ${fixed(100 * share, 0)} % yes`;
      repeat(trials, { into: independent, of, size }, () => shareOutcomes(share, size, random));
    }
  }
  const queue: Tallies = new Map();
  for (const utilisation of UTILISATIONS) {
    for (const size of REQUESTS) {
      progress(`${fixed(size, 0)} requests, utilisation ${utilisation}`);
      const random = root.fork(`queue/${utilisation}/${size}`);
      repeat(queueTrials, { into: queue, of: `M/M/1, utilisation ${utilisation}`, size }, () =>
        queueOutcomes(utilisation, sojournTimes(utilisation, size, random)),
      );
    }
  }
  return { independent, queue };
}

function repeat(
  trials: number,
  { into, of, size }: { into: Tallies; of: string; size: number },
  trial: () => Outcomes,
): void {
  for (let index = 0; index < trials; index += 1) {
    for (const [interval, outcome] of Object.entries(trial())) {
      const cell = cellOf(into, interval, of);
      const { trials: before, covered, withheld } = cell.get(size) ?? { trials: 0, covered: 0, withheld: 0 };
      cell.set(size, {
        trials: before + 1,
        covered: covered + (outcome === 'covered' ? 1 : 0),
        withheld: withheld + (outcome === 'withheld' ? 1 : 0),
      });
    }
  }
}

function cellOf(tallies: Tallies, interval: string, of: string): Map<number, Tally> {
  const rows = tallies.get(interval) ?? new Map<string, Map<number, Tally>>();
  tallies.set(interval, rows);
  const cell = rows.get(of) ?? new Map<number, Tally>();
  rows.set(of, cell);
  return cell;
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

function tableOf(tallies: Tallies, sizes: readonly number[], caption: string, unit: string): Table {
  return {
    caption,
    columns: ['interval', 'of', ...sizes.map((size) => `${fixed(size, 0)} ${unit}`)],
    words: 2,
    rows: [...tallies].flatMap(([interval, rows]) =>
      [...rows].map(([of, cells]) => [interval, of, ...sizes.map((size) => writeTally(cells.get(size)!))]),
    ),
  };
}

function report(
  { independent, queue }: Coverage,
  { trials, queueTrials }: { trials: number; queueTrials: number },
): Report {
  const error = (count: number): string => fixed(100 * 1.96 * Math.sqrt((0.95 * 0.05) / count), 1);
  return {
    title: 'Coverage of the printed intervals',
    about: `The share of 95 % intervals that hold the truth, among those that are printed; the tool withholds an interval that the samples cannot carry. Below ${NOMINAL_ENOUGH} it is called approximate. Independent samples: ${fixed(trials, 0)} trials a cell, so that a true .95 shows within ${error(trials)} points. Requests of one run share a queue (M/M/1, sojourn times): ${fixed(queueTrials, 0)} runs a cell, within ${error(queueTrials)} points.`,
    tables: [
      tableOf(independent, SIZES, 'Independent samples', 'samples'),
      tableOf(queue, REQUESTS, 'Requests of one run', 'requests'),
    ],
  };
}
