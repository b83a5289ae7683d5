import { FUNNEL } from '../judging/returned.ts';
import { seededRandom } from '../kernel/random.ts';
import { joinPhases } from '../load/columns.ts';
import { ErrorClasses } from '../load/recorder.ts';
import { ResponseTable } from '../load/responses.ts';
import { type PhaseVerdicts, summarisePhase } from '../load/summary.ts';
import type { Target } from '../load/target.ts';
import { inProcessTarget } from '../load/targets/in-process.ts';
import { DEFAULT_MEASURES } from '../measures/registry.ts';
import type { LoadRecord, ResponseRecord, RunRecord } from '../records/schema.ts';
import { indexSummary } from './evaluate.ts';
import { recordHeader } from './header.ts';
import { Judge } from './judge.ts';
import { type LoadContext, type PhasePlan, type RunPhase, runPhase } from './load-phase.ts';
import { type IndexedEngine, openIndexedEngine } from './open-index.ts';
import { LEAST_GAIN, LOAD_LEVELS, MOST_USERS, PROFILE_PLANS } from './profiles.ts';
import { runQualityPass } from './quality.ts';
import type { RunResult, RunSetup } from './setup.ts';
import { benchmarkStages } from './stages.ts';

/**
 * The main job: index › quality › warm-up › closed-loop maximum › open loop at half and at four fifths of it, uncached
 * and cached › micro-benchmarks of the stages. Interrupted, it ends after what is in flight and keeps what it has.
 */
export async function runBench(setup: RunSetup): Promise<RunResult> {
  const start = setup.clock.now();
  const header = recordHeader(setup, 'bench');
  const parts = new Parts(setup, PROFILE_PLANS[setup.options.bench.profile].microBenchmark > 0 ? 6 : 5);
  const indexed = await parts.run('index', async () => {
    const opened = await openIndexedEngine(setup);
    return [opened, indexSummary(opened.index, opened.ingest)];
  });
  try {
    const measured = await measure(setup, indexed, parts);
    const { index, ingest } = indexed;
    const complete = setup.signal?.aborted !== true;
    return {
      record: {
        ...header,
        index,
        ingest,
        ...measured.record,
        complete,
        durationMs: setup.clock.now() - start,
      },
      requests: measured.requests,
    };
  } finally {
    await indexed.engine.close();
  }
}

type Measured = Pick<RunRecord, 'quality' | 'questions' | 'load' | 'responses' | 'microBenchmarks' | 'notes'>;

async function measure(
  setup: RunSetup,
  { engine }: IndexedEngine,
  parts: Parts,
): Promise<{ record: Measured; requests: RunResult['requests'] }> {
  const { golden, options } = setup;
  const target = inProcessTarget(engine);
  const judge = new Judge(golden, options.quality.k);
  const { quality, questions } = await parts.run('quality', async () => {
    const result = await runQualityPass(setup, target, {
      judge,
      measures: options.quality.measures ?? DEFAULT_MEASURES,
    });
    return [result, `${result.questions.length} questions asked once`];
  });

  const context = loadContext(setup, target);
  const { phases, maximum } = await driveLoad(setup, context, {
    parts,
    clearCaches: () => engine.clearCaches(),
  });
  const judged = phases.map((phase) => ({
    ...phase,
    verdicts: judge.verdictsOf(phase.rows, context.responses, phase.setting.deadline),
  }));
  const plan = PROFILE_PLANS[options.bench.profile];
  const microBenchmarks =
    plan.microBenchmark > 0 && !setup.signal?.aborted
      ? await parts.run('stages', async () => {
          const results = await benchmarkStages(setup, engine, plan.microBenchmark);
          return [results, `${results.length} micro-benchmarks`];
        })
      : undefined;
  return {
    record: {
      quality,
      questions,
      load: loadRecord(context, judged, maximum),
      responses: responseRecords(context.responses, judge),
      notes: notesOn(setup, judged),
      ...(microBenchmarks && { microBenchmarks }),
    },
    requests: joinPhases(judged, target.stages.length),
  };
}

type JudgedPhase = RunPhase & { readonly verdicts: PhaseVerdicts };
type Maximum = { concurrency: number; ratePerSecond: number };

interface Driving {
  readonly parts: Parts;
  readonly clearCaches: () => Promise<void>;
}

/** Warm-up, the closed-loop maximum, and the open-loop phases. Stops between phases once the run is interrupted. */
async function driveLoad(
  setup: RunSetup,
  context: LoadContext,
  { parts, clearCaches }: Driving,
): Promise<{ phases: RunPhase[]; maximum: Maximum | null }> {
  const plan = PROFILE_PLANS[setup.options.bench.profile];
  const phases: RunPhase[] = [];
  const drive = async (phase: PhasePlan): Promise<RunPhase> => {
    const run = await runPhase(phase, context);
    phases.push(run);
    return run;
  };
  await parts.run('warm-up', async () => {
    await drive({ name: 'warm-up', loop: 'closed', concurrency: 1, duration: plan.warmup, warmup: true });
    return [undefined, `${plan.warmup / 1000} s`];
  });
  if (setup.signal?.aborted) return { phases, maximum: null };
  const maximum = await parts.run('closed loop', async () => {
    const found = await findMaximum(drive, plan.closedProbe, setup.signal);
    return [
      found,
      `${found.ratePerSecond.toFixed(0)} requests/s at most, with ${found.concurrency} in flight`,
    ];
  });
  await parts.run('open loop', async () => {
    for (const cacheMode of ['uncached', 'cached'] as const) {
      if (cacheMode === 'cached') await preheat(context, clearCaches);
      for (const level of LOAD_LEVELS) {
        if (setup.signal?.aborted) break;
        const rate = maximum.ratePerSecond * level;
        const name = `open ${level * 100} % ${cacheMode}`;
        await drive({ name, loop: 'open', rate, cacheMode, duration: plan.openPhase });
      }
    }
    return [undefined, `${LOAD_LEVELS.length * 2} phases of ${plan.openPhase / 1000} s`];
  });
  return { phases, maximum };
}

