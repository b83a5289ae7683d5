import { seededRandom } from '../kernel/random.ts';
import { RunBudget } from '../load/budget.ts';
import { ErrorClasses } from '../load/error-classes.ts';
import { type RunPhase, runPhase } from '../load/phase.ts';
import type { LoadContext, PhasePlan } from '../load/phase-plan.ts';
import { ResponseTable } from '../load/responses.ts';
import type { TargetResponse } from '../load/target.ts';
import type { Measure } from '../measures/measure.ts';
import { parseMeasures } from '../measures/registry.ts';
import type { Slo } from '../objectives/slo.ts';
import type { LoadRecord } from '../records/schema.ts';
import { pacingClock, systemClock } from '../system/clock.ts';
import { recordHeader } from './header.ts';
import { Judge } from './judge.ts';
import { fastestRate, plansOf, refuseTooFast } from './load-plans.ts';
import { questionsUnderLoad } from './load-questions.ts';
import { loadResult, responseRecords } from './load-record.ts';
import { cacheModeOf, inFlightCap, type LoadSetup, type LoadShape } from './load-setup.ts';
import { notesOn, notesOnLoad, notesOnTarget } from './notes.ts';
import { type OpenTarget, openTarget } from './open-target.ts';
import { Parts } from './parts.ts';
import { askFirst, sizeInWords, sizeOf } from './preflight.ts';
import type { RunResult } from './setup.ts';
import { isShown, requireReturned } from './slo-support.ts';
import { LoadVerdicts } from './verdicts.ts';

/** Measures that show how quality changes with load, unless others are asked for: one of the ranking, one of its top, one of the answer. */
const UNDER_LOAD = ['ndcg@10', 'success@5', 'f1'];

/**
 * Drives a target: one question by itself, a warm-up, then the load, and joins how fast it was with how right it was, per
 * request. Interrupted, it keeps what was measured. Rejects before any load is sent where the target cannot be reached or
 * fails the first question, where the SLO asks for what it does not return, or where the load is above its ceiling.
 */
export async function runLoad(setup: LoadSetup, shape: LoadShape): Promise<RunResult> {
  const start = setup.clock.now();
  const header = recordHeader(setup, 'load');
  const fastest = fastestRate(shape);
  refuseTooFast(fastest, setup.rules);
  const parts = new Parts(2, setup.onEvent);
  const plans = plansOf(shape, setup);
  const opened = await parts.run('target', async () => {
    const target = await openTarget(setup, {
      connections: inFlightCap(setup.rules, fastest),
      timeout: setup.rules.timeout,
      traces: setup.engineTraces,
    });
    return [target, target.summary];
  });
  try {
    const { load, requests, questions, responses, notes } = await parts.run('load', async () => {
      const first = await askFirst(setup, opened.target);
      const measures = measuresOf(setup, opened);
      warnOfSize(setup, plans, first);
      const session = new LoadSession(setup, opened, { fastest, measures });
      session.context.budget?.spend({ requests: 1, costUsd: first.costUsd ?? 0 });
      const phases = await session.drive(plans);
      return [
        session.result(phases, { slo: setup.rules.slo }),
        `${phases.reduce((sum, { rows }) => sum + rows.rows, 0)} requests`,
      ];
    });
    return {
      record: {
        ...header,
        index: opened.index,
        ingest: opened.ingest,
        load,
        questions,
        responses,
        notes: [...notes],
        complete: setup.signal?.aborted !== true,
        durationMs: setup.clock.now() - start,
      },
      requests,
    };
  } finally {
    await opened.close();
  }
}

/** The measures of the run: those that were asked for, those of the SLO, or a few that fit the target. */
export function measuresOf({ options, rules, golden }: LoadSetup, { target }: OpenTarget): Measure[] {
  const asked = options.quality.measures;
  const inSlo = (rules.slo?.clauses ?? []).flatMap(({ subject }) =>
    subject.kind === 'measure' ? [subject.measure] : [],
  );
  const measures = parseMeasures([...(asked ?? UNDER_LOAD), ...inSlo]);
  if (rules.slo !== undefined) {
    requireReturned(rules.slo, {
      target: target.name,
      returns: target.returns,
      questions: golden.questions,
      measures,
    });
  }
  return asked === undefined ? measures.filter((measure) => isShown(measure, target.returns)) : measures;
}

