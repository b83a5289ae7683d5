import type { Answer } from '../../engine/answer.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { milliseconds } from '../../kernel/units.ts';
import type { Evaluator } from '../../telemetry/catalogue.ts';
import type { Metrics } from '../../telemetry/registry.ts';
import type { TraceIds } from '../../telemetry/tracing/trace-ids.ts';
import { ruleScores } from './online-scores.ts';
import type { EvaluationOptions } from './options.ts';
import { BoundedRing } from './ring.ts';

/** An answer of the live service. */
export interface LiveAnswer {
  readonly question: string;
  readonly answer: Answer;
  readonly trace: TraceIds | undefined;
}

/** What a model says of the faithfulness of an answer, from 0 to 1; null where there is nothing to judge, or no budget left. */
export type JudgeLive = (live: Pick<LiveAnswer, 'question' | 'answer'>) => Promise<number | null>;

export interface EvaluationResult {
  readonly name: Evaluator;
  readonly score: number;
  /** Undefined where a score is neither good nor bad by itself. */
  readonly label?: 'pass' | 'fail' | undefined;
}

export interface OnlineEvaluationSetting {
  readonly options: EvaluationOptions;
  readonly metrics: Pick<Metrics, 'evalScore' | 'evalSamples'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly judge?: JudgeLive | undefined;
  /** Told of all scores of an answer. */
  readonly onScored: (results: readonly EvaluationResult[], trace: TraceIds | undefined) => void;
}

const RULES = [
  'lexical_faithfulness',
  'top_score',
  'empty_retrieval',
] as const satisfies readonly Evaluator[];

/**
 * Scores a sample of what the service answers, once it is out. An answer that is offered costs a draw and perhaps a push; the work
 * is done one answer at a time, so many a second at most, and what does not fit is skipped.
 */
export class OnlineEvaluation {
  readonly #setting: OnlineEvaluationSetting;
  readonly #waiting: BoundedRing<LiveAnswer>;
  readonly #stopping = new AbortController();
  #working: Promise<void> | undefined;

  constructor(setting: OnlineEvaluationSetting) {
    this.#setting = setting;
    this.#waiting = new BoundedRing(setting.options.maxPending);
  }

  offer(live: LiveAnswer): void {
    const { options, random } = this.#setting;
    if (options.sampleRate === 0 || random.next() >= options.sampleRate) return;
    if (this.#stopping.signal.aborted || !this.#waiting.push(live)) {
      this.#skip();
      return;
    }
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves once nothing waits; what is offered meanwhile is waited for too. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  /** Ends the one under way; those that wait are skipped. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
    while (this.#waiting.shift() !== undefined) this.#skip();
  }

  async #work(): Promise<void> {
    const { clock, options } = this.#setting;
    const { signal } = this.#stopping;
    const pause = milliseconds(1000 / options.maxPerSecond);
    for (let live = this.#waiting.shift(); live !== undefined; live = this.#waiting.shift()) {
      await clock.sleep(pause, signal).catch(() => undefined);
      if (signal.aborted) {
        this.#skip();
        return;
      }
      await this.#score(live);
    }
  }

  async #score(live: LiveAnswer): Promise<void> {
    const results: EvaluationResult[] = [];
    const take = (name: Evaluator, score: number | null): void => {
      this.#count(name, score === null ? 'skipped' : 'scored');
      if (score === null) return;
      results.push({ name, score, label: labelOf(name, score, this.#setting.options.passScore) });
      this.#setting.metrics.evalScore.observe({ evaluator: name, source: 'online' }, score);
    };
    try {
      const scores = ruleScores(live);
      for (const name of RULES) take(name, scores[name]);
    } catch {
      for (const name of RULES) this.#count(name, 'failed');
    }
    const { judge } = this.#setting;
    if (judge !== undefined) {
      await judge(live).then(
        (score) => take('llm_judge', score),
        () => this.#count('llm_judge', 'failed'),
      );
    }
    if (results.length > 0) this.#setting.onScored(results, live.trace);
  }

  #skip(): void {
    for (const name of RULES) this.#count(name, 'skipped');
    if (this.#setting.judge !== undefined) this.#count('llm_judge', 'skipped');
  }

  #count(evaluator: Evaluator, result: 'scored' | 'failed' | 'skipped'): void {
    this.#setting.metrics.evalSamples.inc({ evaluator, result });
  }
}

function labelOf(name: Evaluator, score: number, passScore: number): EvaluationResult['label'] {
  switch (name) {
    case 'lexical_faithfulness':
    case 'llm_judge':
      return score >= passScore ? 'pass' : 'fail';
    case 'empty_retrieval':
      return score === 0 ? 'pass' : 'fail';
    default:
      return undefined;
  }
}
