import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { milliseconds } from '../../kernel/units.ts';
import { childProcesses } from '../../system/child-processes.ts';

export interface ServeOptions {
  /** The built file of the command line. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As a configuration file has them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly index: string;
  readonly seed: number;
  readonly port: number;
  readonly workers: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds that it may take until it listens, and to end by itself. */
const PATIENCE = 60_000;
const GRACE = 5000;
const LOOKING = 25;
/** Characters of its complaints that are kept. */
const KEPT = 4000;
/** All else comes from the settings: what the environment says of them has been read already. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'LD_LIBRARY_PATH'];

/** The package's own HTTP service as a process of the drill, on a free port of this machine. */
export class ServeProcess {
  readonly #options: ServeOptions;
  #child: ChildProcess | undefined;
  #folder: string | undefined;
  #complaints = '';
  #ended: string | undefined;
  readonly #atExit = (): void => {
    this.#kill('SIGKILL');
  };

  constructor(options: ServeOptions) {
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#options.port}`;
  }

  /** Also again, once it has been stopped. Resolves as soon as its port takes connections, with how long that took in milliseconds. */
  async start(): Promise<number> {
    const { program, env, settings, index, seed, clock } = this.#options;
    const began = clock.now();
    this.#ended = undefined;
    this.#complaints = '';
    this.#folder = await mkdtemp(join(tmpdir(), 'groundspeed-drill-'));
    const file = join(this.#folder, 'settings.json');
    await writeFile(file, JSON.stringify(settings), { mode: 0o600 }); // it may hold keys
    const child = spawn(
      process.execPath,
      [program, 'serve', '--json', '--quiet', '--config', file, '--index', index, '--seed', String(seed)],
      {
        detached: true, // a group of its own: its workers end with it, and Ctrl-C does not reach it before us
        env: Object.fromEntries(PASSED_ON.map((name) => [name, env[name]])),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child = child;
    process.once('exit', this.#atExit); // whatever ends this process must not leave it behind
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-KEPT);
    });
    child.once('error', (error) => {
      this.#ended = messageOf(error);
    });
    child.once('exit', (code, signal) => {
      this.#ended = signal === null ? `exit code ${code}` : `signal ${signal}`;
    });
    await this.#listening(child);
    return clock.now() - began;
  }

  /** It says so in one line. */
  #listening(child: ChildProcess): Promise<void> {
    const { clock, signal } = this.#options;
    return new Promise((resolve, reject) => {
      const done = new AbortController();
      const settle = (action: () => void): void => {
        done.abort();
        signal?.removeEventListener('abort', interrupted);
        action();
      };
      const interrupted = (): void => settle(() => reject(signal?.reason));
      const failed = (): void => settle(() => reject(this.#failure()));
      if (signal?.aborted) return interrupted();
      signal?.addEventListener('abort', interrupted, { once: true });
      child.stdout!.once('data', () => settle(resolve));
      child.stdout!.resume();
      child.once('error', failed);
      child.once('close', failed);
      clock.sleep(milliseconds(PATIENCE), done.signal).then(failed, () => undefined);
    });
  }

  #failure(): GroundspeedError {
    const how = this.#ended === undefined ? `it did not listen within ${PATIENCE / 1000} s` : this.#ended;
    return new GroundspeedError(
      'target.unavailable',
      `The service of the drill could not be started: ${how}`,
      {
        where: 'serve',
        problems: this.#complaints.split('\n').filter((line) => line.trim() !== ''),
      },
    );
  }

  /** Ids of the processes that answer: one of them is the whole service where it has no others. */
  async answering(): Promise<readonly number[]> {
    const { workers } = this.#options;
    const pid = this.#child?.pid;
    if (pid === undefined) return [];
    if (workers === 1) return [pid];
    // The first takes documents in.
    return (await childProcesses(pid)).slice(1);
  }

  async stop(): Promise<void> {
    const { clock } = this.#options;
    try {
      if (this.#ended === undefined && this.#child?.kill('SIGTERM')) {
        const deadline = clock.now() + GRACE;
        while (this.#ended === undefined && clock.now() < deadline) await clock.sleep(milliseconds(LOOKING));
      }
    } finally {
      this.#kill('SIGKILL');
      process.off('exit', this.#atExit);
      this.#child?.stdout?.destroy();
      this.#child?.stderr?.destroy();
      if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    }
  }

  #kill(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // There is nobody left.
    }
  }
}
