import type { SpanFigures } from './span-counts.ts';

/** The part of the metrics that tells of lost spans. */
export interface DroppedSpansMetrics {
  readonly spansDropped: {
    inc(labels: { readonly reason: keyof SpanFigures['dropped'] }, by: number): void;
  };
  beforeReading(refresh: () => void): () => void;
}

/** Counts the spans that were lost since, before each reading of the metrics. What comes back stops that. */
export function countDroppedSpans(metrics: DroppedSpansMetrics, figures: () => SpanFigures): () => void {
  const counted = { queue_full: 0, export_failed: 0 };
  return metrics.beforeReading(() => {
    const { dropped } = figures();
    for (const reason of ['queue_full', 'export_failed'] as const) {
      metrics.spansDropped.inc({ reason }, dropped[reason] - counted[reason]);
      counted[reason] = dropped[reason];
    }
  });
}
