import type { ExperimentEvent } from '../experiments/events.ts';
import { newRunId } from '../experiments/header.ts';
import type { RunSetup } from '../experiments/setup.ts';
import { milliseconds } from '../kernel/units.ts';
import { ownVersion } from '../system/machine.ts';
import type { LoadMetricsSetting } from '../telemetry/load-metrics.ts';
import type { MetricsFlags } from './load-flags.ts';
import type { Progress } from './progress.ts';
import type { World } from './world.ts';

/** A scrape interval of 15 s, and a little. */
const LINGER_MS = 20_000;

export interface WatchedRun {
  readonly world: World;
  readonly flags: MetricsFlags & { readonly seed: number };
  readonly progress: Progress;
  readonly command: LoadMetricsSetting['command'];
  /** How long the last values wait for a scrape, in milliseconds; 20 s unless it is said. */
  readonly lingerMs?: number;
}

/** What a run must do to be seen: bear the id of the metrics, and tell its events. */
export type Observe = <Setup extends Pick<RunSetup, 'onEvent' | 'runId'>>(setup: Setup) => Setup;

/**
 * Runs work; with --metrics-port it can be scraped meanwhile, labelled with the id that its record will have, and for a little
 * longer where the last values have not been read yet.
 */
export async function withLoadMetrics<Result>(
  watched: WatchedRun,
  work: (observe: Observe) => Promise<Result>,
): Promise<Result> {
  const { world, flags, progress, command } = watched;
  if (flags.metricsPort === undefined) return work((setup) => setup);
  const { createLoadMetrics } = await import('../telemetry/load-metrics.ts');
  const { renderMetrics } = await import('../telemetry/merge.ts');
  const { watchProcess } = await import('../telemetry/process-metrics.ts');
  const { startExpositionServer } = await import('../server/exposition-server.ts');
  const runId = newRunId(world.clock.epoch(), flags.seed);
  const metrics = createLoadMetrics({ runId, command, version: ownVersion() });
  const processSnapshot = watchProcess();
  const readers = new Readers();
  const server = await startExpositionServer({
    ...flags.metricsPort,
    exposition: async (format) => {
      readers.asks();
      return renderMetrics([await metrics.snapshot(), await processSnapshot()], format);
    },
    onRead: () => readers.read(),
  });
  progress.say(`metrics: ${server.url}`);
  const stopListening = world.onInterrupt(() => readers.leave());
  try {
    return await work((setup) => ({
      ...setup,
      runId,
      onEvent: (event: ExperimentEvent) => {
        metrics.onEvent(event);
        if (event.type === 'load.tick') readers.changes();
        setup.onEvent(event);
      },
    }));
  } finally {
    await linger(watched, readers);
    stopListening();
    await server.close();
  }
}

/** Waits until the last values were read, for so long at most; not at all where nobody ever read any, or a Ctrl-C ended the run. */
async function linger(
  { world, progress, lingerMs = LINGER_MS }: WatchedRun,
  readers: Readers,
): Promise<void> {
  if (!readers.expected) return;
  const seconds = lingerMs / 1000;
  progress.say(`metrics: waiting up to ${seconds} s for a last scrape (Ctrl-C ends it)`);
  await world.clock.sleep(milliseconds(lingerMs), readers.wait()).catch(() => undefined);
}

/** Whether somebody scrapes, and has read the values as they are now. */
class Readers {
  readonly #done = new AbortController();
  /** Of the values: grows with each change. */
  #version = 0;
  #asked = 0;
  #read = -1;
  #waiting = false;

  /** Whether somebody has read values that are out of date by now. */
  get expected(): boolean {
    return this.#read >= 0 && this.#read < this.#version && !this.#done.signal.aborted;
  }

  /** From here on, the first to read the values as they are ends the waiting. */
  wait(): AbortSignal {
    this.#waiting = true;
    return this.#done.signal;
  }

  changes(): void {
    this.#version += 1;
  }

  asks(): void {
    this.#asked = this.#version;
  }

  read(): void {
    this.#read = this.#asked;
    if (this.#waiting && this.#read === this.#version) this.leave();
  }

  leave(): void {
    this.#done.abort();
  }
}
