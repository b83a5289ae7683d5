import { once } from 'node:events';
import type { Clock } from '../kernel/clock.ts';
import { EXIT } from '../kernel/errors.ts';
import { systemClock } from '../system/clock.ts';

export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/**
 * The one door between commands and the process they run in: whatever is read from or written to the outside, files
 * apart, goes through it, so that a test can run a whole command in memory.
 */
export interface World {
  /** Arguments behind the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Input;
  /** For results, and nothing else. */
  readonly stdout: Output;
  /** For progress, warnings and errors. */
  readonly stderr: Output;
  readonly clock: Clock;
  /** Calls `listener` at every SIGINT and SIGTERM, which then no longer end the process; what comes back undoes that. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

export function processWorld(): World {
  // `groundspeed report … | head` closes the pipe early: there is nobody left to tell.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    process.stderr.write(`error: What was to be printed could not be written: ${error.message}\n`);
    process.exit(EXIT.internal);
  });
  // Nobody hears what is told on the way: no reason to lose a run.
  process.stderr.on('error', () => undefined);
  return {
    argv: process.argv.slice(2),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
    exit: (code) => process.exit(code),
  };
}

/** Writes at the pace at which the reader takes it. */
export async function print(
  output: Output,
  content: string | Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  for await (const piece of typeof content === 'string' ? [content] : content) {
    if (!output.write(piece)) await once(output, 'drain');
  }
}

/** Columns to write within: those of the terminal, else of COLUMNS; a hundred where nobody says. */
export function widthOf({ columns }: Output, { COLUMNS }: World['env']): number {
  return columns || Number.parseInt(COLUMNS ?? '', 10) || 100;
}

/** Whether to colour what goes to `output`: as the flag and NO_COLOR, FORCE_COLOR and TERM say, else on terminals. */
export function wantsColour(output: Output, env: World['env'], flag: boolean): boolean {
  if (!flag || env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return output.isTTY === true && env.TERM !== 'dumb';
}
