import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { cli, type Ended } from './cli.ts';

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly workers: number;
  readonly token: boolean;
  readonly index: { readonly path: string; readonly documents: number; readonly version: number };
}

export interface Serving extends Served {
  readonly child: ChildProcess;
  /** Resolves when the program has ended. */
  readonly ended: Promise<Ended>;
  /** Asks it to end, and waits. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Starts the built program's `serve` on a free port, and waits until it listens. */
export async function startServe(
  argv: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<Serving> {
  let child: ChildProcess | undefined;
  const ended = cli(['serve', '--port', '0', '--json', ...argv], {
    cwd,
    env,
    onStart: (started) => {
      child = started;
    },
  });
  const running = child!;
  let out = '';
  const listens = new Promise<Served>((resolve) => {
    running.stdout!.on('data', (piece: Buffer) => {
      out += piece.toString('utf8');
      if (out.includes('\n')) resolve(JSON.parse(out.slice(0, out.indexOf('\n'))) as Served);
    });
  });
  const tooEarly = ended.then(({ code, err }) => {
    throw new Error(`serve ended with ${code}: ${err}`);
  });
  const served = await Promise.race([listens, tooEarly]);
  return {
    ...served,
    child: running,
    ended,
    stop(signal = 'SIGTERM') {
      running.kill(signal);
      return ended;
    },
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  readonly json: {
    readonly success: boolean;
    readonly answer: string;
    readonly indexed: number;
    readonly status: string;
    readonly sources: readonly { readonly id: string }[];
    readonly error: { readonly code: string };
  };
}

/** One request on a connection of its own, so that each goes to whichever worker's turn it is. */
export function send(url: string, body?: object, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asking = request(
      url,
      {
        agent: false,
        method: body === undefined ? 'GET' : 'POST',
        headers: { connection: 'close', ...(body && { 'content-type': 'application/json' }), ...headers },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            body: text,
            get json() {
              return JSON.parse(text) as Reply['json'];
            },
          }),
        );
      },
    );
    asking.on('error', reject);
    asking.end(body && JSON.stringify(body));
  });
}

/** Ids of the processes that a process has started, and that live. */
export function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  const listed = existsSync(path) ? readFileSync(path, 'utf8') : pgrep(pid);
  return listed.trim().split(/\s+/).filter(Boolean).map(Number);
}

function pgrep(pid: number): string {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  } catch {
    return ''; // there are none
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
