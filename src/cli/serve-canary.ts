import type { Settings } from '../config/settings.ts';
import type { GoldenSet } from '../datasets/golden.ts';
import { keepAsking } from '../experiments/canary.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { targetSchema } from '../load/options.ts';
import { describeTarget } from '../load/targets/http/description.ts';
import { pushFigures } from './canary-push.ts';
import { asCanary, canaryRounds } from './canary-rounds.ts';
import type { EngineFlags } from './flags.ts';
import { engineSetup, type Watch } from './run-setup.ts';
import type { World } from './world.ts';

export interface ServeCanary {
  readonly world: World;
  readonly flags: EngineFlags;
  readonly watch: Watch;
  readonly settings: Settings;
  /** Undefined where an index of one's own is served: nobody knows what is right for it. */
  readonly golden: GoldenSet | undefined;
  /** Of the service itself. */
  readonly url: string;
  /** By which the service knows these questions as its own. */
  readonly secret: string;
}

const QUESTIONS = 30;
const KS = [5];

/** Before anything is opened: rounds need golden questions. */
export function refuseCanaryWithoutQuestions(settings: Settings, hasGolden: boolean): void {
  if (settings.evaluation.canaryEverySeconds === 0 || hasGolden) return;
  throw new GroundspeedError('config.invalid', 'There are no golden questions to ask of this service', {
    where: 'evaluation.canaryEverySeconds',
    hint: 'Serve a golden set (--dataset), or ask from outside: groundspeed canary --target URL --dataset FILE.',
  });
}

/** Asks the service golden questions now and then, as somebody outside would. What comes back ends that. */
export function startServeCanary(canary: ServeCanary): () => Promise<void> {
  const { world, flags, watch, settings, golden, url, secret } = canary;
  const { canaryEverySeconds: every } = settings.evaluation;
  if (every === 0 || golden === undefined) return async () => undefined;
  const ending = new AbortController();
  const signal = AbortSignal.any([watch.signal, ending.signal]);
  const described = describeTarget(targetSchema.parse({}), { env: {}, url, preset: 'groundspeed' });
  const description = asCanary(described, { ks: KS, apiToken: settings.server.apiToken, secret });
  const setup = {
    ...engineSetup(world, flags, { ...watch, signal }, settings),
    golden,
    indexFolder: '',
    ownIndex: false,
    onEvent: () => undefined,
  };
  const ask = canaryRounds({
    setup,
    description,
    questions: QUESTIONS,
    ks: KS,
    publish: (figures) => pushFigures(figures, { url, headers: description.headers, signal }),
    warn: (message) => watch.progress.warn(message),
  });
  const asking = keepAsking({
    everyMs: every * 1000,
    clock: world.clock,
    signal,
    round: async () => {
      await ask();
    },
    onFailed: (error) => watch.progress.warn(`golden questions came to nothing: ${messageOf(error)}`),
  });
  return async () => {
    ending.abort();
    await asking;
  };
}
