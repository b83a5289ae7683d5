import { GroundspeedError } from '../../src/kernel/errors.ts';
import type { Report } from './report.ts';

/** One program of this room: what it takes, and what it finds. */
export interface BenchProgram {
  /** What stands after the name: `COLLECTION… [--passages N]`. */
  readonly usage: string;
  /** Options that take a value, with their defaults; undefined where there is none. */
  readonly options: Readonly<Record<string, string | undefined>>;
  run(args: BenchArguments, context: BenchContext): Promise<Report>;
}

export interface BenchContext {
  /** The project's folder. */
  readonly root: string;
  readonly seed: number;
  /** One line for whoever waits; never part of the result. */
  readonly progress: (message: string) => void;
}

/** What was given on the command line, beside what every program takes. */
export interface BenchArguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
}

/** The one argument without a name that a program takes. Throws `usage.argument` when it, or one too many, is there. */
export function onlyPositional({ positionals }: BenchArguments, name: string): string {
  const [first] = positionals;
  if (first === undefined || positionals.length > 1) throw wrong(name, 'is wanted, once');
  return first;
}

/** All arguments without a name, of which there is one at least. */
export function somePositionals({ positionals }: BenchArguments, name: string): readonly string[] {
  if (positionals.length === 0) throw wrong(name, 'is wanted');
  return positionals;
}

/** The value of a numeric option, from 1. Throws `usage.argument`. */
export function countOf({ values }: BenchArguments, name: string): number {
  const count = Number(values[name]);
  if (!Number.isSafeInteger(count) || count < 1) throw wrong(`--${name}`, 'takes a whole number from 1');
  return count;
}

export function wrong(name: string, problem: string): GroundspeedError {
  return new GroundspeedError('usage.argument', `${name} ${problem}`);
}
