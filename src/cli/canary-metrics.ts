import type { CanaryFigures } from '../experiments/canary.ts';
import type { Clock } from '../kernel/clock.ts';
import { startExpositionServer } from '../server/exposition-server.ts';
import { SERVICE_METRICS } from '../telemetry/catalogue.ts';
import { recordGolden } from '../telemetry/golden-metrics.ts';
import { renderMetrics } from '../telemetry/merge.ts';
import { createHandles } from '../telemetry/metric-handles.ts';
import type { MetricsAddress } from './load-flags.ts';

/** Serves what golden questions came to for Prometheus, where the service itself does not take it. */
export async function canaryMetrics(
  address: MetricsAddress,
  clock: Clock,
): Promise<{ url: string; publish: (figures: CanaryFigures) => Promise<void>; close: () => Promise<void> }> {
  const { evalRecall, evalLastSuccess, evalScore, evalSamples } = SERVICE_METRICS;
  const { handles, read } = createHandles(
    { evalRecall, evalLastSuccess, evalScore, evalSamples },
    { onOverflow: () => undefined },
  );
  const { url, close } = await startExpositionServer({
    ...address,
    exposition: async (format) => renderMetrics([await read()], format),
  });
  return {
    url,
    close,
    publish: async (figures) => recordGolden(handles, figures, clock.epoch()),
  };
}
