import type { EngineTraces } from '../experiments/engine-traces.ts';
import { count, counted } from '../reporting/format.ts';
import { startEngineTracing } from '../server/engine-tracing.ts';
import { ownVersion } from '../system/machine.ts';
import { sampledShare } from '../telemetry/tracing/sampled-share.ts';
import type { Progress } from './progress.ts';
import type { TracedSetup } from './run-setup.ts';

export interface TracedRun {
  readonly setup: Pick<TracedSetup, 'engine' | 'clock' | 'tracing' | 'traceSample'>;
  /** `--trace-sample`; by default as `load.traceSample` says, and where that is 0, as the sampler does. */
  readonly flag?: number | undefined;
  readonly progress: Pick<Progress, 'warn'>;
}

/**
 * How a run traces the engine of this process: below the requests that its generator sampled, and no others. Undefined where
 * no collector is named, or nothing is sampled: nothing is loaded then, and nothing listens.
 */
export function engineTraces({ setup, flag, progress }: TracedRun): EngineTraces | undefined {
  const { tracing: order, traceSample } = setup;
  const { endpoint, disabled } = order.options;
  if (endpoint === undefined || disabled) {
    if (flag) {
      progress.warn(
        '--trace-sample: the engine is in this process, and no collector is set (tracing.endpoint)',
      );
    }
    return undefined;
  }
  const share = flag ?? (traceSample > 0 ? traceSample : sampledShare(order.options));
  if (share === 0) return undefined;
  return {
    share,
    open: async (engine, path) => {
      const running = await startEngineTracing({
        // The generator has decided which; whoever asks otherwise (the quality pass) is not traced.
        order: { ...order, options: { ...order.options, sampler: 'parentbased_always_off' } },
        engine: { options: setup.engine, folder: path },
        clock: setup.clock,
        version: ownVersion(),
      });
      const tracing = running.tracing!;
      const watched = tracing.watch(engine);
      return {
        ask: (traceparent, question, options) => {
          const tag = tracing.begin({ headers: { traceparent }, kind: 'internal' });
          return watched.ask(question, { ...options, tag }).finally(() => tag.end());
        },
        stop: async () => {
          watched.stop();
          await running.stop();
          const { ended, exported } = tracing.figures();
          if (exported >= ended) return;
          progress.warn(
            `${count(ended - exported)} of ${counted(ended, 'span')} of the engine did not reach ${new URL(endpoint).host}`,
          );
        },
      };
    },
  };
}
