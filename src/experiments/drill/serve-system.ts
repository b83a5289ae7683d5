import { type FaultProxy, faultProxy } from '../../faults/http-proxy.ts';
import { runProcessFaults } from '../../faults/process-faults.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { loadOptions } from '../../load/options.ts';
import { describeTarget } from '../../load/targets/http/description.ts';
import { httpTarget } from '../../load/targets/http/http-target.ts';
import { freePort } from '../../system/free-port.ts';
import { keepCollectionsShort } from '../../system/garbage.ts';
import { openIndexedEngine } from '../open-index.ts';
import { drillInjector } from './engine-system.ts';
import { ServeProcess } from './serve-process.ts';
import type { DrillSystem, OpeningSystem } from './system.ts';

export interface ServeProgram {
  /** The built file of the command line. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The package's own service in a process of its own, driven over HTTP: a worker of it is killed or stopped, and a proxy before
 * it does what the faults of `http` say. For a cold start it is replaced by a fresh one when the timeline begins.
 */
export async function openServeSystem(
  opening: OpeningSystem,
  { program, env }: ServeProgram,
): Promise<DrillSystem> {
  const { plan, arm, tell } = opening;
  const { setup } = arm;
  refuseUnknownSignals(plan.faults);
  const cold = plan.scenario === 'cold-start';
  const { engine, documents, index, ingest } = await openIndexedEngine(setup);
  await engine.close();

  const injector = drillInjector(plan, setup);
  const port = await freePort();
  const { clock, seed, signal } = setup;
  const server = { ...(arm.service.server as object), host: '127.0.0.1', port, workers: arm.workers };
  const settings = { ...arm.service, server };
  const common = {
    program,
    env,
    settings,
    index: index.path ?? setup.indexFolder,
    seed,
    port,
    workers: arm.workers,
  };
  const service = new ServeProcess({ ...common, clock, signal });
  let proxy: FaultProxy | undefined;
  try {
    tell(`serving on port ${port}, in ${(await service.start()).toFixed(0)} ms`);
    if (injector.concerns('http')) proxy = await faultProxy({ upstream: service.url, injector });
  } catch (thrown) {
    await service.stop();
    throw thrown;
  }

  keepCollectionsShort();
  const description = describeTarget(loadOptions.target.parse({}), {
    env: {},
    url: proxy?.url ?? service.url,
  });
  const target = httpTarget({
    description,
    questions: setup.golden.questions.map(({ id, question, evidence }) => ({ id, text: question, evidence })),
    connections: opening.connections,
    timeoutMs: opening.timeoutMs,
  });
  let beside: Promise<void> = Promise.resolve();
  const notes: string[] = [];
  return {
    target,
    via: { kind: 'http', description, generators: 1 },
    documents,
    index,
    ingest,
    watch: undefined,
    notes,
    ...(cold && {
      // Who asks has been warmed up with the one before, so that only the service is cold.
      ready: async () => {
        await service.stop();
        const took = await service.start();
        notes.push(
          `${arm.name}: the service took ${took.toFixed(0)} ms from its start until its port took connections.`,
        );
      },
    }),
    begin: () => {
      injector.start();
      const victim = async (): Promise<number> => {
        const [pid] = await service.answering();
        if (pid === undefined) throw new Error('the service has no process left');
        return pid;
      };
      beside = runProcessFaults({
        injector,
        kill: async () => void process.kill(await victim(), 'SIGKILL'),
        hang: async () => {
          const pid = await victim();
          process.kill(pid, 'SIGSTOP');
          return () => goOn(pid);
        },
      });
      beside.catch(() => undefined); // it is told when all is closed
    },
    injected: () => injector.log().map(({ fault, count }) => ({ fault, count })),
    close: async () => {
      injector.stop();
      const [end] = await Promise.allSettled([beside]);
      await target.close();
      await proxy?.close();
      await service.stop();
      if (end.status === 'rejected') throw end.reason;
    },
  };
}

function goOn(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It has ended meanwhile.
  }
}

function refuseUnknownSignals(faults: OpeningSystem['plan']['faults']): void {
  if (process.platform !== 'win32' || !faults.some(({ effect }) => effect.kind === 'hang')) return;
  throw new GroundspeedError('drill.unavailable', 'Windows cannot stop a process and have it go on', {
    where: 'process: hang',
    hint: 'Drill it with process: kill, or on another system.',
  });
}
