import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why Redis cannot be tested here; undefined where it can. On CI it must be there. */
export const WITHOUT_REDIS: string | undefined =
  process.env.CI === 'true' || spawnSync('redis-server', ['--version']).status === 0
    ? undefined
    : 'redis-server is not installed';

/** A real redis-server on a socket in a folder of its own, which goes away and comes back as it is told. */
export class RedisServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'groundspeed-redis-'));
  readonly #arguments: readonly string[];
  #process: ChildProcess | undefined;

  constructor(args: readonly string[] = []) {
    this.#arguments = args;
  }

  get url(): string {
    return `unix://${this.#socket}`;
  }

  get pid(): number {
    return this.#process!.pid!;
  }

  get #socket(): string {
    return join(this.#folder, 's');
  }

  async start(): Promise<this> {
    const own = ['--port', '0', '--unixsocket', this.#socket, '--save', '', '--appendonly', 'no'];
    this.#process = spawn('redis-server', [...own, '--dir', this.#folder, ...this.#arguments], {
      stdio: 'ignore',
    });
    for (let attempt = 0; ; attempt += 1) {
      if (await answers(this.#socket)) return this;
      if (this.#process.exitCode !== null || attempt === 400) throw new Error('redis-server does not start');
      await pause(25);
    }
  }

  /** As a crash ends it. */
  async kill(): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  }

  /** It holds its connections and says nothing. */
  freeze(): void {
    this.#process!.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process!.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

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
