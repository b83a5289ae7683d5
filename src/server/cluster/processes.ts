import cluster, { type Worker } from 'node:cluster';
import type { Channel } from './calls.ts';
import type { MemberProcess } from './member.ts';

/** Starts processes of the service with node:cluster, which lets them share one port. `program` is the built file that each runs. */
export function createSpawner(program: string): () => MemberProcess {
  cluster.setupPrimary({ exec: program, args: [], serialization: 'advanced' });
  return () => {
    const worker = cluster.fork();
    const { pid } = worker.process;
    return {
      pid,
      channel: channelOf(worker),
      exited: new Promise((resolve) => {
        worker.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
        worker.once('error', () => undefined); // the exit follows
      }),
      kill: () => worker.process.kill('SIGKILL'),
    };
  };
}

/** From a process that was started so to the one that started it; undefined anywhere else. */
export function channelToPrimary(): Channel | undefined {
  return cluster.worker === undefined ? undefined : channelOf(cluster.worker);
}

function channelOf(worker: Worker): Channel {
  return {
    send: (message) => {
      // A way that is closed tells so by an event; without a listener for the failure it would end the process.
      worker.send(message as object, () => undefined);
    },
    onMessage: (listener) => {
      worker.on('message', (message: unknown) => listener(message));
    },
    onGone: (listener) => {
      worker.once('disconnect', listener);
      worker.once('exit', listener);
    },
  };
}
