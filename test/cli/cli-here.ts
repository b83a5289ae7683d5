import { runCli } from '../../src/cli/program.ts';
import { systemClock } from '../../src/system/clock.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';
import type { CliOptions, Ended } from './cli.ts';

/**
 * Runs a command in this process, in a folder: for commands that read, say something and end, of which a test has many. What
 * starts services, or is stopped by a signal, needs a process of its own. One at a time: a process has one folder to be in.
 */
export async function cliHere(
  argv: readonly string[],
  { cwd, env = {} }: Pick<CliOptions, 'cwd' | 'env'>,
): Promise<Ended> {
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const world = memoryWorld(argv, { env: { PATH: process.env.PATH, ...env } });
    const code = await runCli({ ...world, clock: systemClock });
    return { code, out: world.out.text(), err: world.err.text() };
  } finally {
    process.chdir(before);
  }
}
