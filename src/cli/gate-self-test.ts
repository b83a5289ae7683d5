import type { Settings } from '../config/settings.ts';
import { indicatorRows } from '../experiments/gate/indicator-rows.ts';
import type { GatePolicy } from '../experiments/gate/policy.ts';
import { runSelfTest, SAME, type SelfTest } from '../experiments/gate/self-test.ts';
import { openTarget } from '../experiments/open-target.ts';
import { planSpeed, type SpeedPlan } from '../experiments/paired/measure-speed.ts';
import type { Contestant } from '../experiments/paired/variant-arm.ts';
import { MOST_USERS } from '../experiments/profiles.ts';
import type { RunSetup } from '../experiments/setup.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import type { BlockRecord } from '../records/schema.ts';
import { type Armed, armContestants } from './compare-arms.ts';
import type { GateFlags } from './gate-flags.ts';
import { selfTestText } from './gate-self-test-text.ts';
import { interruptible } from './interrupt.ts';
import { progressOf } from './progress.ts';
import { goldenSetup, type Watch } from './run-setup.ts';
import { print, type World } from './world.ts';

const MOST_REASONS = 5;

export interface SelfTesting {
  readonly times: number;
  readonly settings: Settings;
  readonly policy: GatePolicy;
}

/** Compares the target with itself, as the gate would, and prints what this machine's own noise does to it. */
export async function selfTest(world: World, flags: GateFlags, testing: SelfTesting): Promise<number> {
  const progress = progressOf(world, flags);
  const result = await interruptible(
    { world, progress, keeps: 'comparisons that are whole are kept' },
    async (signal) => run(world, flags, { ...testing, watch: { progress, signal } }),
  );
  if (flags.json) await print(world.stdout, `${JSON.stringify(result, null, 2)}\n`);
  else if (!flags.quiet) await print(world.stdout, selfTestText(result));
  if (result.endedBy === 'failures') {
    throw new GroundspeedError('run.invalid', 'The target did not start, again and again', {
      problems: result.invalidReasons,
      hint: 'See what it says: groundspeed target check URL',
    });
  }
  if (result.invalidPairs > 0 && result.noise.every(({ pairs }) => pairs === 0)) {
    throw new GroundspeedError(
      'run.invalid',
      'No pair of blocks could be trusted: nothing is known of this machine',
      {
        problems: result.invalidReasons.slice(0, MOST_REASONS),
        hint: 'Run it again on a machine that does nothing else, or at a lower --rate.',
      },
    );
  }
  return result.endedBy === 'interrupted' ? EXIT.interrupted : EXIT.done;
}

async function run(
  world: World,
  flags: GateFlags,
  { times, settings, policy, watch }: SelfTesting & { readonly watch: Watch },
): Promise<SelfTest> {
  const setup = await goldenSetup(world, flags, watch, settings);
  const armed = await armSame(world, flags, setup);
  const [one, other] = armed.contestants as [Contestant, Contestant];
  await buildIndex(one.setup);
  const { clock } = world;
  const { signal } = watch;
  const began = clock.now();
  const plan = await planOf({ armed, setup, times, flags });
  const onEvent = watch.progress.onEvent;
  return runSelfTest({
    arm: (name) => (name === SAME.a ? one.arm : other.arm),
    times,
    launches: plan.launches,
    pairs: plan.pairs,
    load: { rate: plan.rate, seconds: plan.blockSeconds },
    failures: (blocks) => failuresOf(blocks, policy),
    indicators: policy.indicators.map(({ name }) => name),
    seed: flags.seed,
    clock,
    deadline: flags.budget === undefined ? undefined : began + flags.budget,
    signal,
    onComparison: (done, total) =>
      onEvent({ type: 'part.progress', name: 'self-test', done, total, unit: 'comparisons' }),
  });
}

/** The same target twice, as `compare` would start two. */
function armSame(world: World, flags: GateFlags, setup: RunSetup): Promise<Armed> {
  const { target, ...rest } = flags;
  const assignments =
    target === undefined || target === 'in-process'
      ? []
      : // What is at a URL runs already: the settings may say how another one would be started.
        [`target.url=${target}`, 'target.start=null'].map((text) => ({ by: '--target', text }));
  const wanted = [SAME.a, SAME.b].map((name) => ({ name, assignments }));
  return armContestants(wanted, { world, flags: rest, setup, assignments: [] });
}

/** Launches start the engine over an index that stands already. */
async function buildIndex(setup: RunSetup): Promise<void> {
  if (setup.target?.kind === 'http') return;
  const opened = await openTarget(setup, { connections: 1, timeout: setup.options.bench.timeoutMs });
  await opened.close();
}

async function planOf({
  armed,
  setup,
  times,
  flags,
}: {
  readonly armed: Armed;
  readonly setup: RunSetup;
  readonly times: number;
  readonly flags: GateFlags;
}): Promise<SpeedPlan> {
  const { contestants, interleaving, beyond, maxRate } = armed;
  const plan = await planSpeed({
    arms: contestants.map(({ arm }) => arm),
    wishes: {
      budget: flags.budget === undefined ? undefined : flags.budget / times,
      rate: flags.rate,
    },
    questions: setup.golden.questions.length,
    seed: setup.seed,
    clock: setup.clock,
    interleaving,
    mostUsers: beyond ? 1 : MOST_USERS,
    maxRate,
    signal: setup.signal,
    tell: (text) =>
      setup.onEvent({ type: 'part.noted', name: 'self-test', text: `each of ${times}: ${text}` }),
  });
  if (plan.interleaving !== 'questions') return plan;
  throw new GroundspeedError('usage.argument', 'The target gives fewer than 20 answers a second', {
    where: '--self-test',
    hint: 'Of slow targets the question is the pair, and no block has a size to recommend. Compare it with itself instead: groundspeed compare --target a=URL --target b=URL',
  });
}

/** What one batch by itself fails in, as the gate would find before it asks for a second one. */
function failuresOf(blocks: readonly BlockRecord[], policy: GatePolicy): string[] {
  const first = blocks.map((block) => ({ ...block, batch: 0 }));
  return indicatorRows({ blocks: first, baseline: SAME.a, candidate: SAME.b, policy })
    .filter(({ confirmed }) => confirmed !== null)
    .map(({ name }) => name);
}
