import type { Clock } from '../kernel/clock.ts';
import { type MetricSpec, SERVICE_METRICS } from './catalogue.ts';
import type { MetricReading, MetricsSnapshot, MetricValue } from './snapshot.ts';

const TIMESTAMPS: ReadonlySet<string> = new Set(
  Object.values<MetricSpec>(SERVICE_METRICS)
    .filter(({ unit }) => unit === 'timestamp')
    .map(({ name }) => name),
);

/**
 * Reads the metrics of a process such that no timestamp of what happened is ahead of the calendar. Where that was set back, what
 * happened before seems to be still to come: it is told as having happened when that was noticed, and ages from there. Otherwise it
 * would look fresh for as long as the calendar jumped, whatever goes stale meanwhile.
 */
export function pastOnly(
  read: () => Promise<MetricsSnapshot>,
  clock: Pick<Clock, 'epoch'>,
): () => Promise<MetricsSnapshot> {
  /** By series: the value that lay ahead, and what is told in its place. Both in seconds. */
  const ahead = new Map<string, { readonly value: number; readonly told: number }>();
  const tell = (name: string, one: MetricValue, now: number): MetricValue => {
    const key = `${name} ${JSON.stringify(one.labels)}`;
    const known = ahead.get(key);
    if (known?.value === one.value && known.told <= now) return { ...one, value: known.told };
    if (one.value <= now) {
      ahead.delete(key);
      return one;
    }
    ahead.set(key, { value: one.value, told: now });
    return { ...one, value: now };
  };
  return async () => {
    const now = clock.epoch() / 1000;
    return (await read()).map(
      (reading): MetricReading =>
        TIMESTAMPS.has(reading.name)
          ? { ...reading, values: reading.values.map((one) => tell(reading.name, one, now)) }
          : reading,
    );
  };
}
