import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { hodgesLehmann } from '../../src/statistics/hodges-lehmann.ts';
import { orderStatisticInterval, sortSamples } from '../../src/statistics/quantiles.ts';
import { signedRankBounds } from '../../src/statistics/signed-rank.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atLeast, type Bound, fixed, type Report, type Table } from '../harness/report.ts';
import { clopperPearson, quantileCoverage, shareCoverage, wilson } from './calculated.ts';
import { independentOutcomes, type Outcomes } from './intervals.ts';
import { POPULATIONS, type Population } from './populations.ts';
import type { Tallies } from './tallies.ts';
import { addTrials, coverageTable, judgeBounds } from './tallies.ts';

/** How often the intervals that comparisons and gates rest on hold the truth. */
export const estimators: BenchProgram = {
  usage: '[--trials N]',
  options: { trials: '1000' },
  async run(args, context) {
    const trials = countOf(args, 'trials');
    return report(simulate(trials, context), trials);
  },
};

const SIZES = [30, 200, 1000];
const SHARES = [0.05, 0.5, 0.95, 0.99];
const QUANTILES = [0.5, 0.9, 0.95, 0.99];
const NOMINAL = 0.95;
/** One side of a 95 % interval; and one side as the latency gate has it. */
const ALPHA = 0.025;
const GATE_ALPHA = 0.005;

const RANKS = 'signed rank, 95 %';
const GATE_BOUND = 'signed rank, one side, 99.5 %';

export interface Simulated {
  /** Of differences between two draws of one population: symmetric about 0, as those of identical variants are. */
  readonly differences: Tallies;
  readonly populations: Tallies;
}

export function simulate(
  trials: number,
  { seed, progress }: Pick<BenchContext, 'seed' | 'progress'>,
): Simulated {
  const root = seededRandom(seed);
  const differences: Tallies = new Map();
  const populations: Tallies = new Map();
  for (const population of POPULATIONS) {
    const centre = pseudomedian(population);
    for (const size of SIZES) {
      progress(`${fixed(size, 0)} samples, ${population.name}`);
      const random = root.fork(`${population.name}/${size}`);
      const cell = { trials, of: population.name, size };
      addTrials(differences, cell, () => differenceOutcomes(population, size, random));
      addTrials(populations, cell, () => {
        const samples = Float64Array.from({ length: size }, () => population.draw(random));
        const ranks = judgeBounds(signedRankBounds(samples, ALPHA), centre);
        return { [RANKS]: ranks, ...independentOutcomes(population, samples, random) };
      });
    }
  }
  return { differences, populations };
}

export function differenceOutcomes(population: Population, size: number, random: Random): Outcomes {
  const samples = Float64Array.from(
    { length: size },
    () => population.draw(random) - population.draw(random),
  );
  const gate = signedRankBounds(samples, GATE_ALPHA);
  const median = orderStatisticInterval(sortSamples(samples), 0.5);
  return {
    [RANKS]: judgeBounds(signedRankBounds(samples, ALPHA), 0),
    [GATE_BOUND]: judgeBounds(gate && { low: gate.low, high: Number.POSITIVE_INFINITY }, 0),
    'order statistics, p50': judgeBounds(median && { low: median[0], high: median[1] }, 0),
  };
}

/** So many quantiles stand for a population; more change no digit that matters here. */
const GRID = 20_001;

/** What the Hodges–Lehmann estimate estimates: the median of the mean of two draws. */
export function pseudomedian({ quantile }: Population): number {
  return hodgesLehmann(Float64Array.from({ length: GRID }, (_, index) => quantile((index + 0.5) / GRID)))!;
}

function report({ differences, populations }: Simulated, trials: number): Report {
  const error = Math.sqrt((NOMINAL * (1 - NOMINAL)) / trials);
  return {
    title: 'Coverage of the intervals that verdicts rest on',
    about: `The share of 95 % intervals that hold the truth, among those that are printed; below .93 they are called approximate. Simulated: ${fixed(trials, 0)} trials a cell, so that a true .95 shows within ${fixed(196 * error, 1)} points. Signed-rank bounds go with the Hodges–Lehmann estimate, and are exact where values are symmetric, as differences between two that are alike are; of skewed ones they bound the median of the mean of two draws, as found. Requests of one run, which share a queue, stand in statistics/coverage.`,
    tables: [
      coverageTable('Differences of two draws: symmetric about 0', differences, { sizes: SIZES }),
      coverageTable('Samples of a population', populations, { sizes: SIZES }),
      sharesTable(),
      quantilesTable(),
    ],
    bounds: bounds(differences, { trials, error }),
  };
}

const METHODS = [
  ['Clopper–Pearson', clopperPearson],
  ['Wilson', wilson],
] as const;

function sharesTable(): Table {
  return {
    caption: 'Shares of independent questions: calculated',
    columns: ['interval', 'of', ...SIZES.map((size) => `${fixed(size, 0)} questions`)],
    words: 2,
    rows: METHODS.flatMap(([name, interval]) =>
      SHARES.map((share) => [
        name,
        `${fixed(100 * share, 0)} % yes`,
        ...SIZES.map((size) => written(shareCoverage(interval, share, size))),
      ]),
    ),
  };
}

function quantilesTable(): Table {
  return {
    caption: 'Quantiles of a continuous population: calculated',
    columns: ['interval', 'of', ...SIZES.map((size) => `${fixed(size, 0)} samples`)],
    words: 2,
    rows: QUANTILES.map((p) => [
      'order statistics',
      `p${fixed(100 * p, 0)}`,
      ...SIZES.map((size) => written(quantileCoverage(p, size))),
    ]),
  };
}

const written = (coverage: number | null): string =>
  coverage === null ? '—' : fixed(coverage, 3).replace(/^0/, '');

function bounds(
  differences: Tallies,
  { trials, error }: { readonly trials: number; readonly error: number },
): Bound[] {
  const shares = SHARES.flatMap((share) => SIZES.map((size) => shareCoverage(clopperPearson, share, size)));
  const quantiles = QUANTILES.flatMap((p) => SIZES.flatMap((size) => quantileCoverage(p, size) ?? []));
  const cells = [...differences.get(RANKS)!.values()].flatMap((sizes) => [...sizes.values()]);
  const lowest = Math.min(...cells.map(({ covered, withheld }) => covered / (trials - withheld)));
  const least = { limit: NOMINAL, digits: 3 };
  return [
    atLeast({ what: 'Clopper–Pearson, least covered', found: Math.min(...shares), ...least }),
    atLeast({ what: 'order statistics, least covered', found: Math.min(...quantiles), ...least }),
    {
      what: 'signed rank of symmetric differences, least covered of the simulated cells',
      // The lowest of twelve cells lies below the truth by chance; three standard errors are not chance.
      must: `≥ .950, less ${fixed(3 * error, 3).replace(/^0/, '')} for chance`,
      found: written(lowest),
      met: lowest >= NOMINAL - 3 * error,
    },
  ];
}
