import type { Answer, AskOptions } from '../../src/engine/answer.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { startObserving } from '../../src/server/analytics/observing.ts';
import { analyticsOptions } from '../../src/server/analytics/options.ts';
import type { Metrics } from '../../src/telemetry/registry.ts';

export interface ObservedEngineSetting {
  readonly engine: Pick<Engine, 'ask'>;
  /** Where analytics.db is kept. */
  readonly folder: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Share of the answers that is scored; by default that of the settings. */
  readonly sampleRate?: number;
}

export interface ObservedEngine {
  ask(question: string, options?: AskOptions): Promise<Answer>;
  stop(): Promise<void>;
}

/** An engine whose questions are counted and scored as those of a service are, for whoever measures what that costs. */
export async function observeEngine(setting: ObservedEngineSetting): Promise<ObservedEngine> {
  const { engine, folder, metrics, clock, sampleRate } = setting;
  const { analytics, evaluation, stop } = await startObserving({
    order: {
      analytics: analyticsOptions.analytics.parse({}),
      evaluation: analyticsOptions.evaluation.parse(sampleRate === undefined ? {} : { sampleRate }),
      content: false,
    },
    folder,
    metrics,
    clock,
    log: {
      info: () => undefined,
      warn({ err }, message) {
        throw new Error(message, { cause: err });
      },
    },
  });
  return {
    stop,
    async ask(question, options) {
      const start = clock.now();
      const answer = await engine.ask(question, options);
      const { passages, cache, usage, costUsd } = answer;
      analytics?.asked({
        at: clock.epoch(),
        ms: clock.now() - start,
        question,
        clientId: undefined,
        outcome: 'answered',
        answer: {
          documents: passages.map(({ documentId }) => documentId),
          cache,
          inputTokens: usage.inputTokens,
          outputTokens: usage.outputTokens,
          costUsd,
        },
      });
      evaluation?.offer({ question, answer, trace: undefined });
      return answer;
    },
  };
}
