import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { GroundspeedError } from '../src/kernel/errors.ts';
import { quantile, sortSamples } from '../src/statistics/quantiles.ts';
import { type BenchProgram, countOf } from './harness/program.ts';
import { atMost, fixed, type Report } from './harness/report.ts';

/** How long the command line takes to say anything. It starts the built program: build it first. */
export const startup: BenchProgram = {
  usage: '[--processes N]',
  options: { processes: '15' },
  async run(args, { root, progress }) {
    const help = { name: 'groundspeed --help', argv: [join(root, 'dist/cli/main.js'), '--help'] };
    progress('starting processes');
    return report(timeProcesses([FLOOR, help], countOf(args, 'processes')));
  },
};

const FLOOR = { name: 'node -e 0', argv: ['-e', '0'] };

export interface Command {
  readonly name: string;
  /** For node. */
  readonly argv: readonly string[];
}

export interface StartTimes {
  readonly name: string;
  /** Milliseconds from before the process is made to after it has ended. */
  readonly times: readonly number[];
}

/** Starts each command so many times, taking turns, after one start each that is not counted. */
export function timeProcesses(commands: readonly Command[], count: number): StartTimes[] {
  for (const command of commands) timeProcess(command);
  const rounds = Array.from({ length: count }, () => commands.map(timeProcess));
  return commands.map(({ name }, index) => ({ name, times: rounds.map((round) => round[index]!) }));
}

function timeProcess({ name, argv }: Command): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  const time = performance.now() - start;
  if (status !== 0) {
    throw new GroundspeedError('internal.io', `${name} ended with ${status}: ${stderr}`, {
      hint: 'Run npm run build first.',
    });
  }
  return time;
}

function report(results: readonly StartTimes[]): Report {
  const sorted = results.map(({ name, times }) => ({ name, times: sortSamples(times) }));
  const median = quantile(sorted.at(-1)!.times, 0.5);
  return {
    title: 'Start of the command line',
    about: `Wall time of ${results[0]!.times.length} processes each, one at a time, taking turns; node doing nothing is the floor.`,
    tables: [
      {
        caption: 'Wall time, in milliseconds',
        columns: ['command', 'median', 'lowest', 'highest'],
        rows: sorted.map(({ name, times }) => [
          `\`${name}\``,
          ...[quantile(times, 0.5), times[0]!, times.at(-1)!].map((time) => fixed(time, 0)),
        ]),
      },
    ],
    bounds: [atMost({ what: 'median of `groundspeed --help`', found: median, limit: 250, unit: 'ms' })],
  };
}
