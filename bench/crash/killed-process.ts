import { type ChildProcess, spawn } from 'node:child_process';

/** A process of the built program, to be killed. */
export interface KilledProcess {
  readonly child: ChildProcess;
  readonly isOver: boolean;
  /** All of stdout so far. */
  readonly out: string;
  readonly err: string;
  /** Sends SIGKILL, unless it has ended by itself. */
  kill(): void;
  readonly ended: Promise<{ readonly code: number | null; readonly wasKilled: boolean }>;
}

/** Starts the program with nothing of this process's environment but PATH. `cli` is its main file. */
export function startProcess(cli: string, argv: readonly string[]): KilledProcess {
  const child = spawn(process.execPath, [cli, ...argv], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (piece: Buffer) => {
    text.out += piece.toString('utf8');
  });
  child.stderr.on('data', (piece: Buffer) => {
    text.err += piece.toString('utf8');
  });
  let isOver = false;
  const ended = new Promise<{ code: number | null; wasKilled: boolean }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      isOver = true;
      resolve({ code, wasKilled: signal === 'SIGKILL' });
    });
  });
  return {
    child,
    ended,
    get isOver() {
      return isOver;
    },
    get out() {
      return text.out;
    },
    get err() {
      return text.err;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
