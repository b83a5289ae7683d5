import type { PhaseRecord } from '../../src/records/schema.ts';
import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { type BenchContext, type BenchProgram, countOf } from '../harness/program.ts';
import { atMost, type Bound, fixed, megabytes, type Report } from '../harness/report.ts';
import { driveHttp } from './drive.ts';
import { withServer } from './servers/with-server.ts';

/** What the generator adds, and what it costs, at a rate that is high for one thread. */
export const tenThousand: BenchProgram = {
  usage: '[--rate N] [--seconds N] [--runs N]',
  options: { rate: '10000', seconds: '10', runs: '5' },
  async run(args, context) {
    const effort = {
      rate: countOf(args, 'rate'),
      seconds: countOf(args, 'seconds'),
      runs: countOf(args, 'runs'),
    };
    const phases = await withServer({ kind: 'echo', options: { distinct: false } }, ({ url }) =>
      measureLag(url, effort, context),
    );
    return report(phases, effort);
  },
};

export interface LagEffort {
  readonly rate: number;
  readonly seconds: number;
  readonly runs: number;
}

/** The measured phase of each run: Poisson arrivals, one generator thread, replies read once the phase is over. */
export async function measureLag(
  url: string,
  { rate, seconds, runs }: LagEffort,
  { seed, progress }: Pick<BenchContext, 'seed' | 'progress'>,
): Promise<PhaseRecord[]> {
  const phases: PhaseRecord[] = [];
  for (let run = 0; run < runs; run += 1) {
    progress(`run ${run + 1} of ${runs}`);
    const shape = { loop: 'open', rates: [rate], duration: seconds * 1000 } as const;
    const { record } = await driveHttp({ url, seed: seed + run, shape });
    phases.push(record.load!.phases.at(-1)!);
  }
  return phases;
}

function report(phases: readonly PhaseRecord[], { rate, seconds, runs }: LagEffort): Report {
  const unanswered = phases.map(({ dropped, errors, timeouts }) => [dropped, errors + timeouts] as const);
  return {
    title: `${fixed(rate, 0)} requests a second`,
    about: `Poisson arrivals at ${fixed(rate, 0)}/s over HTTP for ${seconds} s, after 3 s of warm-up, to a server in another process that answers at once with a kilobyte of JSON: ${runs} runs of one generator thread with full recording. Lag is from the due time to the hand-over to a free connection. CPU is that of the whole process while requests are sent; replies are read afterwards.`,
    tables: [
      {
        caption: 'Runs',
        columns: [
          'run',
          'sent/s',
          'lag p50, ms',
          'p99',
          'highest',
          'latency p50, ms',
          'p99',
          'cores',
          'busy',
          'resident',
          'dropped',
          'failed',
          'valid',
        ],
        rows: phases.map((phase, run) => [
          `${run + 1}`,
          fixed(phase.achievedRate, 0),
          ...[phase.lagMs.p50, phase.lagMs.p99, phase.lagMs.max].map(inMs),
          ...[phase.latencyMs.p50, phase.latencyMs.p99].map(inMs),
          fixed(phase.generator.cpuShare, 2),
          fixed(phase.generator.eventLoopUtilisation, 2),
          megabytes(phase.generator.residentBytes),
          ...unanswered[run]!.map((count) => fixed(count, 0)),
          phase.valid ? 'yes' : phase.invalidReasons.join('; '),
        ]),
      },
    ],
    bounds: rate < 10_000 ? [] : boundsOf(phases),
  };
}

const inMs = (value: number | null): string => (value === null ? '–' : fixed(value, 2));

/** Promised at ten thousand a second; a lower rate proves nothing. */
function boundsOf(phases: readonly PhaseRecord[]): Bound[] {
  const middle = (of: (phase: PhaseRecord) => number): number => quantile(sortSamples(phases.map(of)), 0.5);
  return [
    atMost({
      what: 'lag p99, median of the runs',
      found: middle(({ lagMs }) => lagMs.p99 ?? Number.NaN),
      limit: 2,
      unit: 'ms',
      digits: 2,
    }),
    atMost({
      what: 'CPU of the generator, median of the runs',
      found: middle(({ generator }) => generator.cpuShare),
      limit: 0.5,
      unit: 'core',
      digits: 2,
    }),
    atMost({ what: 'drops, median of the runs', found: middle(({ dropped }) => dropped), limit: 0 }),
    atMost({
      what: 'errors and timeouts, median of the runs',
      found: middle(({ errors, timeouts }) => errors + timeouts),
      limit: 0,
    }),
  ];
}