/** Users are doubled until that brings less than 5 % more answers a second. */
async function findMaximum(
  drive: (plan: PhasePlan) => Promise<RunPhase>,
  duration: number,
  signal: AbortSignal | undefined,
): Promise<Maximum> {
  let best: Maximum = { concurrency: 1, ratePerSecond: 0 };
  for (let concurrency = 1; concurrency <= MOST_USERS && !signal?.aborted; concurrency *= 2) {
    const { rows, setting } = await drive({
      name: `closed × ${concurrency}`,
      loop: 'closed',
      concurrency,
      duration,
    });
    const completed = rows.outcome.subarray(0, rows.rows).filter((outcome) => outcome === 0).length;
    const ratePerSecond = completed / (setting.elapsed / 1000);
    const gain = ratePerSecond / best.ratePerSecond - 1;
    if (ratePerSecond > best.ratePerSecond) best = { concurrency, ratePerSecond };
    if (gain < LEAST_GAIN) break;
  }
  return best;
}

/** Asks each question once into empty caches, so that `cached` phases measure warm ones. */
async function preheat(
  { target, questions, signal }: LoadContext,
  clearCaches: () => Promise<void>,
): Promise<void> {
  await clearCaches();
  for (const [question, text] of questions.entries()) {
    if (signal?.aborted) return;
    await target.ask({ question, text, cache: true }).catch(() => undefined); // the phase itself counts failures
  }
}

function loadContext(setup: RunSetup, target: Target): LoadContext {
  const { golden, options, clock, seed, signal, onEvent } = setup;
  return {
    target,
    questions: golden.questions.map(({ question }) => question),
    clock,
    random: seededRandom(seed),
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    timeoutMs: options.bench.timeoutMs,
    deadlineMs: options.bench.deadlineMs,
    maxInFlight: options.bench.maxInFlight,
    arrivals: options.bench.arrivals,
    ...(signal && { signal }),
    onEvent,
  };
}

function loadRecord(
  context: LoadContext,
  phases: readonly JudgedPhase[],
  maximum: Maximum | null,
): LoadRecord {
  return {
    target: context.target.name,
    phases: phases.map(({ rows, verdicts, setting }) => summarisePhase(rows, verdicts, setting)),
    stages: [...context.target.stages],
    funnelClasses: [...FUNNEL],
    errorClasses: [...context.errors.list()],
    closedLoopMaximum: maximum,
  };
}

/** Documents of a response that the record keeps: enough to show what was wrong with it. */
const TOP_DOCUMENTS = 5;

function responseRecords(responses: ResponseTable, judge: Judge): ResponseRecord[] {
  return Array.from({ length: responses.size }, (_, id) => {
    const response = responses.response(id);
    return {
      question: responses.question(id),
      answer: response.answer ?? null,
      abstained: response.abstained,
      right: judge.verdictOn(responses, id).right,
      topDocuments: response.ranking?.ids.slice(0, TOP_DOCUMENTS) ?? [],
    };
  });
}

/** What a reader must know to trust the figures, or not to. */
function notesOn({ golden, engine }: RunSetup, phases: readonly JudgedPhase[]): string[] {
  const notes: string[] = [];
  if (golden.questions.length < 50) {
    notes.push(
      `Only ${golden.questions.length} golden questions: intervals are wide, and one question moves a mean.`,
    );
  }
  if (engine.generation.provider === 'simulated') {
    notes.push(
      'Answers are simulated: latency is that of a model in name only, and answers are made from passages.',
    );
  }
  if (phases.length > 0) {
    notes.push(
      'The load generator and the engine share one process and one event loop: latency includes their queue, lag is reported and not judged.',
    );
  }
  return notes;
}

/** The numbered parts of a run, told to whoever shows progress. */
class Parts {
  readonly #setup: RunSetup;
  readonly #steps: number;
  #step = 0;

  constructor(setup: RunSetup, steps: number) {
    this.#setup = setup;
    this.#steps = steps;
  }

  /** Runs one part, which gives its result and one line about it. */
  async run<T>(name: string, part: () => Promise<[result: T, summary: string]>): Promise<T> {
    this.#step += 1;
    this.#setup.onEvent({ type: 'part.started', name, step: this.#step, steps: this.#steps });
    const [result, summary] = await part();
    this.#setup.onEvent({ type: 'part.finished', name, summary });
    return result;
  }
}