/** Before a run that costs somebody something, its size. */
function warnOfSize(setup: LoadSetup, plans: readonly PhasePlan[], first: TargetResponse): void {
  const size = sizeInWords(sizeOf(plans, setup, first));
  setup.onEvent({ type: 'part.noted', name: 'load', text: size });
}

export interface ResultOptions {
  /** Judged over each measured phase. */
  readonly slo?: Slo | undefined;
  readonly maximum?: LoadRecord['closedLoopMaximum'];
}

/** Phases of one target whose answers are judged together. */
export class LoadSession {
  readonly #setup: LoadSetup;
  readonly #opened: OpenTarget;
  readonly #judge: Judge;
  readonly context: LoadContext;
  readonly cacheMode: ReturnType<typeof cacheModeOf>;
  readonly verdicts: LoadVerdicts;

  constructor(
    setup: LoadSetup,
    opened: OpenTarget,
    { fastest, measures }: { readonly fastest: number; readonly measures: readonly Measure[] },
  ) {
    this.#setup = setup;
    this.cacheMode = cacheModeOf(setup);
    this.#opened = opened;
    this.#judge = new Judge(opened.documents, setup.options.quality.k);
    this.context = this.#contextOf(fastest);
    const { responses } = this.context;
    this.verdicts = new LoadVerdicts(this.#judge, setup.golden.questions, responses, measures);
  }

  #contextOf(fastest: number): LoadContext {
    const { golden, rules, seed, signal, onEvent } = this.#setup;
    const { target, threads } = this.#opened;
    return {
      target,
      threads,
      questions: golden.questions.map(({ question }) => question),
      // A timer's lateness of up to a millisecond is most of what the engine in this process takes, and nothing over HTTP.
      clock: target.kind === 'in-process' ? pacingClock : systemClock,
      random: seededRandom(seed),
      responses: new ResponseTable(),
      errors: new ErrorClasses(),
      timeoutMs: rules.timeout,
      deadlineMs: rules.deadline,
      traceShare: rules.traceShare,
      firstTokenDeadlineMs: rules.firstTokenDeadline,
      maxInFlight: inFlightCap(rules, fastest),
      arrivals: rules.arrivals,
      maxRate: rules.maxRate,
      budget: new RunBudget({ maxRequests: rules.maxRequests, maxCostUsd: rules.maxCostUsd }),
      isRight: (question, response) => {
        const { right } = this.#judge.judge(golden.questions[question]!, response);
        return right === 'unscored' ? undefined : right === 'right';
      },
      ...(signal && { signal }),
      onEvent,
    };
  }

  /** Runs the phases, one after the other, until they are done, the run is interrupted or its budget used up. */
  async drive(plans: readonly PhasePlan[]): Promise<RunPhase[]> {
    const phases: RunPhase[] = [];
    for (const plan of plans) {
      if (this.context.signal?.aborted || this.context.budget?.exhaustedBy) break;
      const phase = await runPhase(plan, this.context);
      if (phase.rows.rows > 0 || !this.context.signal?.aborted) phases.push(phase);
    }
    return phases;
  }

  /** What came of the phases, as the record keeps it. */
  result(phases: readonly RunPhase[], { slo, maximum = null }: ResultOptions = {}) {
    const { golden } = this.#setup;
    const { responses } = this.context;
    const { verdicts } = this;
    const { load, takeRequests } = loadResult(this.context, verdicts, { phases, maximum, slo });
    const questions = questionsUnderLoad(golden.questions, phases, {
      judge: this.#judge,
      load: verdicts,
      responses,
    });
    const setting =
      this.#setup.target.kind === 'in-process'
        ? notesOn(this.#setup)
        : notesOnTarget(this.#setup, this.cacheMode);
    return {
      load,
      requests: takeRequests(),
      questions,
      responses: responseRecords(responses, verdicts, 0),
      notes: [...setting, ...notesOnLoad(load.phases)],
    };
  }
}
