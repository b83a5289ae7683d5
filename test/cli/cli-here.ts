import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { systemClock } from '../../src/system/clock.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';
import { builtProgram, type CliOptions, type Ended } from './cli.ts';

/** Node's own loader: it is the built program that runs, with the threads and processes that this starts from its own files. */
const { runCli } = createRequire(import.meta.url)(
  join(dirname(builtProgram()), 'program.js'),
) as typeof import('../../src/cli/program.ts');

/**
 * Runs a command of the built program in this process, in a folder: it is loaded and compiled once for all tests of a file.
 * Whatever is about signals, the process's own streams or what modules are loaded needs a process of its own, as does
 * load whose speed is judged. One at a time: a process has one folder to be in.
 */
export async function cliHere(
  argv: readonly string[],
  { cwd, env = {}, input = '' }: Pick<CliOptions, 'cwd' | 'env' | 'input'>,
): Promise<Ended> {
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const world = memoryWorld(argv, { env: { PATH: process.env.PATH, ...env }, input });
    const code = await runCli({ ...world, clock: systemClock });
    return { code, out: world.out.text(), err: world.err.text() };
  } finally {
    process.chdir(before);
  }
}
