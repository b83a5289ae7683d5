import { runBench } from '../experiments/bench.ts';
import { runExperiment } from './experiment.ts';
import type { RunFlags } from './flags.ts';
import type { World } from './world.ts';

export interface BenchFlags extends RunFlags {
  readonly profile?: string;
  readonly deadline?: string;
}

export function bench(world: World, flags: BenchFlags): Promise<number> {
  const { profile, deadline } = flags;
  return runExperiment(world, flags, {
    assignments: [
      ...(profile === undefined ? [] : [{ by: '--profile', text: `bench.profile=${profile}` }]),
      ...(deadline === undefined ? [] : [{ by: '--deadline', text: `bench.deadlineMs=${deadline}` }]),
    ],
    run: runBench,
  });
}
