import { EXIT } from '../kernel/errors.ts';
import { channelToPrimary } from '../server/cluster/processes.ts';
import { runMember } from '../server/cluster/roles.ts';
import { processWorld } from './world.ts';

/** Entry of each process that `serve --workers` starts. */
const { clock, stderr, exit, onInterrupt } = processWorld();
const channel = channelToPrimary();
if (channel === undefined) {
  stderr.write('This program is started by `groundspeed serve`, and does nothing by itself.\n');
  exit(EXIT.usage);
} else {
  // A terminal sends Ctrl-C to every process of the service: the one that began it tells the others when to end.
  onInterrupt(() => undefined);
  await runMember({
    channel,
    clock,
    logStream: stderr,
    nodeVersion: process.version,
    createJudge: async ({ judge, engine: { options }, observing, server: { workers } }) => {
      if (judge === undefined || !observing?.evaluation.judge) return undefined;
      const { onlineJudge } = await import('./online-judge.ts');
      // Each process may spend its share.
      const own =
        judge.maxCostUsd === undefined ? judge : { ...judge, maxCostUsd: judge.maxCostUsd / workers };
      return onlineJudge({
        judge: own,
        engine: options,
        seed: 0,
        clock,
        warn: (message) => void stderr.write(`warning: ${message}\n`),
      });
    },
  });
  exit(EXIT.done);
}
