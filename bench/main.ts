import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT, GroundspeedError, messageOf } from '../src/kernel/errors.ts';
import { describeMachine } from '../src/system/machine.ts';
import { type BenchArguments, type BenchProgram, wrong } from './harness/program.ts';
import { allMet, type Fact, fixed, renderReport } from './harness/report.ts';
import { PROGRAMS } from './programs.ts';

const COMMON = '[--seed N] [--write]';

/**
 * Runs the program named first among the arguments and prints its report; `--write` also keeps it in
 * `bench/results/NAME.md`. Gives the exit code: 4 where something promised was missed.
 */
export async function main(argv: readonly string[], root: string): Promise<number> {
  const [name = '', ...rest] = argv;
  const load = PROGRAMS[name];
  try {
    if (load === undefined) throw wrong(JSON.stringify(name), 'is no program');
    const program = await load();
    const { args, seed, write } = parse(rest, program);
    const progress = (message: string): boolean => process.stderr.write(`${message}\n`);
    const report = await program.run(args, { root, seed, progress });
    const text = renderReport(report, [...factsOf(name, rest, root), ['seed', String(seed)]]);
    process.stdout.write(text);
    if (write) keep(join(root, 'bench/results', `${name}.md`), text);
    return allMet(report) ? EXIT.done : EXIT.gate;
  } catch (thrown) {
    process.stderr.write(await explain(thrown));
    return thrown instanceof GroundspeedError ? thrown.exitCode : EXIT.internal;
  }
}

function parse(
  args: readonly string[],
  { options }: BenchProgram,
): { args: BenchArguments; seed: number; write: boolean } {
  const own = Object.entries(options).map(([name, value]) => [
    name,
    { type: 'string', ...(value !== undefined && { default: value }) } as const,
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(own),
        seed: { type: 'string', default: '1' },
        write: { type: 'boolean', default: false },
      },
    });
    const { seed, write, ...others } = values as Record<string, string | boolean | undefined>;
    if (!Number.isSafeInteger(Number(seed))) throw wrong('--seed', 'takes a whole number');
    return {
      args: { positionals, values: others as BenchArguments['values'] },
      seed: Number(seed),
      write: write === true,
    };
  } catch (thrown) {
    if (thrown instanceof GroundspeedError) throw thrown;
    throw new GroundspeedError('usage.argument', messageOf(thrown), { cause: thrown });
  }
}

/** What every figure depends on. */
function factsOf(name: string, args: readonly string[], root: string): Fact[] {
  const { node, os, cpu, cores, memoryBytes, packages, git } = describeMachine();
  const shown = args.map((arg) => (isAbsolute(arg) ? relative(process.cwd(), arg) : arg));
  const commit =
    git === null ? 'unknown' : `${git.commit.slice(0, 12)}${isChanged(root) ? ', with changes' : ''}`;
  return [
    ['command', `\`${['npm run prove --', name, ...shown].join(' ')}\``],
    ['machine', `${cpu}, ${cores} cores, ${fixed(memoryBytes / 2 ** 30, 1)} GiB`],
    ['system', `${os}, Node ${node}`],
    [
      'packages',
      Object.entries(packages)
        .map(([packageName, version]) => `${packageName} ${version}`)
        .join(', '),
    ],
    ['commit', commit],
    ['date', new Date().toISOString().slice(0, 10)],
  ];
}

/** Whether anything but results differs from the commit: those that were just written change no figure. */
function isChanged(root: string): boolean {
  const args = ['status', '--porcelain', '--', '.', ':!bench/results'];
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }) !== '';
}

function keep(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  process.stderr.write(`written to ${relative(process.cwd(), path)}\n`);
}

async function explain(thrown: unknown): Promise<string> {
  if (!(thrown instanceof GroundspeedError)) {
    return `${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`;
  }
  const { message, where, hint, code } = thrown;
  const lines = [`${where === undefined ? '' : `${where}: `}${message}`];
  if (hint !== undefined) lines.push(hint);
  if (code === 'usage.argument') lines.push('', ...(await usages()));
  return `${lines.join('\n')}\n`;
}

async function usages(): Promise<string[]> {
  const lines = ['Usage: npm run prove -- NAME [arguments], where NAME is one of'];
  for (const [name, load] of Object.entries(PROGRAMS)) {
    const { usage } = await load();
    lines.push(`  ${name} ${usage} ${COMMON}`.replaceAll('  [', ' ['));
  }
  return lines;
}
