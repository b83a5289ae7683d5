import type { Engine } from '../../engine/engine.ts';
import type { PortDecorators } from '../../engine/ports.ts';
import { faultDecorators } from '../../faults/decorators.ts';
import { createFaultInjector, type FaultInjector } from '../../faults/injector.ts';
import { jumpingClock } from '../../faults/jumping-clock.ts';
import { runProcessFaults } from '../../faults/process-faults.ts';
import { seededRandom } from '../../kernel/random.ts';
import { inProcessTarget } from '../../load/targets/in-process.ts';
import { type IndexedEngine, openIndexedEngine } from '../open-index.ts';
import type { RunSetup } from '../setup.ts';
import { DependencyWatch } from './dependency-watch.ts';
import type { DrillPlan } from './drill-file.ts';
import type { DrillSystem, OpeningSystem } from './system.ts';
import { type Timeline, timelineFrom } from './timeline.ts';

/** What a scenario adds to the engine of this process. */
export interface Scene {
  /** By default the engine over the index of the golden set. */
  readonly open?: (setup: RunSetup, decorate: PortDecorators) => Promise<IndexedEngine>;
  /** What happens beside the load. */
  readonly play?: (engine: Engine, timeline: Timeline) => Promise<void>;
  readonly notes?: () => readonly string[];
  /** After the engine has been closed, or could not be opened. */
  readonly close?: () => Promise<void>;
}

/** The faults of a drill. Equal seeds give equal decisions, whatever the arm. */
export function drillInjector({ faults, name }: DrillPlan, { clock, seed }: RunSetup): FaultInjector {
  return createFaultInjector({
    faults,
    permit: 'drill',
    clock,
    random: seededRandom(seed).fork(`faults/${name}`),
  });
}

/** The engine of this process, with faults at its ports, on its clock, and in its process. */
export async function openEngineSystem(
  { plan, arm }: OpeningSystem,
  { open = openIndexedEngine, play, notes = () => [], close }: Scene = {},
): Promise<DrillSystem> {
  const { clock } = arm.setup;
  const injector = drillInjector(plan, arm.setup);
  const setup = { ...arm.setup, clock: jumpingClock(clock, injector) };
  const opened = await open(setup, faultDecorators(injector)).catch(async (thrown: unknown) => {
    await close?.();
    throw thrown;
  });
  const { engine, documents, index, ingest } = opened;
  const watch = new DependencyWatch(clock);
  const stopListening = engine.events.listen((event) => watch.hear(event));
  let beside: Promise<unknown>[] = [];
  return {
    target: inProcessTarget(engine),
    documents,
    index,
    ingest,
    watch,
    get notes() {
      return notes();
    },
    begin: (over) => {
      watch.begin();
      injector.start();
      beside = [runProcessFaults({ injector }), play?.(engine, timelineFrom(clock, over))].map((one) =>
        Promise.resolve(one),
      );
      for (const one of beside) one.catch(() => undefined); // it is told when all is closed
    },
    injected: () => injector.log().map(({ fault, count }) => ({ fault, count })),
    close: async () => {
      injector.stop();
      stopListening();
      const ends = await Promise.allSettled(beside);
      try {
        await engine.close();
      } finally {
        await close?.();
      }
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}
