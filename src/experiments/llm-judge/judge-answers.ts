import type { PriceTable } from '../../engine/generation/cost.ts';
import { type JudgedCase, type Task, taskFor } from '../../judging/llm/judged.ts';
import type { HumanLabel } from '../../judging/llm/labels.ts';
import type { Judgement, JudgingOptions } from '../../judging/options.ts';
import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { seededRandom } from '../../kernel/random.ts';
import type { JudgeRecord, QuestionJudgement, QuestionJudgements } from '../../records/judge-schema.ts';
import type { ChatModel } from '../chat-model/port.ts';
import type { ExperimentEvent } from '../events.ts';
import { Budget } from './budget.ts';
import { Caller, type Outcome } from './caller.ts';
import { labelAgreement } from './label-agreement.ts';
import type { ReplyCache } from './reply-cache.ts';
import { type Failure, summarise } from './summarise.ts';

export interface JudgeRun {
  /** Golden questions and what came back for them. */
  readonly cases: readonly JudgedCase[];
  readonly model: ChatModel;
  readonly judge: JudgingOptions['judge'];
  readonly prices: PriceTable;
  /** Undefined where replies are not to be kept. */
  readonly cache: ReplyCache | undefined;
  readonly labels?: readonly HumanLabel[] | undefined;
  readonly seed: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: (event: ExperimentEvent) => void;
}

export interface JudgedAnswers {
  readonly record: JudgeRecord;
  /** In the order of the cases, by judgement. */
  readonly questions: readonly QuestionJudgements[];
}

/** Of the part, for progress. */
export const JUDGE_PART = 'judge';
/** Milliseconds between two tellings of progress. */
const TURN = 100;

/** One judgement of one case. */
interface Job {
  readonly place: number;
  readonly judgement: Judgement;
}

/**
 * Has a model judge what came back for golden questions, `judge.concurrency` calls at a time. What fails is counted, and
 * has no score; an interruption, or a service that takes no more requests, keeps what was judged until then. Throws
 * `config.invalid` for settings that cannot work, before anything is asked.
 */
export async function judgeAnswers(run: JudgeRun): Promise<JudgedAnswers> {
  const { cases, judge, clock, seed, signal, onEvent } = run;
  const start = clock.now();
  const sentBefore = run.model.sent;
  const random = seededRandom(seed).fork('judge');
  const budget = new Budget(run.prices, judge);
  const caller = new Caller({ ...run, budget, random, onCacheFault: warnOnce(onEvent) });
  const judgements = [...new Set(judge.measures)];
  const questions: Record<string, QuestionJudgement>[] = cases.map(() => ({}));
  const failures = new Map<Judgement, Failure[]>(judgements.map((judgement) => [judgement, []]));

  const jobs = cases.flatMap((_, place) => judgements.map((judgement): Job => ({ place, judgement })));
  const progress = progressOf(run, jobs.length, budget);
  await inTurns(jobs, judge.concurrency, async ({ place, judgement }) => {
    const task = taskFor(judgement, cases[place]!, judge);
    if (task.kind !== 'ask') questions[place]![judgement] = notAsked(task);
    else {
      const halted = signal?.aborted === true || caller.stopped !== null;
      const outcome: Outcome = halted ? { kind: 'not-reached' } : await caller.judge(judgement, task.input);
      if (outcome.kind === 'failed') failures.get(judgement)!.push(outcome);
      questions[place]![judgement] = judgementOf(outcome);
    }
    progress();
  });
  progress('end');

  const byId = new Map(cases.map(({ question }, place) => [question.id, questions[place]!]));
  const { structuredOutput, temperature, seeded } = run.model.terms;
  const all = (judgement: Judgement) => questions.map((question) => question[judgement]!);
  const summaries = judgements.map((judgement) =>
    summarise(judgement, { judged: all(judgement), failures: failures.get(judgement)!, random }),
  );
  const missing = summaries.some(({ notReached }) => notReached > 0);
  const stopped = missing ? (caller.stopped ?? 'interrupted') : null;
  return {
    questions,
    record: {
      model: run.model.model,
      answeredBy: [...caller.answeredBy].sort(),
      service: run.model.service,
      temperature,
      seed: seeded ? seed : null,
      structuredOutput,
      concurrency: judge.concurrency,
      calls: run.model.sent - sentBefore,
      retries: caller.retries,
      cached: questions.flatMap((question) => Object.values(question)).filter(({ cached }) => cached).length,
      inputTokens: budget.inputTokens,
      outputTokens: budget.outputTokens,
      costUsd: budget.costUsd,
      durationMs: clock.now() - start,
      complete: !missing,
      stopped,
      judgements: summaries,
      agreement: run.labels === undefined ? null : labelAgreement(run.labels, byId, random),
    },
  };
}

