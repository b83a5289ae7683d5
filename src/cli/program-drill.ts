import type { Command } from 'commander';
import { datasetFlags, displayFlags, engineFlags, outputFlag } from './flags.ts';
import { collected, durationFlag, positiveFlag } from './quantities.ts';
import type { World } from './world.ts';

/** What each failure costs, in latency and in right answers. */
export function addDrillCommand(program: Command, world: World, done: (exitCode: number) => void): void {
  const drill = program
    .command('drill')
    .description(
      'make something fail on purpose, under load: what that costs in latency and in right answers',
    )
    .argument('[drills...]', 'names of the library, files of your own, or all (--list names the library)')
    .option('--list', 'list the library, and what each drill is about')
    .option(
      '--fault <fault>',
      'a fault of your own: "embedder: timeout 30% from 10s to 25s"; repeatable',
      collected,
    )
    .option('--duration <time>', 'length of the timeline, with --fault (default: 36s)', durationFlag)
    .option('--rate <n>', 'arrivals a second (default: as the drill has it, or 40)', positiveFlag)
    .option('--promise <text>', 'what must hold: "availability >= 99% during"; repeatable', collected)
    .option(
      '--ablate [patterns]',
      'again without these, each by itself: retry,breaker,degradation; alone: as the drill has it',
    )
    .option('--deadline <time>', 'bound of "in time"', durationFlag);
  displayFlags(outputFlag(engineFlags(datasetFlags(drill)))).action(async (drills, flags) =>
    done(await (await import('./drill.ts')).drill(world, { drills }, flags)),
  );
}
