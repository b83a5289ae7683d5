import { PassThrough, type Readable } from 'node:stream';
import type { Output, World } from '../../src/cli/world.ts';
import { ManualClock } from '../../src/kernel/clock.ts';

export interface MemoryOutput {
  readonly stream: Output;
  text(): string;
}

/** A stream that keeps what is written to it, as a terminal of `columns` or as a file. */
export function memoryOutput(columns?: number): MemoryOutput {
  let text = '';
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  return {
    stream: columns === undefined ? stream : Object.assign(stream, { isTTY: true, columns }),
    text: () => text,
  };
}

export interface MemoryWorld extends World {
  readonly out: MemoryOutput;
  readonly err: MemoryOutput;
  /** As if the process had got a SIGINT. */
  interrupt(): void;
  /** What `exit` was called with. */
  readonly exits: number[];
  readonly clock: ManualClock;
}

export function memoryWorld(
  argv: readonly string[] = [],
  { env = {}, input = '' }: { env?: World['env']; input?: string | Readable } = {},
): MemoryWorld {
  const out = memoryOutput();
  const err = memoryOutput();
  const listeners = new Set<() => void>();
  const exits: number[] = [];
  const stdin = typeof input === 'string' ? new PassThrough().end(input) : input;
  return {
    argv,
    env,
    stdin,
    stdout: out.stream,
    stderr: err.stream,
    clock: new ManualClock(),
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => exits.push(code),
    out,
    err,
    exits,
    interrupt() {
      for (const listener of [...listeners]) listener();
    },
  };
}
