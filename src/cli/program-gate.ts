import { type Command, Option } from 'commander';
import { DEFAULT_DATASET, DEFAULT_OUTPUT, displayFlags, engineFlags, outputFlag } from './flags.ts';
import { targetFlags } from './load-flags.ts';
import { countFlag, durationFlag, positiveFlag } from './quantities.ts';
import { tellFlag } from './tell-flag.ts';
import type { World } from './world.ts';

/** Whether something got worse, and how things went over many runs. */
export function addGateCommands(program: Command, world: World, done: (exitCode: number) => void): void {
  addGate(program, world, done);
  addTrend(program, world, done);
}

function addGate(program: Command, world: World, done: (exitCode: number) => void): void {
  const gate = program
    .command('gate')
    .description('whether quality or speed got worse than a baseline: PASS, FAIL or INCONCLUSIVE')
    .option(
      '--baseline <name>',
      'an accepted baseline, a record, the folder of a run, or git:REF, a commit of your repository',
    )
    .option('--accept <name>', 'make this run the baseline of that name, unless it failed the gate')
    .option('--record <path>', 'gate a saved run, its folder or record.json, instead of running one now')
    .option('--history <name>', 'also add the run to a history, for trend')
    .option(
      '--self-test <n>',
      'compare the target with itself n times: the false alarms and the noise of this machine',
      countFlag,
    )
    .option('--budget <time>', 'time for the blocks of git:REF and of --self-test: 10m', durationFlag)
    .option(
      '--rate <n>',
      'requests a second of these blocks (default: half of what the target can do)',
      positiveFlag,
    )
    .option(
      '--dataset <name>',
      `golden set: a folder, a file, or the name of one shipped (default: ${DEFAULT_DATASET})`,
    )
    .option('--split <name>', 'split of the golden set (default: test)')
    .option('--strict', 'INCONCLUSIVE ends with exit code 6; warnings about the golden set are errors');
  displayFlags(outputFlag(engineFlags(targetFlags(tellFlag(gate))))).action(async (flags) =>
    done(await (await import('./gate.ts')).gate(world, flags)),
  );
}

function addTrend(program: Command, world: World, done: (exitCode: number) => void): void {
  const trend = program
    .command('trend')
    .description('draw how measures and indicators went over the runs of a history; advisory, never red')
    .option('--history <name>', 'which history (default: the only one there is)')
    .option('--figures <names>', 'what is shown, with commas: right,ndcg@10,p95', namesFlag)
    .option('--last <n>', 'so many runs, the latest', countFlag)
    .addOption(new Option('--format <format>', 'what to make (default: a table)').choices(['html', 'json']))
    .option('--reports <dir>', 'folder of reports, with the histories below', DEFAULT_OUTPUT)
    .option('--output <file>', 'file to write; - is stdout', '-');
  displayFlags(trend).action(async (flags) => done(await (await import('./trend.ts')).trend(world, flags)));
}

const namesFlag = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
