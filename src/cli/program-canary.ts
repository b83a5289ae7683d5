import type { Command } from 'commander';
import { datasetFlags, displayFlags, settingFlags } from './flags.ts';
import { metricsPortFlag, targetFlags } from './load-flags.ts';
import { countFlag, durationFlag, listOf } from './quantities.ts';
import type { World } from './world.ts';

const EVERY_MS = 300_000;
const QUESTIONS = 30;

/** Golden questions for a service that is in use. */
export function addCanaryCommand(program: Command, world: World, done: (exitCode: number) => void): void {
  const canary = program
    .command('canary')
    .description('ask a live service golden questions on a schedule, so that its recall is known and fresh')
    .option('--every <time>', 'from one round to the next (default: 5m)', durationFlag, EVERY_MS)
    .option('--once', 'one round, and end')
    .option('--questions <n>', 'questions of a round, spread over the set', countFlag, QUESTIONS)
    .option('--k <list>', 'recall at these, with commas', listOf(countFlag), [5])
    .option('--timeout <time>', 'patience with one question (default: 30s)', durationFlag)
    .option('--history <name>', 'also add each round to a history, for trend')
    .option('--reports <dir>', 'folder of the histories', 'reports');
  metricsPortFlag(displayFlags(settingFlags(datasetFlags(targetFlags(canary))))).action(async (flags) =>
    done(await (await import('./canary.ts')).canary(world, flags)),
  );
}
