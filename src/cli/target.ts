import type { GoldenSet } from '../datasets/golden.ts';
import { type CheckResult, runAcceptance } from '../experiments/acceptance.ts';
import { deploymentOf } from '../experiments/checking/deployment.ts';
import { type CheckedQuestion, checkTarget, type TargetCheck } from '../experiments/target-check.ts';
import { type ErrorCode, EXIT, GroundspeedError } from '../kernel/errors.ts';
import type { TargetDescription } from '../load/targets/http/target-description.ts';
import { type JUnitSuite, renderJUnit } from '../reporting/junit.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import { DEFAULT_SEED, type DisplayFlags, type GoldenFlags, type SettingFlags } from './flags.ts';
import { interruptible } from './interrupt.ts';
import type { TargetFlags } from './load-flags.ts';
import { type Progress, progressOf } from './progress.ts';
import { goldenSetup, settingsFor } from './run-setup.ts';
import { chooseDeployment } from './target-choice.ts';
import { renderAcceptance, renderCheck } from './target-text.ts';
import { print, type World, wantsColour, widthOf } from './world.ts';

export interface TargetCheckFlags
  extends DisplayFlags,
    SettingFlags,
    TargetFlags,
    Omit<GoldenFlags, 'target'> {
  /** The words of a question, or the id of a golden one. */
  readonly question?: string;
  readonly suite?: boolean;
  readonly junit?: string;
  /** Path that tells of the service's health; `none` where it has none. */
  readonly health?: string;
  /** Milliseconds, as the next. */
  readonly timeout?: number;
  readonly answerWithin?: number;
  /** Statuses. */
  readonly refusesWith?: readonly number[];
}

const ANSWER_WITHIN = 5000;
const REFUSES_WITH = [400];

/** Asks a deployment one question and tells what was understood; with --suite runs the acceptance checks. */
export async function targetCheck(
  world: World,
  url: string | undefined,
  flags: TargetCheckFlags,
): Promise<number> {
  refuseUseless(flags);
  const progress = progressOf(world, flags);
  return interruptible({ world, progress }, async (signal) => {
    const settings = await settingsFor(world, flags, progress);
    const description = await chooseDeployment(
      world,
      { ...flags, ...(url !== undefined && { target: url }) },
      settings,
    );
    if (description === undefined) throw noDeployment();
    const golden = await goldenSet({ world, flags, progress, signal }, settings);
    const question = chooseQuestion(flags.question, golden);
    const checking = {
      world,
      flags,
      description,
      question,
      golden,
      signal,
      timeoutMs: flags.timeout ?? settings.load.timeoutMs,
    };
    return flags.suite ? runSuite(checking) : askOne(checking);
  });
}

