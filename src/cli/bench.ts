import { runBench } from '../experiments/bench.ts';
import { engineTraces } from './engine-traces.ts';
import { runExperiment } from './experiment.ts';
import type { RunFlags } from './flags.ts';
import type { MetricsFlags } from './load-flags.ts';
import { sendTraces } from './load-traces.ts';
import { withLoadMetrics } from './metrics-port.ts';
import { progressOf } from './progress.ts';
import { tellingOf } from './tell.ts';
import type { TellFlags } from './tell-flag.ts';
import type { World } from './world.ts';

export interface BenchFlags extends RunFlags, MetricsFlags, TellFlags {
  readonly profile?: string;
  readonly deadline?: string;
}

export async function bench(world: World, flags: BenchFlags): Promise<number> {
  const { profile, deadline } = flags;
  const watched = { world, flags, progress: progressOf(world, flags), command: 'bench' } as const;
  const telling = tellingOf(world, flags);
  const exitCode = await withLoadMetrics(watched, (observe) =>
    runExperiment(world, flags, {
      assignments: [
        ...(profile === undefined ? [] : [{ by: '--profile', text: `bench.profile=${profile}` }]),
        ...(deadline === undefined ? [] : [{ by: '--deadline', text: `bench.deadlineMs=${deadline}` }]),
      ],
      run: async (setup) => {
        const traces = engineTraces({ setup, progress: watched.progress });
        const result = await runBench({ ...observe(setup), engineTraces: traces });
        await sendTraces(result, setup.tracing.options, watched.progress);
        return result;
      },
      saved: ({ record }) => telling.tell(record),
    }),
  );
  telling.refuseUntold();
  return exitCode;
}
