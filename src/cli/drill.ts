import { fileURLToPath } from 'node:url';
import type { DrillPlan } from '../experiments/drill/drill-file.ts';
import { systemOpener } from '../experiments/drill/open-system.ts';
import { runDrill } from '../experiments/drill/run-drill.ts';
import type { RunResult, RunSetup } from '../experiments/setup.ts';
import { type ErrorCode, EXIT, GroundspeedError } from '../kernel/errors.ts';
import type { RunRecord } from '../records/schema.ts';
import { drillHeadline } from '../reporting/drill-words.ts';
import { findDrills, libraryNames } from './drill-library.ts';
import { armsOf, type DrillFlags, plansOf } from './drill-plan.ts';
import { DrillSeries } from './drill-series.ts';
import { keepRun } from './experiment.ts';
import { interruptible } from './interrupt.ts';
import { type Progress, progressOf } from './progress.ts';
import { refuseUnwritable } from './run-output.ts';
import { goldenSetup, settingsFor } from './run-setup.ts';
import { print, type World } from './world.ts';

/** What a drill starts as a service is this very program. */
const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** Runs drills, one after the other, each to a record and a report of its own. */
export async function drill(
  world: World,
  { drills = [] }: { readonly drills?: readonly string[] },
  flags: DrillFlags,
): Promise<number> {
  if (flags.list) return list(world, flags);
  const plans = await plansOf(drills, flags);
  const progress = progressOf(world, flags);
  const records: RunRecord[] = [];
  const series = plans.length > 1 ? new DrillSeries(world, flags) : undefined;
  const unavailable: GroundspeedError[] = [];
  let began = false;
  let interrupted = false;
  try {
    await interruptible({ world, progress, keeps: 'what was measured is kept' }, async (signal) => {
      const settings = await settingsFor(world, flags, progress);
      const setup = await goldenSetup(world, flags, { progress, signal }, settings);
      await refuseUnwritable(flags.output);
      began = true;
      for (const plan of plans) {
        if (signal.aborted) break;
        progress.say(`drill ${plan.name}: ${plan.title.toLowerCase()}`);
        const result = await runOne(plan, { world, flags, setup }).catch((thrown: unknown) => {
          if (series === undefined || !isErrorOf(thrown, 'drill.unavailable')) throw thrown;
          unavailable.push(thrown);
          leaveOut(plan, thrown, { series, progress });
        });
        if (result === undefined) continue;
        records.push(result.record);
        if (series === undefined) await keepRun(world, flags, result);
        else await keepOf(series, result, progress);
      }
      interrupted = signal.aborted;
    });
  } finally {
    // Whatever ended it: what was done is summed up.
    if (began) await series?.end();
  }
  const code = exitOf(records);
  if (interrupted) return EXIT.interrupted;
  if (records.length === 0) throw unavailable.at(-1)!;
  return code;
}

async function keepOf(series: DrillSeries, result: RunResult, progress: Progress): Promise<void> {
  await series.keep(result);
  const { verdict, claim } = drillHeadline(result.record);
  progress.say(`${verdict === undefined ? '' : `${verdict}: `}${claim}`);
}

/** Of several drills, one that this machine lacks something for is left out and told; one by itself fails. */
function leaveOut(
  { name }: DrillPlan,
  { message, hint }: GroundspeedError,
  { series, progress }: { readonly series: DrillSeries; readonly progress: Progress },
): void {
  series.leaveOut({ name, why: message });
  progress.warn(`skipped: ${message}.${hint === undefined ? '' : ` ${hint}`}`);
}

const isErrorOf = (thrown: unknown, code: ErrorCode): thrown is GroundspeedError =>
  thrown instanceof GroundspeedError && thrown.code === code;

interface Running {
  readonly world: World;
  readonly flags: DrillFlags;
  readonly setup: RunSetup;
}

async function runOne(plan: DrillPlan, { world, flags, setup }: Running): Promise<RunResult> {
  const arms = await armsOf(plan, { world, flags, setup });
  const { bench, drill: judged } = setup.options;
  return runDrill({
    plan,
    arms,
    budget: { target: judged.availability, days: judged.budgetDays },
    open: systemOpener({ program: PROGRAM, env: world.env }),
    rules: {
      arrivals: 'poisson',
      warmup: 0,
      timeout: judged.timeoutMs,
      deadline: flags.deadline ?? bench.deadlineMs,
    },
  });
}

/** 4 where a promise was broken, 7 where a run cannot be trusted, 130 where it was interrupted. */
function exitOf(records: readonly RunRecord[]): number {
  const broken = records.filter(({ drill: one }) => one?.verdict === 'FAIL');
  if (broken.length > 0) {
    throw new GroundspeedError('drill.failed', `Promises were broken in ${namesOf(broken)}`, {
      problems: broken.flatMap(({ drill: one }) =>
        one!.promises.flatMap(({ verdict, text, reason }) =>
          verdict === 'FAIL' ? [`${one!.name}: ${text}${reason === null ? '' : ` (${reason})`}`] : [],
        ),
      ),
      hint: 'The report shows what was served meanwhile, second by second.',
    });
  }
  if (records.some(({ complete }) => !complete)) return EXIT.interrupted;
  const invalid = records.filter(({ drill: one }) => one?.arms[0]?.valid === false);
  if (invalid.length === 0) return EXIT.done;
  throw new GroundspeedError('run.invalid', `The drill ${namesOf(invalid)} cannot be trusted`, {
    problems: invalid.flatMap(({ drill: one }) => one!.arms[0]!.invalidReasons),
    hint: 'Run it again on a machine that does nothing else.',
  });
}

const namesOf = (records: readonly RunRecord[]): string =>
  records.map(({ drill: one }) => one?.name).join(', ');

async function list(world: World, { json }: DrillFlags): Promise<number> {
  const plans = await findDrills(await libraryNames());
  const text = json
    ? `${JSON.stringify(
        plans.map(({ name, title, fear, durationMs }) => ({ name, title, fear, seconds: durationMs / 1000 })),
        undefined,
        2,
      )}\n`
    : plans
        .map(({ name, title, fear }) => `${name.padEnd(22)} ${title}\n${' '.repeat(23)}${fear}\n`)
        .join('');
  await print(world.stdout, text);
  return EXIT.done;
}
