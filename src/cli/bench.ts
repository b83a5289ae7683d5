import { runBench } from '../experiments/bench.ts';
import { runExperiment } from './experiment.ts';
import type { RunFlags } from './flags.ts';
import type { MetricsFlags } from './load-flags.ts';
import { withLoadMetrics } from './metrics-port.ts';
import { progressOf } from './progress.ts';
import type { World } from './world.ts';

export interface BenchFlags extends RunFlags, MetricsFlags {
  readonly profile?: string;
  readonly deadline?: string;
}

export function bench(world: World, flags: BenchFlags): Promise<number> {
  const { profile, deadline } = flags;
  const watched = { world, flags, progress: progressOf(world, flags), command: 'bench' } as const;
  return withLoadMetrics(watched, (observe) =>
    runExperiment(world, flags, {
      assignments: [
        ...(profile === undefined ? [] : [{ by: '--profile', text: `bench.profile=${profile}` }]),
        ...(deadline === undefined ? [] : [{ by: '--deadline', text: `bench.deadlineMs=${deadline}` }]),
      ],
      run: (setup) => runBench(observe(setup)),
    }),
  );
}
