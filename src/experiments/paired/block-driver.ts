import type { CorpusDocument, GoldenQuestion } from '../../datasets/golden.ts';
import type { Clock } from '../../kernel/clock.ts';
import { messageOf } from '../../kernel/errors.ts';
import { seededRandom } from '../../kernel/random.ts';
import { milliseconds } from '../../kernel/units.ts';
import { askOnce } from '../../load/ask-once.ts';
import { ErrorClasses } from '../../load/error-classes.ts';
import { type RunPhase, runPhase } from '../../load/phase.ts';
import type { LoadContext, PhasePlan } from '../../load/phase-plan.ts';
import { ResponseTable } from '../../load/responses.ts';
import { summarisePhase } from '../../load/summary.ts';
import type { Target } from '../../load/target.ts';
import type { GeneratorThreads } from '../../load/threads/pool.ts';
import { reasonsBesidesTarget, validityFacts } from '../../load/validity.ts';
import { OUTCOMES } from '../../records/columns.ts';
import type { IndicatorName, PhaseRecord } from '../../records/schema.ts';
import { quantile, sortSamples } from '../../statistics/quantiles.ts';
import { Judge } from '../judge.ts';
import { LoadVerdicts } from '../verdicts.ts';
import { OVERLOAD, overloadOf } from './overload.ts';
import type { BlockFigures, BlockOrder } from './port.ts';
import { REQUESTS_FOR_P99 } from './sizes.ts';

/** How requests are sent and judged. Times are milliseconds. Plain data: another process may get it. */
export interface BlockRules {
  readonly timeout: number;
  readonly deadline: number;
  readonly maxInFlight: number;
  readonly arrivals: 'poisson' | 'constant';
  /** `uncached`: caches off. `as-configured`: the target has its own way. */
  readonly cacheMode: 'uncached' | 'as-configured';
  /** Passages among which the evidence must stand. */
  readonly k: number;
}

export interface Driven {
  readonly target: Target;
  readonly threads?: GeneratorThreads | undefined;
  readonly questions: readonly GoldenQuestion[];
  /** What the target searches, as far as that is known. */
  readonly documents: readonly CorpusDocument[] | undefined;
  readonly rules: BlockRules;
  readonly clock: Clock;
}

const COMPLETED = OUTCOMES.indexOf('completed');

/** Drives blocks onto one target, and sums each of them up. */
export class BlockDriver {
  readonly #driven: Driven;
  readonly #judge: Judge;
  readonly #responses = new ResponseTable();
  readonly #errors = new ErrorClasses();
  readonly #verdicts: LoadVerdicts;

  constructor(driven: Driven) {
    this.#driven = driven;
    this.#judge = new Judge(driven.documents, driven.rules.k);
    this.#verdicts = new LoadVerdicts(this.#judge, driven.questions, this.#responses);
  }

  /** Rejects with the signal's reason where that aborts before the block is over. */
  async block(order: BlockOrder, signal?: AbortSignal): Promise<BlockFigures> {
    signal?.throwIfAborted();
    if (order.question !== undefined) return this.#ask(order.question, signal);
    const run = await runPhase(this.#planOf(order), this.#contextOf(order, signal));
    signal?.throwIfAborted();
    const { rows, setting } = run;
    const record = summarisePhase(rows, this.#verdicts.of(rows, setting), setting);
    // A target that cannot hold the load shows it in its figures: only what the generator did or could not do takes them away.
    const invalidReasons = reasonsBesidesTarget(validityFacts(record), setting);
    return {
      startedAtEpochMs: record.startedAtEpochMs,
      seconds: order.seconds,
      offeredRate: order.rate,
      arrivals: record.arrivals,
      indicators: { ...indicatorsOf(record), [OVERLOAD]: overloadOf(rows, setting) },
      stagesMs: stagesOf(run),
      ...(setting.machine && { machine: setting.machine }),
      valid: invalidReasons.length === 0,
      invalidReasons,
    };
  }

  #planOf({ rate, seconds, users = 1, warmup }: BlockOrder): PhasePlan {
    const { cacheMode } = this.#driven.rules;
    // One name for all, from which the schedule is drawn: equal seeds must give the same arrivals.
    const common = { name: 'block', duration: seconds * 1000, warmup, cacheMode };
    const order = { kind: 'shuffled' } as const;
    return rate === null
      ? { ...common, order, loop: 'closed', concurrency: users }
      : { ...common, order, loop: 'open', rate };
  }

  #contextOf({ seed }: BlockOrder, signal: AbortSignal | undefined): LoadContext {
    const { target, threads, questions, rules, clock } = this.#driven;
    return {
      target,
      threads,
      questions: questions.map(({ question }) => question),
      clock,
      random: seededRandom(seed),
      responses: this.#responses,
      errors: this.#errors,
      timeoutMs: rules.timeout,
      deadlineMs: rules.deadline,
      maxInFlight: rules.maxInFlight,
      arrivals: rules.arrivals,
      ...(signal && { signal }),
      onEvent: () => undefined,
    };
  }

