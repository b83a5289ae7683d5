import { randomUUID } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import { seededRandom } from '../../kernel/random.ts';
import type { Log } from '../../telemetry/logging/logger.ts';
import type { Metrics } from '../../telemetry/registry.ts';
import type { EngineTracing } from '../../telemetry/tracing/tracing.ts';
import { type Analytics, openAnalytics } from './analytics.ts';
import { dayOf } from './fact.ts';
import { type JudgeSpending, ownSpending } from './judge-spending.ts';
import { type JudgeLive, OnlineEvaluation } from './online-evaluation.ts';
import type { AnalyticsOptions, EvaluationOptions } from './options.ts';

/** What a service keeps and scores of its questions: plain data, which can cross to another process. */
export interface ObservingOrder {
  readonly analytics: AnalyticsOptions;
  readonly evaluation: EvaluationOptions;
  /** `telemetry.content`. */
  readonly content: boolean;
  /** What the service's own canary proves itself by, where it has one. */
  readonly canarySecret?: string | undefined;
}

/** Makes a judgement, and spends of what all judgements may cost. */
export type JudgeWithin = (spending: JudgeSpending) => JudgeLive;

export interface ObservingSetting {
  /** Without one nothing is kept or scored. */
  readonly order: ObservingOrder | undefined;
  /** The index's. */
  readonly folder: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly tracing?: EngineTracing | undefined;
  readonly judge?: JudgeWithin | undefined;
  /** Told what keeps analytics from being kept: the service goes on without them. */
  readonly log: Log;
}

export interface Observing {
  readonly analytics: Analytics | undefined;
  readonly evaluation: OnlineEvaluation | undefined;
  /** Scores no more, and writes what is left. */
  stop(): Promise<void>;
}

/** Begins to keep analytics, and to score a sample of the answers, for one process that answers questions. */
export async function startObserving(setting: ObservingSetting): Promise<Observing> {
  const { order } = setting;
  if (order === undefined) {
    return { analytics: undefined, evaluation: undefined, stop: async () => undefined };
  }
  const analytics = await analyticsOf(setting, order);
  const evaluation = evaluationOf(setting, order, analytics);
  return {
    analytics,
    evaluation,
    async stop() {
      await evaluation?.stop();
      await analytics?.stop();
    },
  };
}

async function analyticsOf(
  { folder, clock, log }: ObservingSetting,
  { analytics: options, content }: ObservingOrder,
): Promise<Analytics | undefined> {
  if (!options.enabled) return undefined;
  try {
    return await openAnalytics({ options, folder, content, clock });
  } catch (error) {
    log.warn({ event: 'analytics.failed', err: error }, 'the service goes on without analytics');
    return undefined;
  }
}

function evaluationOf(
  { metrics, clock, tracing, judge }: ObservingSetting,
  { evaluation: options }: ObservingOrder,
  analytics: Analytics | undefined,
): OnlineEvaluation | undefined {
  const isHeard = metrics.enabled || analytics !== undefined || tracing !== undefined;
  if (options.sampleRate === 0 || !isHeard) return undefined;
  return new OnlineEvaluation({
    options,
    metrics,
    clock,
    random: seededRandom(randomUUID()),
    judge: options.judge
      ? judge?.(analytics?.judgeSpending ?? ownSpending(() => dayOf(clock.epoch())))
      : undefined,
    onScored(results, trace) {
      for (const { name, score } of results) analytics?.scored(name, score);
      if (trace?.sampled) tracing?.evaluated(trace, results);
    },
  });
}
