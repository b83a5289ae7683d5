import { seededRandom } from '../../src/kernel/random.ts';
import type { BenchContext, BenchProgram } from '../harness/program.ts';
import { countOf } from '../harness/program.ts';
import { fixed, type Report } from '../harness/report.ts';
import { independentOutcomes, queueOutcomes, shareOutcomes } from './intervals.ts';
import { POPULATIONS, sojournTimes } from './populations.ts';
import { addTrials, coverageTable, NOMINAL_ENOUGH, type Tallies } from './tallies.ts';

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
      addTrials(independent, { trials, of: population.name, size }, () => {
        const samples = Float64Array.from({ length: size }, () => population.draw(random));
        return independentOutcomes(population, samples, random);
      });
    }
    for (const share of SHARES) {
      const random = root.fork(`share/${share}/${size}`);
      const of = `yes or no, ${fixed(100 * share, 0)} % yes`;
      addTrials(independent, { trials, of, size }, () => shareOutcomes(share, size, random));
    }
  }
  const queue: Tallies = new Map();
  for (const utilisation of UTILISATIONS) {
    for (const size of REQUESTS) {
      progress(`${fixed(size, 0)} requests, utilisation ${utilisation}`);
      const random = root.fork(`queue/${utilisation}/${size}`);
      addTrials(queue, { trials: queueTrials, of: `M/M/1, utilisation ${utilisation}`, size }, () =>
        queueOutcomes(utilisation, sojournTimes(utilisation, size, random)),
      );
    }
  }
  return { independent, queue };
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
      coverageTable('Independent samples', independent, { sizes: SIZES, unit: 'samples' }),
      coverageTable('Requests of one run', queue, { sizes: REQUESTS, unit: 'requests' }),
    ],
  };
}