  /** One request. Of a single answer the median is its latency, and it has no tail. */
  async #ask(index: number, signal: AbortSignal | undefined): Promise<BlockFigures> {
    const { target, questions, rules, clock } = this.#driven;
    const question = questions[index]!;
    const startedAtEpochMs = clock.epoch();
    const began = clock.now();
    const asked = await askOnce(
      target,
      { question: index, text: question.question, cache: rules.cacheMode !== 'uncached' },
      { clock, timeout: milliseconds(rules.timeout), signal },
    );
    const latency = clock.now() - began;
    signal?.throwIfAborted();
    const response = asked.outcome === 'completed' ? asked.response : undefined;
    const right = response && this.#judge.judge(question, response).right;
    const good = response === undefined ? 0 : Number(right === 'right' && latency <= rules.deadline);
    const attainment = right === 'unscored' ? null : good;
    const indicators: Record<IndicatorName, number | null> = {
      p50: response === undefined ? null : latency,
      p95: null,
      p99: null,
      mean: response === undefined ? null : latency,
      throughput: null,
      goodput: null,
      'error-rate': response === undefined ? 1 : 0,
      attainment,
      'cost-per-query': response?.costUsd ?? null,
    };
    const stages = target.stages.map((name, stage) => [name, response?.stages?.[stage] ?? null] as const);
    return {
      startedAtEpochMs,
      seconds: latency / 1000,
      offeredRate: null,
      arrivals: 1,
      indicators,
      stagesMs: Object.fromEntries(stages),
      // That it was not answered is what came of it, and counts as an error.
      valid: true,
      invalidReasons: asked.outcome === 'completed' ? [] : [messageOf(asked.error)],
    };
  }
}

function indicatorsOf(record: PhaseRecord): Record<IndicatorName, number | null> {
  const { latencyMs, arrivals } = record;
  return {
    p50: latencyMs.p50,
    p95: latencyMs.p95,
    p99: arrivals < REQUESTS_FOR_P99 ? null : latencyMs.p99,
    mean: latencyMs.mean,
    throughput: record.throughputPerSecond,
    goodput: record.goodputPerSecond,
    'error-rate': arrivals === 0 ? null : record.errorRate,
    attainment: record.attainment,
    'cost-per-query': record.cost?.perQueryUsd ?? null,
  };
}

/** The median of each stage over the answers that tell it. */
function stagesOf({ rows, setting }: RunPhase): Record<string, number | null> {
  return Object.fromEntries(
    setting.stageNames.map((name, stage) => {
      const told: number[] = [];
      for (let row = 0; row < rows.rows; row += 1) {
        const spent = rows.stages[stage]!.at(row);
        if (rows.outcome[row] === COMPLETED && !Number.isNaN(spent)) told.push(spent);
      }
      return [name, told.length === 0 ? null : quantile(sortSamples(told), 0.5)];
    }),
  );
}
