import { printFault } from '../../faults/print.ts';
import { seededRandom } from '../../kernel/random.ts';
import { type RunPhase, runPhase } from '../../load/phase.ts';
import type { OpenPlan } from '../../load/phase-plan.ts';
import { parseShape, scheduleOf } from '../../load/shapes.ts';
import type { Measure } from '../../measures/measure.ts';
import { parseMeasures } from '../../measures/registry.ts';
import type { DrillRecord, PhaseRecord, RunRecord } from '../../records/schema.ts';
import { recordHeader } from '../header.ts';
import { LoadSession, measuresOf } from '../load.ts';
import { inFlightCap, type LoadRules, type LoadSetup } from '../load-setup.ts';
import { Parts } from '../parts.ts';
import type { RunResult } from '../setup.ts';
import { armRecord, type RunArm } from './arm-record.ts';
import type { DrillPlan } from './drill-file.ts';
import { isMeasured, judgePromise } from './promises.ts';
import { happeningsIn } from './scenarios.ts';
import type { DrillArm, DrillSystem, OpenSystem } from './system.ts';
import { worthOf } from './worth.ts';

export interface DrillOptions {
  readonly plan: DrillPlan;
  /** The first has all its patterns. */
  readonly arms: readonly DrillArm[];
  readonly rules: LoadRules;
  /** What the error budget is of. */
  readonly budget: { readonly target: number; readonly days: number };
  readonly open: OpenSystem;
}

/** Milliseconds of questions before the timeline: code is compiled, caches are as warm as the drill wants them. */
const WARMUP = 2000;

/**
 * Runs a drill: steady load with golden questions over the whole timeline, once for each arm, with the same questions at the
 * same times and the same faults. What came of each arrival is kept, so that every figure can be made again from the record.
 * Interrupted, it keeps the arms that are whole, or the first as far as it came.
 */
export async function runDrill(options: DrillOptions): Promise<RunResult> {
  const { plan, arms } = options;
  const [first] = arms;
  if (first === undefined) throw new Error('a drill needs an arm');
  const { clock, signal, onEvent } = first.setup;
  const start = clock.now();
  const header = recordHeader(first.setup, 'drill');
  const run = new DrillRun(options, new Parts(arms.length, onEvent));
  for (const arm of arms) {
    if (signal?.aborted) break;
    await run.drive(arm);
  }
  const { drill, load, requests, questions, responses, notes, index, ingest } = run.result();
  const record: RunRecord = {
    ...header,
    index,
    ingest,
    load,
    questions,
    responses,
    drill,
    notes: [...notes, ...notesOnDrill(plan, drill)],
    complete: signal?.aborted !== true,
    durationMs: clock.now() - start,
  };
  return { record, requests };
}

interface RunOf {
  readonly arm: DrillArm;
  readonly phase: RunPhase;
  readonly system: DrillSystem;
  readonly watched: RunArm['watched'];
  /** It was not cut short. */
  readonly whole: boolean;
}

class DrillRun {
  readonly #options: DrillOptions;
  readonly #parts: Parts;
  readonly #run: RunOf[] = [];
  #session: LoadSession | undefined;

