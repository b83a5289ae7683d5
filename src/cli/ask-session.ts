import { existsSync } from 'node:fs';
import type { Settings } from '../config/settings.ts';
import type { Answer, AskOptions } from '../engine/answer.ts';
import { type Engine, openEngine } from '../engine/engine.ts';
import { openIndexedEngine } from '../experiments/open-index.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { AskFlags } from './flags.ts';
import {
  engineSetup,
  goldenSetup,
  ownIndexFolder,
  refuseOtherTargets,
  settingsFor,
  type Watch,
} from './run-setup.ts';
import { shellWord } from './shell.ts';
import type { World } from './world.ts';

/**
 * An engine to ask, over an index of one's own (--index, or a store of one's own) or over a golden set's corpus. When a
 * setting is changed the engine is opened anew.
 */
export class AskSession {
  readonly #world: World;
  readonly #flags: AskFlags;
  readonly #watch: Watch;
  #sets: readonly string[] = [];
  #settings: Settings;
  #engine: Engine;

  private constructor(
    world: World,
    flags: AskFlags,
    watch: Watch,
    opened: { settings: Settings; engine: Engine },
  ) {
    this.#world = world;
    this.#flags = flags;
    this.#watch = watch;
    this.#settings = opened.settings;
    this.#engine = opened.engine;
  }

  static async open(world: World, flags: AskFlags, watch: Watch): Promise<AskSession> {
    refuseOtherTargets(flags.target);
    const settings = await settingsFor(world, flags, watch.progress);
    const engine = await openFor(world, flags, watch, settings);
    return new AskSession(world, flags, watch, { settings, engine });
  }

  /** What was changed since the session was opened. */
  get sets(): readonly string[] {
    return this.#sets;
  }

  ask(question: string, options: AskOptions): Promise<Answer> {
    return this.#engine.ask(question, options);
  }

  /** Changes a setting (`path=value`). If the engine cannot be opened with it, all stays as it was, and it throws. */
  async set(assignment: string): Promise<void> {
    const sets = [...this.#sets, assignment];
    const assignments = sets.map((text) => ({ by: ':set', text }));
    const settings = await settingsFor(this.#world, this.#flags, this.#watch.progress, assignments);
    await this.#engine.close();
    try {
      this.#engine = await openFor(this.#world, this.#flags, this.#watch, settings);
    } catch (thrown) {
      this.#engine = await openFor(this.#world, this.#flags, this.#watch, this.#settings);
      throw thrown;
    }
    this.#sets = sets;
    this.#settings = settings;
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

async function openFor(world: World, flags: AskFlags, watch: Watch, settings: Settings): Promise<Engine> {
  const { progress } = watch;
  progress.onEvent({ type: 'part.started', name: 'index', step: 1, steps: 1 });
  try {
    if (asksOwnIndex(flags, settings)) return await openOwn(world, flags, watch, settings);
    const setup = await goldenSetup(world, flags, watch, settings);
    return (await openIndexedEngine(setup)).engine;
  } finally {
    progress.end();
  }
}

function asksOwnIndex({ dataset, index }: AskFlags, { store }: Settings): boolean {
  return dataset === undefined && (index !== undefined || store.url !== undefined);
}

async function openOwn(world: World, flags: AskFlags, watch: Watch, settings: Settings): Promise<Engine> {
  const folder = ownIndexFolder(flags);
  const { engine: options, clock, seed } = engineSetup(world, flags, watch, settings);
  if (options.store.url === undefined && !existsSync(folder)) {
    throw new GroundspeedError('store.empty', `There is no index in ${folder}`, {
      where: folder,
      hint: `Make one: groundspeed ingest FOLDER --index ${shellWord(folder)}`,
    });
  }
  return openEngine({ options, folder, clock, seed });
}
