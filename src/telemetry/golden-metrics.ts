import type { MetricHandles } from './registry.ts';

/** What a round of golden questions came to. */
export interface GoldenFigures {
  readonly dataset: string;
  /** By k. */
  readonly recall: Readonly<Record<string, number>>;
  /** Questions that came to nothing. */
  readonly failed: number;
  /** One for each question that could be scored, from 0 to 1. */
  readonly scores: { readonly golden_recall: readonly number[]; readonly golden_right: readonly number[] };
}

export type GoldenHandles = Pick<
  MetricHandles,
  'evalRecall' | 'evalLastSuccess' | 'evalScore' | 'evalSamples'
>;

/** Sets the gauges of recall, and when that was; `atMs` is milliseconds since 1970. */
export function showGolden(
  metrics: Pick<GoldenHandles, 'evalRecall' | 'evalLastSuccess'>,
  { dataset, recall }: Pick<GoldenFigures, 'dataset' | 'recall'>,
  atMs: number,
): void {
  for (const [k, value] of Object.entries(recall)) {
    metrics.evalRecall.set({ dataset, k }, value);
    metrics.evalLastSuccess.set({ dataset, k }, atMs / 1000);
  }
}

/** Sets the gauges, and counts the scores of a round that was asked just now. */
export function recordGolden(metrics: GoldenHandles, run: GoldenFigures, atMs: number): void {
  const { failed, scores } = run;
  showGolden(metrics, run, atMs);
  for (const evaluator of ['golden_recall', 'golden_right'] as const) {
    for (const score of scores[evaluator]) {
      metrics.evalScore.observe({ evaluator, source: 'offline' }, score);
    }
    metrics.evalSamples.inc({ evaluator, result: 'scored' }, scores[evaluator].length);
    metrics.evalSamples.inc({ evaluator, result: 'failed' }, failed);
  }
}
