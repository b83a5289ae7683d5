import type { ExperimentEvent } from '../experiments/events.ts';
import { newRunId } from '../experiments/header.ts';
import type { RunSetup } from '../experiments/setup.ts';
import { ownVersion } from '../system/machine.ts';
import type { LoadMetricsSetting } from '../telemetry/load-metrics.ts';
import type { MetricsFlags } from './load-flags.ts';
import type { Progress } from './progress.ts';
import type { World } from './world.ts';

export interface WatchedRun {
  readonly world: World;
  readonly flags: MetricsFlags & { readonly seed: number };
  readonly progress: Progress;
  readonly command: LoadMetricsSetting['command'];
}

/** What a run must do to be seen: bear the id of the metrics, and tell its events. */
export type Observe = <Setup extends Pick<RunSetup, 'onEvent' | 'runId'>>(setup: Setup) => Setup;

/** Runs work; with --metrics-port it can be scraped meanwhile, labelled with the id that its record will have. */
export async function withLoadMetrics<Result>(
  { world: { clock }, flags: { metricsPort, seed }, progress, command }: WatchedRun,
  work: (observe: Observe) => Promise<Result>,
): Promise<Result> {
  if (metricsPort === undefined) return work((setup) => setup);
  const { createLoadMetrics } = await import('../telemetry/load-metrics.ts');
  const { renderMetrics } = await import('../telemetry/merge.ts');
  const { watchProcess } = await import('../telemetry/process-metrics.ts');
  const { startExpositionServer } = await import('../server/exposition-server.ts');
  const runId = newRunId(clock.epoch(), seed);
  const metrics = createLoadMetrics({ runId, command, version: ownVersion() });
  const processSnapshot = watchProcess();
  const server = await startExpositionServer({
    ...metricsPort,
    exposition: async (format) => renderMetrics([await metrics.snapshot(), await processSnapshot()], format),
  });
  progress.say(`metrics: ${server.url}`);
  try {
    return await work((setup) => ({
      ...setup,
      runId,
      onEvent: (event: ExperimentEvent) => {
        metrics.onEvent(event);
        setup.onEvent(event);
      },
    }));
  } finally {
    await server.close();
  }
}
