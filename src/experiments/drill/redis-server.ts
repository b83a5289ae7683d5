import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { milliseconds } from '../../kernel/units.ts';

/** Patience with its start, and the time between two looks, in milliseconds. */
const PATIENCE = 10_000;
const LOOKING = 20;

/**
 * A redis-server of the drill's own, on a socket in a folder of its own: nobody else can reach it, and nobody else's is touched.
 * It keeps nothing on disk, so that one that was killed comes back empty.
 */
export class DrillRedis {
  readonly #clock: Clock;
  readonly #folder = mkdtempSync(join(tmpdir(), 'groundspeed-drill-'));
  #process: ChildProcess | undefined;
  readonly #atExit = (): void => {
    this.#process?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  };

  constructor(clock: Clock) {
    this.#clock = clock;
    process.once('exit', this.#atExit); // whatever ends this process must not leave it behind
  }

  get url(): string {
    return `unix://${this.#socket}`;
  }

  get #socket(): string {
    return join(this.#folder, 's');
  }

  /** Resolves once it answers. Rejects with `drill.unavailable` where there is none to start. */
  async start(): Promise<void> {
    const settings = ['--port', '0', '--unixsocket', this.#socket, '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', [...settings, '--dir', this.#folder], { stdio: 'ignore' });
    this.#process = child;
    let failure: string | undefined;
    child.once('error', (error) => {
      failure = messageOf(error);
    });
    child.once('exit', (code, signal) => {
      failure ??= signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
    });
    const deadline = this.#clock.now() + PATIENCE;
    while (!(await answers(this.#socket))) {
      if (failure !== undefined || this.#clock.now() > deadline)
        throw unavailable(failure ?? 'it does not answer');
      await this.#clock.sleep(milliseconds(LOOKING));
    }
  }

  /** As a crash ends it. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.pid === undefined) return;
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    process.off('exit', this.#atExit);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function unavailable(reason: string): GroundspeedError {
  return new GroundspeedError('drill.unavailable', `This drill needs redis-server: ${reason}`, {
    where: 'redis-server',
    hint: 'Install it (apt-get install redis-server, brew install redis), so that it stands in PATH.',
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
