import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CATALOGUE, type ErrorCode, GroundspeedError } from '../../kernel/errors.ts';
import { indexName } from '../open-index.ts';
import type { RunSetup } from '../setup.ts';
import type { BlockRules } from './block-driver.ts';
import type { EngineOrder, FromEngine, ToEngine } from './engine-messages.ts';
import type { Arm, BlockFigures, BlockOrder, LiveArm } from './port.ts';

export interface EngineArmOptions {
  readonly name: string;
  /** Whose index stands already: variants that share one do not build it again, and none is built by a launch. */
  readonly setup: RunSetup;
  readonly rules: BlockRules;
  /** The built file that each process runs. */
  readonly program?: string;
}

/** Milliseconds that a process has to end by itself. */
const GRACE = 5000;
/** Characters of what a process writes to stderr that are kept. */
const KEPT = 2000;

/** The engine as an arm: a fresh process for each launch, which opens the index to read only. */
export function engineArm({ name, setup, rules, program = ENTRY }: EngineArmOptions): Arm {
  const order: EngineOrder = {
    options: setup.engine,
    folder: setup.ownIndex ? setup.indexFolder : join(setup.indexFolder, indexName(setup)),
    seed: setup.seed,
    questions: setup.golden.questions,
    rules,
  };
  return {
    name,
    patience: rules.timeout,
    launch: async (signal) => {
      const engine = new LaunchedEngine(program);
      try {
        await engine.expect('listening', undefined, signal);
        await engine.expect('ready', { type: 'open', order }, signal);
        return engine;
      } catch (thrown) {
        await engine.close();
        throw thrown;
      }
    },
  };
}

const ENTRY = fileURLToPath(new URL('./engine-process.js', import.meta.url));

type Expected<Type extends FromEngine['type']> = Extract<FromEngine, { type: Type }>;

/** A process with an engine in it, and what is said to it and by it. */
class LaunchedEngine implements LiveArm {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #end: string | undefined;
  #stderr = '';

  constructor(program: string) {
    this.#child = fork(program, [], {
      serialization: 'advanced', // questions hold maps
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#end ??= error.message;
        resolve();
      });
      this.#child.once('exit', (code, signal) => {
        this.#end ??= signal === null ? `exit code ${code}` : `signal ${signal}`;
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async block(order: BlockOrder, signal?: AbortSignal): Promise<BlockFigures> {
    return (await this.expect('figures', { type: 'block', order }, signal)).figures;
  }

  /** Says something, and waits for the answer to it. An abort is passed on, and whatever is then answered is its reason. */
  async expect<Type extends FromEngine['type']>(
    type: Type,
    message: ToEngine | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Expected<Type>> {
    signal?.throwIfAborted();
    const stop = (): void => this.#send({ type: 'stop' });
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const answer = this.#answer();
      if (message !== undefined) this.#send(message);
      const reply = await answer;
      signal?.throwIfAborted();
      if (reply.type === 'failed') throw failureOf(reply);
      if (reply.type !== type) throw new Error(`expected ${type}, but the process said ${reply.type}`);
      return reply as Expected<Type>;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  #answer(): Promise<FromEngine> {
    return new Promise((resolve, reject) => {
      const listener = (message: unknown): void => resolve(message as FromEngine);
      this.#child.once('message', listener);
      void this.#exited.then(() => {
        this.#child.off('message', listener);
        reject(this.#gone());
      });
    });
  }

  #gone(): GroundspeedError {
    const lines = this.#stderr.split('\n').filter((line) => line.trim() !== '');
    return new GroundspeedError('target.unavailable', `The engine's process ended (${this.#end})`, {
      problems: lines.slice(-5),
    });
  }

  #send(message: ToEngine): void {
    // A process that is gone tells so by its exit.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  async close(): Promise<void> {
    this.#send({ type: 'close' });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE);
    await this.#exited;
    clearTimeout(timer);
  }
}

function failureOf({ code, message }: Expected<'failed'>): Error {
  return code !== undefined && Object.hasOwn(CATALOGUE, code)
    ? new GroundspeedError(code as ErrorCode, message)
    : new Error(message);
}
