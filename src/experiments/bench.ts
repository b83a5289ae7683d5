import { seededRandom } from '../kernel/random.ts';
import { ErrorClasses } from '../load/error-classes.ts';
import type { LoadContext } from '../load/phase-plan.ts';
import { ResponseTable } from '../load/responses.ts';
import type { Target } from '../load/target.ts';
import type { RunRecord } from '../records/schema.ts';
import { pacingClock } from '../system/clock.ts';
import { assessWhole } from './assess.ts';
import { compareQuality, type VariantResult } from './compare-quality.ts';
import { driveLoad } from './drive-load.ts';
import { recordHeader } from './header.ts';
import { Judge } from './judge.ts';
import { loadResult, responseRecords } from './load-record.ts';
import { notesOn, notesOnLoad, notesOnQuality } from './notes.ts';
import { type IndexedEngine, indexSummary, openIndexedEngine } from './open-index.ts';
import { engineTarget } from './open-target.ts';
import { Parts } from './parts.ts';
import { PROFILE_PLANS, type ProfilePlan } from './profiles.ts';
import { type QualityResult, runQualityPass } from './quality.ts';
import type { RunResult, RunSetup } from './setup.ts';
import { benchmarkStages } from './stages.ts';
import { configuredAlike, knownVariants, type Variant } from './variants.ts';
import { LoadVerdicts } from './verdicts.ts';
import { withoutStandIns } from './without-stand-ins.ts';

/**
 * The main job: index › quality › warm-up › closed-loop maximum › open loop at half and at four fifths of it, uncached
 * and cached › micro-benchmarks of the stages › the known ways to retrieve, compared. `plan` says for how long; by default the profile does.
 *
 * Interrupted, it ends after what is in flight and keeps what it has (`complete` is false). Rejects with
 * `run.interrupted` where that is nothing: while the index was being built, which goes on from there the next time.
 */
export async function runBench(
  setup: RunSetup,
  plan: ProfilePlan = PROFILE_PLANS[setup.options.bench.profile],
): Promise<RunResult> {
  const start = setup.clock.now();
  const header = recordHeader(setup, 'bench');
  const variants = plan.comparesVariants ? knownVariants(setup) : [];
  const asked = variants.filter((variant) => !configuredAlike(variant.setup, setup)).length;
  const parts = new Parts((plan.microBenchmark > 0 ? 6 : 5) + 2 * asked, setup.onEvent);
  const indexed = await parts.run('index', async () => {
    const opened = await openIndexedEngine(withoutStandIns(setup));
    return [opened, indexSummary(opened)];
  });
  const { index, ingest } = indexed;
  const { target, close } = await engineTarget(indexed, setup.engineTraces);
  const { requests, rankings, ...measured } = await measure(
    setup,
    { ...indexed, target },
    { plan, parts },
  ).finally(close);
  const comparison = await compareVariants(setup, measured, { variants, parts });
  const complete = setup.signal?.aborted !== true;
  const durationMs = setup.clock.now() - start;
  return {
    record: {
      ...header,
      index,
      ingest,
      ...measured,
      ...(comparison !== undefined && { comparison }),
      complete,
      durationMs,
    },
    requests,
    rankings,
  };
}

/** Asks each of the known ways to retrieve every question, once all else is measured; the one that is configured was asked. */
async function compareVariants(
  setup: RunSetup,
  { quality, questions }: Pick<Measured, 'quality' | 'questions'>,
  { variants, parts }: { variants: readonly Variant[]; parts: Parts },
): Promise<RunRecord['comparison']> {
  if (variants.length === 0 || quality === undefined || questions === undefined) return undefined;
  const results: VariantResult[] = [];
  for (const variant of variants) {
    const { name, settings } = variant;
    const known = configuredAlike(variant.setup, setup);
    const result = known ? { name, settings, quality, questions } : await assessWhole(variant, parts);
    if (result === undefined) return undefined; // interrupted
    results.push(result);
  }
  return compareQuality(results, setup.seed);
}

interface Running {
  readonly plan: ProfilePlan;
  readonly parts: Parts;
}

type Measured = Pick<
  RunRecord,
  'quality' | 'questions' | 'load' | 'responses' | 'microBenchmarks' | 'notes'
> &
  Required<Pick<RunResult, 'requests' | 'rankings'>>;

async function measure(
  setup: RunSetup,
  { engine, documents, target }: IndexedEngine & { readonly target: Target },
  { plan, parts }: Running,
): Promise<Measured> {
  const { golden, options, signal } = setup;
  const judge = new Judge(documents, options.quality.k);
  const pass = await parts.run('quality', async () => {
    const result = await runQualityPass(setup, target, { judge });
    return [result, `${result.questions.length} questions asked once`];
  });
  const context = loadContext(setup, target);
  const known = keepResponses(context.responses, pass);
  const driven = await driveLoad(context, { plan, parts, clearCaches: () => engine.clearCaches() });
  const stages =
    plan.microBenchmark > 0 && !signal?.aborted
      ? await parts.run('stages', async () => {
          const result = await benchmarkStages(setup, engine, plan.microBenchmark);
          return [result, `${result.benchmarks.length} micro-benchmarks`];
        })
      : undefined;
  const verdicts = new LoadVerdicts(judge, golden.questions, context.responses);
  const { load, takeRequests } = loadResult(context, verdicts, driven);
  const requests = takeRequests();
  const { quality, questions, rankings } = pass;
  const sources = [notesOn(setup), notesOnQuality(questions), notesOnLoad(load.phases), driven.notes];
  return {
    quality,
    questions,
    rankings,
    requests: undefined,
    ...(load.phases.length > 0 && {
      load,
      requests,
      responses: responseRecords(context.responses, verdicts, known),
    }),
    ...(stages && { microBenchmarks: stages.benchmarks }),
    notes: [...sources, stages?.notes ?? []].flat(),
  };
}

/** Puts the responses of the quality pass into the table first: most that come under load are the same. Returns how many. */
function keepResponses(responses: ResponseTable, { responses: first }: QualityResult): number {
  for (const [question, response] of first.entries()) {
    if (response !== undefined) responses.intern(question, response);
  }
  return responses.size;
}

function loadContext(
  { golden, options, seed, engineTraces, signal, onEvent }: RunSetup,
  target: Target,
): LoadContext {
  const { timeoutMs, deadlineMs, maxInFlight, arrivals } = options.bench;
  return {
    target,
    questions: golden.questions.map(({ question }) => question),
    // The engine is in this process: a timer's lateness of up to a millisecond would be most of the latency.
    clock: pacingClock,
    random: seededRandom(seed),
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    timeoutMs,
    deadlineMs,
    maxInFlight,
    arrivals,
    traceShare: engineTraces?.share,
    ...(signal && { signal }),
    onEvent,
  };
}
