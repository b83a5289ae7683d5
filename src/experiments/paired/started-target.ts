import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { milliseconds } from '../../kernel/units.ts';
import { maskSecrets } from '../../load/targets/http/secrets.ts';
import { probe } from '../http-probe.ts';

/** How a service of the user's own is started, and known to be there. */
export interface StartOptions {
  /** A command of the shell. */
  readonly start: string;
  /** The command that ends it, where a signal is not enough (`docker compose down`). */
  readonly stop?: string | undefined;
  /** URL that answers 200 once it may be asked. */
  readonly ready: string;
  /** The whole environment of both commands. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that they run in; by default this process's. */
  readonly cwd?: string | undefined;
  /** Values that no message may hold. */
  readonly secrets: readonly string[];
  /** Patience with the start, in milliseconds. */
  readonly startTimeout: number;
  /** Milliseconds that it has to end by itself before it is killed. */
  readonly grace?: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

export interface StartedTarget {
  /** Of its shell, and of the process group. */
  readonly pid: number;
  /** Ends it, and all that it started. Calling it again waits for the same end. */
  stop(): Promise<void>;
}

const GRACE = 10_000;
/** Milliseconds between two looks. */
const LOOKING = 50;
/** Patience with one look, which a service that is still starting may not answer. */
const ONE_LOOK = 2000;
/** Milliseconds for what has closed its output: a process that nobody buries stays in its group for ever. */
const UNBURIED = 300;
/** Characters of its output that are kept, and lines that are shown. */
const KEPT = 20_000;
const SHOWN_LINES = 10;

/**
 * Starts a service in a shell with a process group of its own, and waits until it is ready. When it is not, or the signal
 * aborts, everything that was started is ended before this rejects. If this process is ended meanwhile, so is the service.
 *
 * @throws GroundspeedError target.unavailable where something answers before, where it ends, or is not ready in time
 */
export async function startTarget(options: StartOptions): Promise<StartedTarget> {
  options.signal?.throwIfAborted();
  await refuseTaken(options);
  const service = new Service(options);
  try {
    await service.becomeReady();
    return service;
  } catch (thrown) {
    await service.stop();
    throw thrown;
  }
}

/** What answers already is another service, which nobody means to measure. */
async function refuseTaken(options: StartOptions): Promise<void> {
  if (!(await isReady(options))) return;
  throw new GroundspeedError(
    'target.unavailable',
    `${options.ready} answers before the service was started`,
    {
      where: 'target.start',
      hint: 'Stop what runs there. Several services at once need a port each: write {{port}} in target.url, and in target.start or target.env.',
    },
  );
}

async function isReady({ ready, clock, signal }: StartOptions, timeout = ONE_LOOK): Promise<boolean> {
  const request = { url: ready, method: 'GET', headers: {}, body: undefined };
  try {
    const { status } = await probe(request, { clock, timeoutMs: timeout, maxBytes: 65_536, signal });
    return status === 200;
  } catch {
    return false;
  }
}

class Service implements StartedTarget {
  readonly #options: StartOptions;
  readonly #child: ChildProcess;
  #output = '';
  /** How the shell ended; undefined while it runs. */
  #ended: string | undefined;
  #failed = false;
  /** Nobody holds its output any more: what it started has ended, too. */
  #closed = false;
  #stopping: Promise<void> | undefined;
  readonly #atExit = (): void => {
    this.#kill('SIGKILL');
  };

  constructor(options: StartOptions) {
    this.#options = options;
    this.#child = spawnShell(options.start, options);
    const keep = (text: string): void => {
      this.#output = (this.#output + text).slice(-KEPT);
    };
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', keep);
    }
    this.#child.once('error', (error) => {
      this.#ended = error.message;
      this.#failed = true;
      this.#closed = true;
    });
    this.#child.once('exit', (code, signal) => {
      this.#ended = signal === null ? `exit code ${code}` : `signal ${signal}`;
      this.#failed = code !== 0;
    });
    this.#child.once('close', () => {
      this.#closed = true;
    });
    process.once('exit', this.#atExit); // whatever ends this process must not leave the service behind
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async becomeReady(): Promise<void> {
    const { clock, signal, startTimeout, ready } = this.#options;
    const deadline = clock.now() + startTimeout;
    for (;;) {
      signal?.throwIfAborted();
      if (this.#hasFailed()) throw this.#failure(`The service ended before it was ready (${this.#ended})`);
      const left = deadline - clock.now();
      if (left <= 0) throw this.#failure(`The service was not ready within ${startTimeout / 1000} s`);
      if (await isReady(this.#options, Math.min(ONE_LOOK, left))) {
        // Another one may have taken its place meanwhile.
        if (this.#hasFailed())
          throw this.#failure(`${ready} answers, but the service ended (${this.#ended})`);
        return;
      }
      await clock.sleep(milliseconds(LOOKING), signal);
    }
  }

  /** A shell that ended well has put the service into the background only where there is a command that stops it. */
  #hasFailed(): boolean {
    return this.#ended !== undefined && (this.#failed || this.#options.stop === undefined);
  }

  #failure(message: string): GroundspeedError {
    const { secrets, ready } = this.#options;
    const lines = maskSecrets(this.#output, secrets).split('\n');
    return new GroundspeedError('target.unavailable', message, {
      where: 'target.start',
      problems: lines.filter((line) => line.trim() !== '').slice(-SHOWN_LINES),
      hint: `It is ready once ${ready} answers 200 (target.ready), within target.startTimeoutMs.`,
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { stop, grace = GRACE } = this.#options;
    try {
      if (stop !== undefined) await this.#runStop(stop, grace);
      if (this.#kill('SIGTERM')) await this.#gone(grace);
    } finally {
      if (this.#kill('SIGKILL')) await this.#gone(ONE_LOOK);
      process.off('exit', this.#atExit);
      this.#child.stdout?.destroy();
      this.#child.stderr?.destroy();
    }
  }

  /** Runs the user's own command to its end, within reason. */
  #runStop(command: string, grace: number): Promise<void> {
    const { clock } = this.#options;
    const child = spawnShell(command, this.#options);
    child.stdout?.resume();
    child.stderr?.resume();
    const done = new AbortController();
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    const late = clock.sleep(milliseconds(3 * grace), done.signal).then(
      () => void killGroup(child, 'SIGKILL'),
      () => undefined,
    );
    return Promise.race([ended, late]).finally(() => done.abort());
  }

  async #gone(patience: number): Promise<void> {
    const { clock } = this.#options;
    let deadline = clock.now() + patience;
    let closed = false;
    while (clock.now() < deadline && groupExists(this.#child)) {
      if (this.#closed && !closed) {
        closed = true;
        deadline = Math.min(deadline, clock.now() + UNBURIED);
      }
      await clock.sleep(milliseconds(LOOKING));
    }
  }

  #kill(signal: NodeJS.Signals): boolean {
    return killGroup(this.#child, signal);
  }
}

function spawnShell(command: string, { env, cwd }: Pick<StartOptions, 'env' | 'cwd'>): ChildProcess {
  return spawn(command, {
    shell: true,
    detached: true, // a group of its own: what it starts ends with it, and Ctrl-C does not reach it before us
    env: { ...env },
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Whether there was anybody to tell. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

const groupExists = (child: ChildProcess): boolean => killGroup(child, 0);
