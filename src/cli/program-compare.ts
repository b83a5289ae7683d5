import type { Command } from 'commander';
import { datasetFlags, displayFlags, engineFlags, outputFlag } from './flags.ts';
import { collected, countFlag, durationFlag, positiveFlag } from './quantities.ts';
import type { World } from './world.ts';

/** Which of several is better, and whether that is chance. */
export function addCompareCommand(program: Command, world: World, done: (exitCode: number) => void): void {
  const compare = program
    .command('compare')
    .description('which of several variants, targets or saved runs is better, and whether that is chance')
    .argument('[records...]', 'saved runs, folders or record.json, instead of running anything')
    .option(
      '--variant <spec>',
      'bm25,lsa,hybrid,mmr, names of the configuration file’s variants, or name:path=value,… of your own; repeatable',
      collected,
    )
    .option('--target <name=url>', 'a deployment by a name; repeatable', collected)
    .option(
      '--preset <name>',
      'API of the deployments: groundspeed, openai-chat, openai-responses, langserve',
    )
    .option('--allow-target <host>', 'host beyond this machine that may be sent load; repeatable', collected)
    .option('--measures <names>', 'measures to take, with commas: ndcg@10,recall@100,f1')
    .option(
      '--repeats <n>',
      'ask each question so often of each variant: answers may be sampled (default: 1)',
      countFlag,
    )
    .option(
      '--budget <time>',
      'time for all of it, to which launches and pairs are fitted: 10m',
      durationFlag,
    )
    .option('--launches <n>', 'fresh starts of every variant (default: 10)', countFlag)
    .option('--pairs <n>', 'measured pairs of blocks in each launch (default: 3)', countFlag)
    .option('--block <time>', 'length of a block (default: 3s, or longer for 1,000 requests)', durationFlag)
    .option('--rate <n>', 'requests a second (default: half of what the first variant can do)', positiveFlag)
    .option('--max-requests <n>', 'requests of the pairs, at most', countFlag)
    .option(
      '--max-cost <usd>',
      'US dollars that the pairs may cost; refused where answers do not tell',
      positiveFlag,
    )
    .option('--no-speed', 'compare quality alone');
  displayFlags(outputFlag(engineFlags(datasetFlags(compare)))).action(async (records, flags) =>
    done(await (await import('./compare.ts')).compare(world, { records }, flags)),
  );
}