interface Checking {
  readonly world: World;
  readonly flags: TargetCheckFlags;
  readonly description: TargetDescription;
  readonly question: CheckedQuestion;
  readonly golden: GoldenSet | undefined;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

async function askOne({
  world,
  flags,
  description,
  question,
  golden,
  signal,
  timeoutMs,
}: Checking): Promise<number> {
  const check = await checkTarget({ description, question, golden, clock: world.clock, timeoutMs, signal });
  await show(world, flags, { document: check, text: (view) => renderCheck(check, view) });
  refuseFailure(check);
  return EXIT.done;
}

/** The same error as a run would end with. */
function refuseFailure({ failure }: TargetCheck): void {
  if (failure === null) return;
  const { code, message, hint } = failure;
  throw new GroundspeedError(code as ErrorCode, message, hint === null ? {} : { hint });
}

async function runSuite({
  world,
  flags,
  description,
  question,
  golden,
  signal,
  timeoutMs,
}: Checking): Promise<number> {
  const results = await runAcceptance(deploymentOf(description, healthOf(flags)), {
    clock: world.clock,
    questions: questionsFrom(question, golden),
    timeoutMs,
    answerWithinMs: flags.answerWithin ?? ANSWER_WITHIN,
    refusals: flags.refusesWith ?? REFUSES_WITH,
    maxBytes: description.maxBodyBytes,
    signal,
  });
  if (flags.junit !== undefined) {
    await writeFileAtomically(flags.junit, renderJUnit([junitOf(description.name, results)]));
  }
  await show(world, flags, {
    document: {
      target: description.name,
      passed: results.every(({ status }) => status !== 'failed'),
      checks: results,
    },
    text: (view) => renderAcceptance(description.name, results, view),
  });
  refuseFailed(results);
  return EXIT.done;
}

function refuseFailed(results: readonly CheckResult[]): void {
  const failed = results.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return;
  throw new GroundspeedError(
    'target.acceptance',
    `${failed.length} of ${results.length} acceptance checks failed`,
    {
      problems: failed.map(({ name, detail }) => `${name}: ${detail}`),
      hint: '`groundspeed target check URL` asks one question and shows all that comes back.',
    },
  );
}

export function junitOf(url: string, results: readonly CheckResult[]): JUnitSuite {
  return {
    name: `groundspeed target check --suite ${url}`,
    cases: results.map(({ name, seconds, status, detail, hint }) => ({
      name,
      classname: 'groundspeed.acceptance',
      seconds,
      ...(status === 'failed' && { failure: { message: detail, details: hint ?? detail } }),
      ...(status === 'skipped' && { skipped: detail }),
    })),
  };
}

async function show(
  { stdout, env }: World,
  { json, quiet, color }: DisplayFlags,
  what: { readonly document: unknown; text(view: { colour: boolean; width: number }): string },
): Promise<void> {
  if (json) return print(stdout, `${JSON.stringify(what.document, null, 2)}\n`);
  if (quiet) return;
  await print(stdout, what.text({ colour: wantsColour(stdout, env, color), width: widthOf(stdout, env) }));
}

/** A patience of no time would end every request before it began. */
export function refuseNoTime(flag: string, value: number | undefined): void {
  if (value === undefined || value > 0) return;
  throw new GroundspeedError('usage.argument', 'A duration above 0 is needed', { where: flag });
}

function refuseUseless({ suite, junit, health, answerWithin, refusesWith, timeout }: TargetCheckFlags): void {
  refuseNoTime('--timeout', timeout);
  refuseNoTime('--answer-within', answerWithin);
  const forSuite = [
    junit !== undefined && '--junit',
    health !== undefined && '--health',
    answerWithin !== undefined && '--answer-within',
    refusesWith !== undefined && '--refuses-with',
  ].find((flag) => flag !== false);
  if (suite || forSuite === undefined) return;
  throw new GroundspeedError('usage.argument', `${forSuite} is for the acceptance checks`, {
    where: forSuite,
    hint: 'Give --suite as well.',
  });
}

function healthOf({ health }: TargetCheckFlags): string | null | undefined {
  return health === 'none' ? null : health;
}

function noDeployment(): GroundspeedError {
  return new GroundspeedError('usage.argument', 'Nothing says which deployment to check', {
    hint: 'Give its URL: groundspeed target check http://127.0.0.1:8080',
  });
}

/** The golden set whose ids and questions are of use; none where a question of one's own is asked, and none was named. */
async function goldenSet(
  {
    world,
    flags,
    progress,
    signal,
  }: { world: World; flags: TargetCheckFlags; progress: Progress; signal: AbortSignal },
  settings: Parameters<typeof goldenSetup>[3],
): Promise<GoldenSet | undefined> {
  if (flags.question !== undefined && flags.dataset === undefined) return undefined;
  const setup = await goldenSetup(world, { ...flags, seed: DEFAULT_SEED }, { progress, signal }, settings);
  return setup.golden;
}

/** The question in so many words, the golden one of that id, or else the first that could be answered. */
function chooseQuestion(asked: string | undefined, golden: GoldenSet | undefined): CheckedQuestion {
  const questions = golden?.questions ?? [];
  if (asked !== undefined) {
    const known = questions.find(({ id, question }) => id === asked || question === asked);
    return { text: known?.question ?? asked, golden: known };
  }
  const first = questions.find(({ answerable, relevant }) => answerable && relevant.size > 0) ?? questions[0];
  if (first !== undefined) return { text: first.question, golden: first };
  throw new GroundspeedError('dataset.empty', 'The golden set has no question to ask', {
    hint: 'Give one with --question.',
  });
}

/** Ten of them, for ten users who do not all ask the same. */
function questionsFrom({ text }: CheckedQuestion, golden: GoldenSet | undefined): string[] {
  const others = (golden?.questions ?? [])
    .map(({ question }) => question)
    .filter((question) => question !== text);
  return [text, ...others.slice(0, 9)];
}
