import { engineSchema } from '../../src/engine/options.ts';
import type { ExperimentEvent } from '../../src/experiments/events.ts';
import { runLoad } from '../../src/experiments/load.ts';
import type { LoadRules, LoadSetup, LoadShape } from '../../src/experiments/load-setup.ts';
import { experimentSchema } from '../../src/experiments/options.ts';
import type { RunResult } from '../../src/experiments/setup.ts';
import { targetSchema } from '../../src/load/options.ts';
import { describeTarget } from '../../src/load/targets/http/description.ts';
import { systemClock } from '../../src/system/clock.ts';
import { madeQuestions } from './questions.ts';

export interface Drive {
  readonly url: string;
  readonly shape: LoadShape;
  readonly seed: number;
  readonly rules?: Partial<LoadRules>;
  readonly onEvent?: (event: ExperimentEvent) => void;
}

/** Golden questions that are asked: as many as a golden set of some size has. */
const QUESTIONS = 200;

/** What `groundspeed load --target URL` resolves to, with the default preset and made questions. */
export function httpSetup({ url, seed, rules, onEvent }: Omit<Drive, 'shape'>): LoadSetup {
  return {
    golden: madeQuestions(QUESTIONS),
    engine: engineSchema.parse({}),
    options: experimentSchema.parse({}),
    indexFolder: '',
    ownIndex: false,
    seed,
    clock: systemClock,
    command: ['load'],
    redactedConfig: {},
    onEvent: onEvent ?? (() => undefined),
    target: {
      kind: 'http',
      description: describeTarget(targetSchema.parse({}), { env: {}, url, preset: 'groundspeed' }),
      generators: 1,
    },
    rules: { arrivals: 'poisson', warmup: 3000, timeout: 30_000, deadline: 2000, ...rules },
  };
}

/** A load as a user runs it: the first question, the warm-up, the phases, and the record. */
export function driveHttp({ shape, ...drive }: Drive): Promise<RunResult> {
  return runLoad(httpSetup(drive), shape);
}

/** The milliseconds at which each phase of a run began, on `performance.now()`, by the phase's name. */
export class PhaseOrigins {
  readonly #origins = new Map<string, number>();

  /** Hears a run's events: each tick tells how old its phase is, some microseconds late at the most. */
  readonly hear = (event: ExperimentEvent): void => {
    if (event.type !== 'load.tick') return;
    const origin = performance.now() - event.at;
    this.#origins.set(event.phase, Math.min(origin, this.#origins.get(event.phase) ?? origin));
  };

  of(phase: string): number {
    return this.#origins.get(phase) ?? Number.NaN;
  }
}
