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
    createJudge: async ({ judge, engine: { options }, observing, server: { workers } }, log) => {
      if (judge === undefined || !observing?.evaluation.judge) return undefined;
      const { onlineJudge } = await import('./online-judge.ts');
      return onlineJudge({
        judge,
        processes: workers,
        engine: options,
        seed: 0,
        clock,
        log,
      });
    },
  });
  exit(EXIT.done);
}