/**
 * The scores of each question under the names that reports and slices use: `llm-faithfulness`. Null where there is none,
 * and so left out of means; null throughout where the mean is withheld, so that no slice tells what the whole may not.
 */
export function judgeScores({ record, questions }: JudgedAnswers): Record<string, number | null>[] {
  return questions.map((judged) =>
    Object.fromEntries(
      record.judgements.map(({ name, withheld }) => [
        `llm-${name}`,
        withheld ? null : (judged[name]?.score ?? null),
      ]),
    ),
  );
}

/** What failed or was not reached, in a sentence for each judgement that lacks something. */
export function judgeWarnings({ judgements, stopped }: JudgeRecord): string[] {
  const lacking = judgements.flatMap(({ name, failed, judged, withheld, failures }) => {
    if (failed === 0) return [];
    const faults = failures.map(({ fault, count }) => `${fault} ${count}`).join(', ');
    const mean = withheld ? '; its mean is withheld' : '';
    return [
      `The judge failed on ${failed} of ${failed + judged} answers for ${name} (${faults}; for example: ${failures[0]?.example ?? '–'})${mean}`,
    ];
  });
  const missing = judgements.reduce((sum, { notReached }) => sum + notReached, 0);
  return stopped === null
    ? lacking
    : [...lacking, `Judging ended early (${stopped}): ${missing} judgements were not reached`];
}

/** Throws `judge.failed` where the model was asked and judged nothing at all. For after the record is saved. */
export function refuseFailedJudge(record: JudgeRecord): void {
  const { judgements, stopped, service, model } = record;
  const judged = judgements.reduce((sum, one) => sum + one.judged, 0);
  const failed = judgements.reduce((sum, one) => sum + one.failed, 0);
  if (judged > 0 || failed === 0) return;
  throw new GroundspeedError('judge.failed', `${model} judged none of the answers`, {
    where: service,
    problems: judgeWarnings(record),
    hint:
      stopped === null
        ? 'Look at the reasons; another judge.model may keep to the format.'
        : 'Check judge.model, judge.baseUrl and the key, then run it again: what was judged is cached.',
  });
}

function notAsked(task: Exclude<Task, { kind: 'ask' }>): QuestionJudgement {
  const { reason } = task;
  return task.kind === 'rule'
    ? { status: 'by-rule', score: task.score, reason, counts: null, cached: false }
    : { status: 'not-applicable', score: null, reason, counts: null, cached: false };
}

function judgementOf(outcome: Outcome): QuestionJudgement {
  switch (outcome.kind) {
    case 'judged': {
      const { score, reason, counts } = outcome.verdict;
      return { status: 'judged', score, reason, counts: counts ?? null, cached: outcome.cached };
    }
    case 'failed': {
      const reason = `${outcome.fault}: ${outcome.message}`;
      return { status: 'failed', score: null, reason, counts: null, cached: false };
    }
    case 'not-reached':
      return { status: 'not-reached', score: null, reason: null, counts: null, cached: false };
  }
}

/** Works through a list, so many at a time. */
async function inTurns<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

function progressOf({ clock, onEvent }: JudgeRun, total: number, budget: Budget): (end?: 'end') => void {
  let done = 0;
  let told = Number.NEGATIVE_INFINITY;
  return (end) => {
    if (end === undefined) done += 1;
    if (end === undefined && clock.now() - told < TURN) return;
    told = clock.now();
    const { costUsd } = budget;
    onEvent({
      type: 'part.progress',
      name: JUDGE_PART,
      done,
      total,
      unit: 'judgements',
      ...(costUsd !== null && { detail: `$${costUsd.toFixed(4)}` }),
    });
  };
}

function warnOnce(onEvent: JudgeRun['onEvent']): (message: string) => void {
  let told = false;
  return (message) => {
    if (told) return;
    told = true;
    onEvent({ type: 'warning', message: `The judge's replies cannot be kept: ${message}` });
  };
}
