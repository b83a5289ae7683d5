import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** Why a test cannot be: the first of these programs that is not installed; undefined where all are. On CI they must be there. */
export function withoutPrograms(...programs: readonly string[]): string | undefined {
  if (process.env.CI === 'true') return undefined;
  const absent = programs.find((program) => spawnSync(program, ['--version']).status !== 0);
  return absent === undefined ? undefined : `${absent} is not installed`;
}

/** A port of 127.0.0.1 that was free a moment ago, for programs that cannot say which one they took. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export interface SystemProgram {
  /** Ends it, and waits until it is gone. */
  stop(): Promise<void>;
}

/** How long a program may take to be ready, in milliseconds: patience for a busy machine. */
const PATIENCE = 30_000;

/** Starts a program and waits until this URL answers 200. Throws with what it said where it ends before, or never answers. */
export async function startProgram(
  program: string,
  args: readonly string[],
  readyUrl: string,
): Promise<SystemProgram> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said = (said + piece.toString('utf8')).slice(-5000);
  });
  const stop = () => ended(child, 'SIGTERM');
  child.on('error', (error) => {
    said += error.message;
  });
  for (const from = performance.now(); ; ) {
    if (await isReady(readyUrl)) return { stop };
    const over = child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
    if (over || performance.now() - from > PATIENCE) {
      if (!over) await ended(child, 'SIGKILL');
      throw new Error(`${program} does not start: ${said}`);
    }
    await pause(50);
  }
}

const isReady = (url: string): Promise<boolean> =>
  fetch(url).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status === 200;
    },
    () => false,
  );

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