  constructor(options: DrillOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** One arm, from opening its system to closing it. One that was interrupted counts only as the first. */
  drive(arm: DrillArm): Promise<void> {
    const { plan, open } = this.#options;
    return this.#parts.run(arm.name, async () => {
      const tell = (text: string) => arm.setup.onEvent({ type: 'part.noted', name: arm.name, text });
      const { rules } = this.#options;
      const connections = inFlightCap(rules, this.#fastest);
      const system = await open({ plan, arm, tell, timeoutMs: rules.timeout, connections });
      try {
        const phase = await this.#load(arm, system);
        const whole = phase.setting.endedBy === null;
        // Of an arm that was cut short only the first is worth keeping, and only where anything was asked.
        if (whole || (this.#run.length === 0 && phase.rows.rows > 0)) {
          const { watch } = system;
          const watched = {
            transitions: watch?.transitions ?? [],
            dependencies: watch?.dependencies(plan.span) ?? [],
            detectedMs: watch?.detectedAfter(plan.span) ?? null,
            injected: system.injected(),
          };
          this.#run.push({ arm, phase, system, watched, whole });
        }
        return [undefined, `${phase.rows.rows} requests`];
      } finally {
        await system.close();
      }
    });
  }

  async #load(arm: DrillArm, system: DrillSystem): Promise<RunPhase> {
    const { plan } = this.#options;
    const session = this.#sessionFor(arm, system);
    const context = { ...session.context, target: system.target, clock: session.context.clock };
    // Arrivals and questions are drawn from the seed by the phase's name: arms that shall be compared share it.
    const warm: OpenPlan = {
      name: 'warm-up',
      loop: 'open',
      rate: plan.rate,
      duration: WARMUP,
      cacheMode: 'as-configured',
      warmup: true,
    };
    await runPhase(warm, context);
    arm.setup.signal?.throwIfAborted();
    await system.ready?.();
    const over = new AbortController();
    // Faults count from the moment that due times do: drawing a schedule takes its time, too.
    const onOrigin = (): void => system.begin(over.signal);
    try {
      return await runPhase(this.#timeline(session), { ...context, onOrigin });
    } finally {
      over.abort();
    }
  }

  #timeline({ context }: LoadSession): OpenPlan {
    const { plan } = this.#options;
    const { durationMs, rate, name } = plan;
    const common = { name, loop: 'open', rate, duration: durationMs, cacheMode: 'as-configured' } as const;
    if (plan.shape === undefined) return common;
    const shape = parseShape(plan.shape, { rate, durationMs });
    const schedule = scheduleOf(shape, {
      process: context.arrivals,
      random: seededRandom(this.#options.arms[0]!.setup.seed).fork(`arrivals/${name}`),
    });
    return { ...common, schedule, shape: shape.text };
  }

  /** The session of the first arm: the others share its tables of responses and errors, and its judge. */
  #sessionFor({ setup }: DrillArm, system: DrillSystem): LoadSession {
    if (this.#session !== undefined) return this.#session;
    const { rules } = this.#options;
    const asLoad: LoadSetup = { ...setup, target: system.via ?? { kind: 'in-process' }, rules };
    const { target, documents, index, ingest } = system;
    const close = () => system.close();
    const opened = { target, documents, index, ingest, close, threads: undefined, summary: '' };
    const measures = this.#measures(measuresOf(asLoad, opened));
    this.#session = new LoadSession(asLoad, opened, { fastest: this.#fastest, measures });
    return this.#session;
  }

  /** Those that promises name are measured, whatever else is. */
  #measures(usual: readonly Measure[]): Measure[] {
    const known = new Set(usual.map(({ name }) => name));
    const promised = this.#options.plan.promises.flatMap(({ subject }) =>
      isMeasured(subject) && !known.has(subject) ? [subject] : [],
    );
    return promised.length === 0 ? [...usual] : [...usual, ...parseMeasures([...new Set(promised)])];
  }

  /** Arrivals per second, at most. */
  get #fastest(): number {
    const { plan } = this.#options;
    return plan.shape === undefined ? plan.rate : plan.rate * 10;
  }

  result() {
    const { plan, budget } = this.#options;
    const session = this.#session;
    if (session === undefined || this.#run.length === 0) {
      throw this.#options.arms[0]!.setup.signal?.reason ?? new Error('the drill has no arm');
    }
    const arms = this.#run.map(({ arm, phase, watched }, index) =>
      armRecord(
        { arm, phase, watched, index, verdicts: session.verdicts.of(phase.rows, phase.setting) },
        { plan, budget },
      ),
    );
    const named = this.#run.map(({ arm, phase }, index) => ({
      ...phase,
      setting: { ...phase.setting, name: index === 0 ? plan.name : `${plan.name}, ${arm.name}` },
    }));
    const { load, requests, questions, responses, notes } = session.result(named);
    const records = arms.map(({ record }, index) => ({
      ...record,
      ...trustIn(load.phases[index]!, this.#run[index]!),
    }));
    const compared = records.map((record, index) => ({ record, arrivals: arms[index]!.arrivals }));
    const [main, ...others] = compared;
    const promises = plan.promises.map((promise) =>
      judgePromise(promise, { arm: main!.record, arrivals: main!.arrivals, durationMs: plan.durationMs }),
    );
    const drill: DrillRecord = {
      name: plan.name,
      title: plan.title,
      fear: plan.fear,
      durationMs: plan.durationMs,
      rate: plan.rate,
      faults: [
        ...happeningsIn(plan),
        ...plan.faults.map((fault) => ({
          text: printFault(fault),
          target: fault.target,
          kind: fault.effect.kind,
          fromMs: fault.fromMs,
          toMs: fault.toMs ?? plan.durationMs,
        })),
      ],
      arms: records,
      differences: others.flatMap((other) => worthOf(main!, other, plan.span)),
      promises,
      verdict: verdictOf(promises, records[0]!.valid),
    };
    const { index, ingest } = this.#run[0]!.system;
    const told = this.#run.flatMap(({ system }) => system.notes);
    return { drill, load, requests, questions, responses, notes: [...notes, ...told], index, ingest };
  }
}

/** What was cut short proves nothing of what would have come. */
function trustIn({ valid, invalidReasons }: Pick<PhaseRecord, 'valid' | 'invalidReasons'>, { whole }: RunOf) {
  return whole
    ? { valid, invalidReasons }
    : { valid: false, invalidReasons: [...invalidReasons, 'the drill was interrupted'] };
}

function verdictOf(promises: DrillRecord['promises'], valid: boolean): DrillRecord['verdict'] {
  if (promises.some(({ verdict }) => verdict === 'FAIL')) return 'FAIL';
  return valid && promises.every(({ verdict }) => verdict === 'PASS') ? 'PASS' : 'INCONCLUSIVE';
}

function notesOnDrill({ faults }: DrillPlan, { arms }: DrillRecord): string[] {
  const [main] = arms;
  const silent = (main?.injected ?? []).filter(({ count }) => count === 0).map(({ fault }) => fault);
  return [
    ...(faults.length > 0 && silent.length > 0
      ? [`Never injected, since nothing called for it: ${silent.join('; ')}.`]
      : []),
    ...arms
      .slice(1) // of the first one the report says so itself
      .filter(({ valid }) => !valid)
      .map(({ name, invalidReasons }) => `${name}: not to be trusted: ${invalidReasons.join('; ')}.`),
  ];
}
